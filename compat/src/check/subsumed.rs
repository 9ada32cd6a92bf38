//! Finds baselines that need no comparison, because a later baseline covers them.
//!
//! Most versions only add optional properties and values. Then the new writers send every event that the old writers
//! send. If a candidate accepts the events of the later version, it also accepts the events of the earlier one. The
//! functions of this module compare the structure of the schemas, and return `false` in every case that is not simple.

use std::collections::HashSet;

use evschema_model::{ContentModel, Resolved};
use serde_json::{Map, Value};

/// The maximum depth of a schema that these functions compare.
const DEPTH_MAX: usize = 64;

/// Keywords that have no effect on events.
const ANNOTATIONS: [&str; 9] = [
    "$comment",
    "default",
    "deprecated",
    "description",
    "examples",
    "readOnly",
    "title",
    "writeOnly",
    "$schema",
];

/// The only keywords of an object that may gain properties. Any other keyword could apply to the new properties too.
const OF_OBJECTS: [&str; 3] = ["type", "properties", "required"];

/// The only keywords of an array whose item schema may grow.
const OF_ARRAYS: [&str; 4] = ["type", "items", "minItems", "maxItems"];

/// The only keywords of a schema whose `enum` may gain values.
const OF_LISTS: [&str; 2] = ["type", "enum"];

/// Returns whether writers of `later` are known to send every event that writers of `earlier` send.
pub fn sends_no_more(model: ContentModel, earlier: &Resolved, later: &Resolved) -> bool {
    let (old, new) = (earlier.schema(), later.schema());
    // A document without references does not depend on other documents or on other places of its own.
    let is_alone = |side: &Resolved| {
        side.resources().next().is_none() && side.schema().references().is_empty() && side.schema().is_plain()
    };
    old.draft() == new.draft()
        && is_alone(earlier)
        && is_alone(later)
        && Growth { is_closed: model != ContentModel::Strict, id: old.draft().id_keyword() }.holds(
            old.value(),
            new.value(),
            0,
        )
}

/// Compares two schemas, to decide whether the newer schema only adds properties and values to the older one.
struct Growth {
    /// Whether writers send only declared properties. If writers may send others, the newer schema may add values but
    /// no properties.
    is_closed: bool,
    /// The keyword for the address of the document. The comparison ignores it, because only references use the address.
    id: &'static str,
}

impl Growth {
    fn holds(&self, old: &Value, new: &Value, depth: usize) -> bool {
        if old == new {
            return true;
        }
        let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else { return false };
        if DEPTH_MAX < depth {
            return false;
        }
        let says_nothing = |name: &str| ANNOTATIONS.contains(&name) || depth == 0 && name == self.id;
        let has_only = |known: &[&str]| {
            let mut names = old.keys().chain(new.keys());
            names.all(|name| says_nothing(name) || known.contains(&name.as_str()))
        };
        let same = |name: &str| old.get(name) == new.get(name);
        if !same("type") {
            return false;
        }
        if has_only(&OF_OBJECTS) && same("required") {
            return self.of_properties(old, new, depth);
        }
        if has_only(&OF_ARRAYS) && same("minItems") && same("maxItems") {
            return match (old.get("items"), new.get("items")) {
                (Some(old), Some(new)) => self.holds(old, new, depth + 1),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            };
        }
        has_only(&OF_LISTS) && list_grows(old.get("enum"), new.get("enum"))
    }

    fn of_properties(&self, old: &Map<String, Value>, new: &Map<String, Value>, depth: usize) -> bool {
        let (Some(before), Some(after)) = (
            old.get("properties").and_then(Value::as_object),
            new.get("properties").and_then(Value::as_object),
        ) else {
            return false;
        };
        let requires = |name: &str| {
            let names = old.get("required").and_then(Value::as_array);
            names.is_some_and(|names| names.iter().any(|own| own == name))
        };
        // An object schema without declared properties is a map: its writers may send properties with any name.
        let may_gain = self.is_closed && !before.is_empty();
        before.iter().all(|(name, old)| after.get(name).is_some_and(|new| self.holds(old, new, depth + 1)))
            && (before.len() == after.len()
                || after
                    .keys()
                    .filter(|name| !before.contains_key(*name))
                    .all(|name| may_gain && !requires(name)))
    }
}

fn list_grows(old: Option<&Value>, new: Option<&Value>) -> bool {
    let (Some(Value::Array(old)), Some(Value::Array(new))) = (old, new) else { return false };
    // Usually, new values are at the end.
    if new.get(..old.len()) == Some(old.as_slice()) {
        return true;
    }
    let listed: HashSet<&str> = new.iter().filter_map(Value::as_str).collect();
    old.iter().all(|value| value.as_str().is_some_and(|text| listed.contains(text)))
}
