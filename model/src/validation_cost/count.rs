//! The cost of validating one event.

use foldhash::{HashMap, HashMapExt as _};
use serde_json::Value;

use super::weights::Size;
use super::{Measure, ValidationCost};
use crate::limits;

/// The cost of an event, counted for each pair of a node and a part of the event.
pub(super) struct Count<'s> {
    cost: &'s ValidationCost,
    measure: Measure,
    /// The count ends above this limit.
    limit: u64,
    /// The costs so far, by node and address of the part.
    known: HashMap<(u32, usize), u64>,
    /// The sizes of the objects and arrays of the event in bytes, by address.
    sizes: HashMap<usize, u64>,
    depth: usize,
}

impl<'s> Count<'s> {
    pub(super) fn new(cost: &'s ValidationCost, measure: Measure, limit: u64) -> Self {
        Self { cost, measure, limit, known: HashMap::new(), sizes: HashMap::new(), depth: 0 }
    }

    /// Returns the cost of a part of the event under a node; `u64::MAX` if the count took too long.
    pub(super) fn of(&mut self, at: u32, value: &Value) -> u64 {
        /// The maximum number of pairs of a node and a part that are counted.
        const PAIRS_MAX: usize = 1_000_000;
        let key = (at, std::ptr::from_ref(value) as usize);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        if limits::VALIDATION_DEPTH_MAX < self.depth || PAIRS_MAX < self.known.len() {
            return u64::MAX;
        }
        // A path that returns to the same pair is a circle, and the validator stops there.
        self.known.insert(key, 0);
        self.depth += 1;
        let node = &self.cost.nodes[at as usize];
        let mut total = node.weight_for(self.measure, value);
        if self.measure == Measure::CopiedBytes && 0 < total {
            total = total.saturating_mul(self.bytes(value));
        }
        let mut add = |count: &mut Self, nodes: &[u32], value: &Value| {
            for next in nodes {
                if count.limit < total {
                    break;
                }
                total = total.saturating_add(count.of(*next, value));
            }
        };
        add(self, &node.here, value);
        let mut names = 0_u64;
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    add(self, node.named.get(name).map(std::slice::from_ref).unwrap_or_default(), member);
                    add(self, &node.each_member, member);
                }
                if self.measure == Measure::CopiedBytes && node.is_in_union {
                    // The error of a name copies the whole object.
                    let errors = node.names.iter().map(|schema| {
                        let size = Size { parts: 1, longest_array: 0, text_bytes: 0, longest_text: 0 };
                        self.cost.at_most(*schema, Measure::Errors, size)
                    });
                    let errors = errors.fold(0, u64::saturating_add).saturating_mul(members.len() as u64);
                    names = errors.saturating_mul(self.bytes(value));
                }
                for schema in &node.names {
                    let each = members.keys().map(|name| {
                        let bytes = name.len() as u64;
                        let size =
                            Size { parts: 1, longest_array: 0, text_bytes: bytes, longest_text: bytes };
                        self.cost.at_most(*schema, self.measure, size)
                    });
                    names = each.fold(names, u64::saturating_add);
                }
            }
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    add(self, node.leading_items.get(at).map(std::slice::from_ref).unwrap_or_default(), item);
                    add(self, &node.each_item, item);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        self.depth -= 1;
        let total = total.saturating_add(names);
        let total = if node.goes_twice { total.saturating_mul(2) } else { total };
        self.known.insert(key, total);
        total
    }

    /// Returns an estimate of the bytes of a part of the event in memory.
    fn bytes(&mut self, value: &Value) -> u64 {
        let address = std::ptr::from_ref(value) as usize;
        if let Some(known) = self.sizes.get(&address) {
            return *known;
        }
        let own = Size::of_part(value).bytes();
        let below: u64 = match value {
            Value::Object(members) => members.values().map(|member| self.bytes(member)).sum(),
            Value::Array(items) => items.iter().map(|item| self.bytes(item)).sum(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return own,
        };
        let bytes = own + below;
        self.sizes.insert(address, bytes);
        bytes
    }
}
