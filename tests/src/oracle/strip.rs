//! Removes what is not declared from an event.

use serde_json::{Map, Value};

use super::applied::{Handed, Role, Side, applied};
use super::declared::{Object, Truth};
use super::items::Array;
use super::rules::Rules;

/// How to strip.
pub(super) struct Strip<'s> {
    pub(super) rules: &'s Rules,
    pub(super) side: Side,
    /// Whether members stay that are declared by one reading of the definition only.
    pub(super) keeps_unsure: bool,
}

impl Strip<'_> {
    /// Returns the value without the members, at every place, that are not declared; for a writer also
    /// without the items beyond a tuple.
    pub(super) fn place(&self, handed: &[Handed], value: &Value) -> Value {
        match value {
            Value::Object(members) => Value::Object(self.object(handed, value, members)),
            Value::Array(items) => Value::Array(self.array(handed, value, items)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
        }
    }

    fn object(&self, handed: &[Handed], value: &Value, members: &Map<String, Value>) -> Map<String, Value> {
        let applied = applied(self.rules, handed, value, self.side);
        let object = Object { rules: self.rules, applied: &applied, value };
        let keeps_all = self.side == Side::Writer && object.is_vacuous();
        let least = if self.keeps_unsure { Truth::Maybe } else { Truth::Yes };
        let kept = members.iter().filter(|(name, _)| keeps_all || least <= object.declares(name));
        kept.map(|(name, member)| (name.clone(), self.place(&object.handed(name), member))).collect()
    }

    fn array(&self, handed: &[Handed], value: &Value, items: &[Value]) -> Vec<Value> {
        let applied = applied(self.rules, handed, value, self.side);
        let array = Array { rules: self.rules, applied: &applied, items };
        let limit = array.limit(|role| role == Role::Held).filter(|_| self.side == Side::Writer);
        let sent = items.iter().take(limit.unwrap_or(usize::MAX)).enumerate();
        sent.map(|(at, item)| self.place(&array.handed(at), item)).collect()
    }
}
