//! Baselines that need no comparison of their own, because a later one stands for them.
//!
//! A line of versions mostly grows: a version adds optional properties and values. Its writers then send every event
//! that writers of the version before send. If a candidate accepts the events of the later version, it accepts those
//! of the earlier one. The comparison is by structure, and answers `false` wherever it would have to think.

use std::collections::BTreeSet;

use evschema_model::{ContentModel, Resolved};
use serde_json::{Map, Value};

/// Deepest schema that is compared.
const DEPTH_MAX: usize = 64;

/// Keywords that say nothing about events.
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

/// Keywords of an object that may gain properties. Any other keyword could describe the new ones too.
const OF_OBJECTS: [&str; 3] = ["type", "properties", "required"];

/// Keywords of an array whose items may gain something.
const OF_ARRAYS: [&str; 4] = ["type", "items", "minItems", "maxItems"];

/// Keywords of a list that may gain values.
const OF_LISTS: [&str; 2] = ["type", "enum"];

/// Returns whether writers of `later` are known to send every event that writers of `earlier` send.
pub fn sends_no_more(model: ContentModel, earlier: &Resolved, later: &Resolved) -> bool {
    let (old, new) = (earlier.schema(), later.schema());
    let is_alone = |side: &Resolved| side.resources().count() == 0 && side.schema().is_plain();
    if old.draft() != new.draft() || !is_alone(earlier) || !is_alone(later) {
        return false;
    }
    let mut pair = [old.value(), new.value()].map(|value| value.as_object().cloned());
    // The address of the document counts only for references.
    for members in pair.iter_mut().flatten() {
        members.shift_remove(old.draft().id_keyword());
    }
    let [Some(old), Some(new)] = pair else { return false };
    if [&old, &new].into_iter().any(|members| members.values().any(refers)) {
        return false;
    }
    grows(&Value::Object(old), &Value::Object(new), model != ContentModel::Strict, 0)
}

/// Returns whether a reference, or another address, is anywhere in a value.
fn refers(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, member)| {
            matches!(
                name.as_str(),
                "$ref" | "$dynamicRef" | "$recursiveRef" | "$id" | "id" | "$anchor" | "$schema"
            ) && member.is_string()
                || refers(member)
        }),
        Value::Array(items) => items.iter().any(refers),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Returns whether one schema is another one with more properties and values. Without `is_closed`, writers send
/// undeclared properties, and then only values may be added.
fn grows(old: &Value, new: &Value, is_closed: bool, depth: usize) -> bool {
    if old == new {
        return true;
    }
    let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else { return false };
    if DEPTH_MAX < depth {
        return false;
    }
    let (old, new) = (asserting(old), asserting(new));
    let has_only = |known: &[&str]| old.keys().chain(new.keys()).all(|name| known.contains(&name.as_str()));
    let same = |name: &str| old.get(name) == new.get(name);
    if old.get("type").is_none_or(|kind| !kind.is_string()) || !same("type") {
        return false;
    }
    if has_only(&OF_OBJECTS) && same("required") {
        return properties_grow(&old, &new, is_closed, depth);
    }
    if has_only(&OF_ARRAYS) && same("minItems") && same("maxItems") {
        return match (old.get("items"), new.get("items")) {
            (Some(old), Some(new)) => grows(old, new, is_closed, depth + 1),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
    }
    has_only(&OF_LISTS) && list_grows(old.get("enum"), new.get("enum"))
}

/// Returns the keywords that say something about events.
fn asserting(members: &Map<String, Value>) -> Map<String, Value> {
    let kept = members.iter().filter(|(name, _)| !ANNOTATIONS.contains(&name.as_str()));
    kept.map(|(name, member)| (name.clone(), member.clone())).collect()
}

fn properties_grow(
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    is_closed: bool,
    depth: usize,
) -> bool {
    let declared =
        |members: &Map<String, Value>| members.get("properties").and_then(Value::as_object).cloned();
    let (Some(before), Some(after)) = (declared(old), declared(new)) else { return false };
    let required: BTreeSet<&str> = old
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    // An object without properties is a map, whose writers send any name.
    let may_gain = is_closed && !before.is_empty();
    let gained = after.keys().filter(|name| !before.contains_key(*name));
    gained.into_iter().all(|name| may_gain && !required.contains(name.as_str()))
        && before
            .iter()
            .all(|(name, old)| after.get(name).is_some_and(|new| grows(old, new, is_closed, depth + 1)))
}

fn list_grows(old: Option<&Value>, new: Option<&Value>) -> bool {
    let (Some(Value::Array(old)), Some(Value::Array(new))) = (old, new) else { return false };
    let texts = |list: &[Value]| -> Option<BTreeSet<String>> {
        list.iter().map(|value| value.as_str().map(str::to_owned)).collect()
    };
    matches!((texts(old), texts(new)), (Some(old), Some(new)) if old.is_subset(&new))
}
