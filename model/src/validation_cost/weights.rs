//! The costs of keywords and values, in steps.

use foldhash::{HashMap, HashMapExt as _};
use serde_json::Value;

/// The number of values that the validator compares in the time of one step.
const COMPARED_IN_A_STEP: u64 = 4;

/// The size of an event.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Size {
    /// The number of parts, including the event itself and the names of properties.
    pub(crate) parts: u64,
    /// The number of items of the longest array.
    pub(crate) longest_array: u64,
    /// Bytes of all strings and names.
    pub(crate) text_bytes: u64,
    /// Bytes of the longest string or name.
    pub(crate) longest_text: u64,
}

impl Size {
    /// Measures an event.
    pub(crate) fn of(event: &Value) -> Self {
        let mut size = Self::default();
        size.add(event);
        size
    }

    /// Measures a value without the values in it.
    pub(super) fn of_part(value: &Value) -> Self {
        let mut size = Self { parts: 1, ..Self::default() };
        match value {
            Value::Object(members) => members.keys().for_each(|name| {
                size.parts += 1;
                size.add_text(name);
            }),
            Value::String(text) => size.add_text(text),
            Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
        size
    }

    /// Returns an estimate of the bytes that the event takes in memory.
    pub(super) fn bytes(self) -> u64 {
        const PART_BYTES: u64 = 100;
        self.parts.saturating_mul(PART_BYTES).saturating_add(self.text_bytes)
    }

    fn add(&mut self, value: &Value) {
        self.parts += 1;
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    self.parts += 1;
                    self.add_text(name);
                    self.add(member);
                }
            }
            Value::Array(items) => {
                self.longest_array = self.longest_array.max(items.len() as u64);
                items.iter().for_each(|item| self.add(item));
            }
            Value::String(text) => self.add_text(text),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn add_text(&mut self, text: &str) {
        let bytes = text.len() as u64;
        self.text_bytes += bytes;
        self.longest_text = self.longest_text.max(bytes);
    }
}

/// The cost of a schema whose keywords are unknown: more than every limit.
pub(super) const UNKNOWN: u64 = 1 << 40;

/// Steps that `minLength` or `maxLength` takes for each kilobyte of a string.
pub(super) const LENGTH: u64 = 2;

/// Steps that asserted contents take for each kilobyte of a string.
pub(super) const CONTENT: u64 = 64;

/// Returns the steps that a format takes for each kilobyte of a string.
pub(super) fn format(name: &str) -> u64 {
    // The check looks up each character in the tables of Unicode.
    if name.starts_with("idn-") { 400 } else { 16 }
}

/// Returns the steps of comparing a value with those of an `enum`.
pub(super) fn enumeration(values: &[Value]) -> u64 {
    // The validator looks up strings; it compares the other values one by one.
    let compared = if values.iter().all(Value::is_string) { 0 } else { values.len() as u64 };
    compared / COMPARED_IN_A_STEP
}

/// Returns the steps of comparing a value with that of a `const`.
pub(super) fn constant(value: &Value) -> u64 {
    Size::of(value).parts / COMPARED_IN_A_STEP
}

/// Returns the steps of looking up this number of required names.
pub(super) fn names(count: usize) -> u64 {
    count as u64 / COMPARED_IN_A_STEP
}

/// Returns the steps of testing whether all items differ.
///
/// The validator compares each pair of items that have the same hash. Its hash is the same for arrays whose nesting
/// differs, so the hash here is too.
pub(super) fn unique_steps(items: &[Value]) -> u64 {
    let mut hashes: HashMap<u64, u64> = HashMap::new();
    for item in items {
        *hashes.entry(hash_of(item, 0)).or_default() += 1;
    }
    let compared = hashes.values().map(|same| same.saturating_mul(*same)).fold(0, u64::saturating_add);
    let parts = items.iter().map(|item| Size::of(item).parts).sum::<u64>();
    (compared + parts) / COMPARED_IN_A_STEP
}

/// Returns a hash that is the same for values with the same leaves and names in the same order.
fn hash_of(value: &Value, before: u64) -> u64 {
    let mix = |hash: u64, text: &str| {
        let bytes =
            text.bytes().fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        bytes.rotate_left(7)
    };
    match value {
        Value::Array(items) => items.iter().fold(before, |hash, item| hash_of(item, hash)),
        // Properties have no order.
        Value::Object(members) => {
            members.iter().map(|(name, member)| hash_of(member, mix(0, name))).fold(before, u64::wrapping_add)
        }
        Value::String(text) => mix(before, text),
        Value::Number(number) => mix(before, number.as_str()),
        Value::Bool(true) => mix(before, "true"),
        Value::Bool(false) => mix(before, "false"),
        Value::Null => mix(before, "null"),
    }
}
