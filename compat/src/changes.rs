//! What differs between two documents, harmless or not.

use evschema_model::Pointer;
use serde_json::Value;

use crate::report::{Change, ChangeKind};
use crate::tree::normalized;

/// Keywords that describe and refuse nothing.
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

/// Most changes that are listed.
const CHANGES_MAX: usize = 1_000;

/// Returns every difference, in the order of the older document and then of the newer.
pub(crate) fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    compare(old, new, &mut Pointer::root(), false, &mut found);
    found.truncate(CHANGES_MAX);
    found
}

/// Walks both documents. `names` tells that the members are named by users, not keywords.
fn compare(old: &Value, new: &Value, pointer: &mut Pointer, names: bool, found: &mut Vec<Change>) {
    if old == new || normalized(old) == normalized(new) {
        return;
    }
    let (Value::Object(before), Value::Object(after)) = (old, new) else {
        let message = format!("was {}, is {}", short(old), short(new));
        found.push(Change { kind: ChangeKind::Changed, pointer: pointer.clone(), message });
        return;
    };
    for (name, member) in before {
        pointer.push(name);
        let inside = !names
            && matches!(
                name.as_str(),
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
            );
        match after.get(name) {
            _ if !names && ANNOTATIONS.contains(&name.as_str()) => {
                annotation(Some(member), after.get(name), pointer, found)
            }
            None => found.push(Change {
                kind: ChangeKind::Removed,
                pointer: pointer.clone(),
                message: format!("`{name}` is gone"),
            }),
            Some(other) => compare(member, other, pointer, inside, found),
        }
        pointer.pop();
    }
    for (name, member) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
        pointer.push(name);
        if !names && ANNOTATIONS.contains(&name.as_str()) {
            annotation(None, Some(member), pointer, found);
        } else {
            let message = format!("`{name}` is new: {}", short(member));
            found.push(Change { kind: ChangeKind::Added, pointer: pointer.clone(), message });
        }
        pointer.pop();
    }
}

fn annotation(old: Option<&Value>, new: Option<&Value>, pointer: &Pointer, found: &mut Vec<Change>) {
    if old != new {
        let name = pointer.tokens().last().unwrap_or_default();
        let message = format!("`{name}` says something else");
        found.push(Change { kind: ChangeKind::Annotation, pointer: pointer.clone(), message });
    }
}

fn short(value: &Value) -> String {
    const CHARS_MAX: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= CHARS_MAX {
        return text;
    }
    text.chars().take(CHARS_MAX).chain("…".chars()).collect()
}
