//! Lists all differences between two documents, including harmless ones.
//!
//! The differences are in the order of the documents. Verdicts and findings describe the effect of the differences on
//! events. Bounds, lists and flags have an order. For such a keyword, the difference states whether the schema accepts
//! more or fewer values than before.

mod keywords;

use evschema_model::Pointer;
use serde_json::Value;

use crate::report::{Change, ChangeKind};
use crate::tree::normalized;
use keywords::{Moved, is_reordered, moved};

/// Keywords without an effect on events.
const ANNOTATIONS: &[&str] = &[
    "$comment",
    "$id",
    "$schema",
    "default",
    "deprecated",
    "description",
    "examples",
    "id",
    "readOnly",
    "self",
    "title",
    "writeOnly",
];

/// Keywords with an object of subschemas whose names the author chose.
const NAMED: &[&str] =
    &["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"];

/// The maximum number of listed changes.
const CHANGES_MAX: usize = 1_000;

/// Returns every difference, in the order of the older document and then of the newer one.
pub(crate) fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let mut comparing = Comparing { pointer: Pointer::root(), sense: Some(false), found: Vec::new() };
    comparing.schemas(old, new);
    comparing.found.truncate(CHANGES_MAX);
    comparing.found
}

struct Comparing {
    pointer: Pointer,
    /// Whether a wider schema at this place makes the whole document narrower, as in `not`. `None` if the effect is
    /// unknown.
    sense: Option<bool>,
    found: Vec<Change>,
}

impl Comparing {
    /// Compares two schemas at the same place.
    fn schemas(&mut self, old: &Value, new: &Value) {
        let (Value::Object(before), Value::Object(after)) = (old, new) else {
            return self.values(old, new);
        };
        let added = after.keys().filter(|keyword| !before.contains_key(*keyword));
        for keyword in before.keys().chain(added) {
            self.pointer.push(keyword);
            self.keyword(keyword, before.get(keyword), after.get(keyword));
            self.pointer.pop();
        }
    }

    fn keyword(&mut self, keyword: &str, old: Option<&Value>, new: Option<&Value>) {
        if old == new || old.map(normalized) == new.map(normalized) {
            return;
        }
        if ANNOTATIONS.contains(&keyword) {
            return self.push(ChangeKind::Annotation, format!("`{keyword}` changed"));
        }
        if matches!(keyword, "type" | "enum" | "required") && is_reordered(old, new) {
            return self.push(ChangeKind::Annotation, "only the order changed".to_owned());
        }
        let known = moved(keyword, old, new);
        if !known.is_empty() {
            for Moved { is_wider, message } in known {
                let kind = match self.sense {
                    Some(turned) if turned != is_wider => ChangeKind::Widened,
                    Some(_) => ChangeKind::Narrowed,
                    None => ChangeKind::Changed,
                };
                self.push(kind, message);
            }
            return;
        }
        let outer = self.sense;
        self.sense = match keyword {
            "not" => outer.map(|turned| !turned),
            // If one of these subschemas accepts more values, the schema around the keyword can accept more or fewer
            // values.
            "if" | "oneOf" | "contains" => None,
            _ => outer,
        };
        match (old, new) {
            (Some(Value::Object(before)), Some(Value::Object(after))) if NAMED.contains(&keyword) => {
                let added = after.keys().filter(|name| !before.contains_key(*name));
                for name in before.keys().chain(added) {
                    self.pointer.push(name);
                    self.member(name, before.get(name), after.get(name));
                    self.pointer.pop();
                }
            }
            (Some(Value::Array(before)), Some(Value::Array(after)))
                if matches!(keyword, "allOf" | "anyOf" | "oneOf" | "prefixItems" | "items")
                    && before.len() == after.len() =>
            {
                for (at, (old, new)) in before.iter().zip(after).enumerate() {
                    self.pointer.push(at);
                    self.schemas(old, new);
                    self.pointer.pop();
                }
            }
            (Some(old), Some(new)) => self.schemas(old, new),
            (old, new) => self.member(keyword, old, new),
        }
        self.sense = outer;
    }

    /// Compares the subschemas that two keywords with members have under the same name.
    fn member(&mut self, name: &str, old: Option<&Value>, new: Option<&Value>) {
        match (old, new) {
            (Some(old), Some(new)) => self.schemas(old, new),
            (Some(_), None) => self.push(ChangeKind::Removed, format!("`{name}` was removed")),
            (None, Some(new)) => self.push(ChangeKind::Added, format!("`{name}` was added: {}", short(new))),
            (None, None) => {}
        }
    }

    fn values(&mut self, old: &Value, new: &Value) {
        if normalized(old) != normalized(new) {
            self.push(ChangeKind::Changed, format!("was {}, is {}", short(old), short(new)));
        }
    }

    fn push(&mut self, kind: ChangeKind, message: String) {
        self.found.push(Change { kind, pointer: self.pointer.clone(), message });
    }
}

/// Returns a value, shortened for a sentence.
fn short(value: &Value) -> String {
    const CHARS_MAX: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= CHARS_MAX {
        return text;
    }
    text.chars().take(CHARS_MAX).chain("…".chars()).collect()
}
