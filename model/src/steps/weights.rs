//! What parts of schemas and of events add to the steps.

use foldhash::{HashMap, HashMapExt as _};
use serde_json::{Map, Value};

/// Values that one is compared with in the time of a step.
const COMPARED_IN_A_STEP: u64 = 4;

/// Returns how many values a part is compared with, one by one, because of an `enum`: texts are looked up.
fn compared_with(values: &Value) -> u64 {
    let values = values.as_array().map_or(&[][..], Vec::as_slice);
    if values.iter().all(Value::is_string) { 0 } else { values.len() as u64 }
}

/// How large an event is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Size {
    /// Parts, itself and the names of members included.
    pub(crate) parts: u64,
    /// Items of the longest array.
    pub(crate) longest_array: u64,
    /// Bytes of all texts and names together, and of the longest.
    pub(crate) text_bytes: u64,
    pub(crate) longest_text: u64,
}

impl Size {
    /// Measures an event.
    pub(crate) fn of(event: &Value) -> Self {
        let mut size = Self::default();
        size.add(event);
        size
    }

    /// Returns the bytes that it takes in memory, roughly.
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

/// Returns the steps that the keywords of a schema object take beyond those that its subschemas take.
pub(super) fn own_steps(members: &Map<String, Value>) -> u64 {
    let compared = members.get("enum").map_or(0, |values| compared_with(values) / COMPARED_IN_A_STEP);
    let constant = members.get("const").map_or(0, |value| Size::of(value).parts / COMPARED_IN_A_STEP);
    compared + constant + names_in(members) / COMPARED_IN_A_STEP
}

/// Returns the steps that lengths and formats of a schema object take for each kilobyte of a text.
pub(super) fn per_kilobyte(members: &Map<String, Value>) -> u64 {
    let length = if members.contains_key("minLength") || members.contains_key("maxLength") { 2 } else { 0 };
    let format = match members.get("format").and_then(Value::as_str) {
        // Each character is looked up in the tables of Unicode.
        Some(format) if format.starts_with("idn-") => 400,
        Some(_) => 16,
        None => 0,
    };
    let has_content = members.contains_key("contentMediaType") || members.contains_key("contentEncoding");
    length + format + if has_content { 64 } else { 0 }
}

/// Returns the steps in which items are found to differ. The validator compares those of which it keeps the same print
/// with each other, and its prints tell arrays in arrays not apart.
pub(super) fn unique_steps(items: &[Value]) -> u64 {
    let mut prints: HashMap<u64, u64> = HashMap::new();
    for item in items {
        *prints.entry(print_of(item, 0)).or_default() += 1;
    }
    let compared = prints.values().map(|same| same.saturating_mul(*same)).fold(0, u64::saturating_add);
    let parts = items.iter().map(|item| Size::of(item).parts).sum::<u64>();
    (compared + parts) / COMPARED_IN_A_STEP
}

/// Returns a number that values share which have the same leaves and names in a row.
fn print_of(value: &Value, before: u64) -> u64 {
    let mix = |print: u64, text: &str| {
        let bytes =
            text.bytes().fold(print, |print, byte| (print ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        bytes.rotate_left(7)
    };
    match value {
        Value::Array(items) => items.iter().fold(before, |print, item| print_of(item, print)),
        // Members have no order.
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| print_of(member, mix(0, name)))
            .fold(before, u64::wrapping_add),
        Value::String(text) => mix(before, text),
        Value::Number(number) => mix(before, number.as_str()),
        Value::Bool(true) => mix(before, "true"),
        Value::Bool(false) => mix(before, "false"),
        Value::Null => mix(before, "null"),
    }
}

/// Counts the names that a schema object requires.
pub(super) fn names_in(members: &Map<String, Value>) -> u64 {
    let listed = |value: &Value| value.as_array().map_or(0, Vec::len) as u64;
    let required = members.get("required").map_or(0, listed);
    let dependent =
        ["dependentRequired", "dependencies"].into_iter().filter_map(|keyword| members.get(keyword));
    let dependent = dependent.filter_map(Value::as_object).flat_map(Map::values).map(listed).sum::<u64>();
    required + dependent
}
