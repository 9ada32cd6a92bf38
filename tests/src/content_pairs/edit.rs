//! Small edits of a schema: what a version step is.

use evschema_model::{Draft, Place, Pointer, for_each_subschema};
use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::forms::NAMES;

/// Returns the schema with one place changed.
pub(super) fn edit(schema: &Value, draft: Draft, rng: &mut Rng) -> Value {
    let mut places = Vec::new();
    for_each_subschema(Place { pointer: Pointer::root(), schema }, draft, &mut |place| {
        places.push(place.pointer.clone());
    });
    let mut edited = schema.clone();
    // Not every edit fits every place.
    for _ in 0..20 {
        let Some(at) = rng.choice(&places) else { break };
        if let Some(place) = edited.pointer_mut(at.as_str()) {
            let is_root = at.as_str().is_empty();
            change(place, is_root, draft, rng);
            if edited != *schema {
                break;
            }
        }
    }
    edited
}

fn leaf(rng: &mut Rng) -> Value {
    let kind = rng.choice(["string", "integer", "object", "array", "boolean"]).unwrap_or("string");
    json!({ "type": kind })
}

fn change(place: &mut Value, is_root: bool, draft: Draft, rng: &mut Rng) {
    let Value::Object(members) = place else {
        *place = leaf(rng);
        return;
    };
    let name = rng.choice(NAMES).unwrap_or("a").to_owned();
    match rng.u8(..14) {
        0 | 1 if !is_root => *place = leaf(rng),
        0..=3 => change_type(members, rng),
        4 => {
            if let Some(Value::Object(properties)) = members.get_mut("properties")
                && let Some(name) = rng.choice(properties.keys()).cloned()
            {
                properties.shift_remove(&name);
            }
        }
        5 | 6 => {
            if let Value::Object(properties) = members.entry("properties").or_insert_with(|| json!({})) {
                properties.insert(name, leaf(rng));
            }
        }
        7 => drop(members.insert("additionalProperties".to_owned(), json!(false))),
        8 => drop(members.shift_remove("additionalProperties")),
        9 => drop(members.insert("required".to_owned(), json!([name]))),
        10 => {
            let keyword = if draft == Draft::Draft202012 { "prefixItems" } else { "items" };
            if let Some(Value::Array(items)) = members.get_mut(keyword) {
                items.push(leaf(rng));
            }
        }
        11 => drop(members.insert("minProperties".to_owned(), json!(rng.u8(..4)))),
        12 => change_values(members, rng),
        _ => {
            let removed: Vec<String> =
                members.keys().filter(|key| !matches!(key.as_str(), "$schema" | "definitions")).cloned().collect();
            if let Some(name) = rng.choice(&removed) {
                members.shift_remove(name);
            }
        }
    }
}

fn change_type(members: &mut Map<String, Value>, rng: &mut Rng) {
    if members.contains_key("type") || !members.keys().any(|key| matches!(key.as_str(), "properties" | "items")) {
        members.insert("type".to_owned(), leaf(rng)["type"].clone());
    }
}

fn change_values(members: &mut Map<String, Value>, rng: &mut Rng) {
    if members.contains_key("const") {
        members.insert("const".to_owned(), json!("w"));
    } else if let Some(Value::Array(values)) = members.get_mut("enum") {
        if 1 < values.len() {
            values.remove(rng.usize(..values.len()));
        } else {
            *values = vec![json!("w")];
        }
    }
}
