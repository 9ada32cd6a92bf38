//! Small edits of a schema.

use evschema_model::{Draft, Place, Pointer, for_each_subschema};
use fastrand::Rng;
use serde_json::{Value, json};

use super::{leaf, name};

/// Maximum number of edits to try until one of them changes the schema.
const TRIES_MAX: usize = 20;

/// Makes one edit.
pub(super) fn edit(schema: &mut Value, draft: Draft, rng: &mut Rng) {
    for _ in 0..TRIES_MAX {
        let mut pointers: Vec<String> = Vec::new();
        for_each_subschema(Place { pointer: Pointer::root(), schema: &*schema }, draft, &mut |place| {
            pointers.push(place.pointer.as_str().to_owned());
        });
        let Some(place) = rng.choice(&pointers).and_then(|pointer| schema.pointer_mut(pointer)) else {
            return;
        };
        let before = place.clone();
        change(place, draft, rng);
        if *place != before {
            return;
        }
    }
}

fn change(place: &mut Value, draft: Draft, rng: &mut Rng) {
    if !place.is_object() {
        *place = if rng.bool() { json!(false) } else { leaf(rng) };
        return;
    }
    let is_leaf =
        ["properties", "allOf", "anyOf", "oneOf", "if", "$ref"].iter().all(|key| place.get(key).is_none());
    let tuple = if draft == Draft::Draft202012 { "prefixItems" } else { "items" };
    match rng.u8(..10) {
        _ if is_leaf && place.get("$schema").is_none() && rng.u8(..3) != 0 => *place = leaf(rng),
        0 | 1 => {
            if let Some(Value::Object(properties)) = place.get_mut("properties")
                && let Some(name) = rng.choice(properties.keys()).cloned()
            {
                properties.shift_remove(&name);
            }
        }
        2 | 3 => {
            place["properties"][name(rng)] = leaf(rng);
        }
        4 => place["additionalProperties"] = json!(false),
        5 => place["required"] = json!([name(rng)]),
        6 => {
            if let Some(Value::Array(items)) = place.get_mut(tuple) {
                items.push(leaf(rng));
            }
        }
        7 => {
            let keyword = rng.choice(["allOf", "anyOf", "oneOf"]).unwrap_or("allOf");
            if let Some(Value::Array(branches)) = place.get_mut(keyword) {
                if 1 < branches.len() && rng.bool() {
                    branches.pop();
                } else {
                    branches.push(json!({"properties": {name(rng): leaf(rng)}}));
                }
            }
        }
        8 => {
            if let Some(members) = place.as_object_mut()
                && let Some(keyword) = rng.choice(members.keys()).cloned()
                && !keyword.starts_with('$')
                && keyword != "definitions"
            {
                members.shift_remove(&keyword);
            }
        }
        _ => place["minProperties"] = json!(rng.u8(1..=3)),
    }
}
