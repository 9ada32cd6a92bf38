//! Arranges the properties of witnesses in the order in which the writer's documents declare them.

use std::collections::HashMap;

use evschema_model::Resolved;
use serde_json::{Map, Value};

/// The rank of each property name. A name has the position of its first declaration as its rank.
pub(super) struct Order {
    ranks: HashMap<String, usize>,
}

impl Order {
    /// Reads the order from a version's document and the documents to which it refers.
    pub(super) fn of(writer: &Resolved) -> Self {
        let mut order = Self { ranks: HashMap::new() };
        order.read(writer.schema().value());
        for other in writer.documents() {
            order.read(other.value());
        }
        order
    }

    fn read(&mut self, value: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::Object(properties)) = members.get("properties") {
                    for name in properties.keys() {
                        let next = self.ranks.len();
                        self.ranks.entry(name.clone()).or_insert(next);
                    }
                }
                members.values().for_each(|member| self.read(member));
            }
            Value::Array(items) => items.iter().for_each(|item| self.read(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// Returns the same event with its properties in this order. Undeclared properties come last.
    pub(super) fn arrange(&self, event: Value) -> Value {
        match event {
            Value::Object(members) => {
                let mut members: Vec<(String, Value)> =
                    members.into_iter().map(|(name, member)| (name, self.arrange(member))).collect();
                members.sort_by_key(|(name, _)| self.ranks.get(name).copied().unwrap_or(usize::MAX));
                Value::Object(members.into_iter().collect::<Map<_, _>>())
            }
            Value::Array(items) => items.into_iter().map(|item| self.arrange(item)).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => event,
        }
    }
}
