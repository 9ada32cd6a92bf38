//! Finds properties whose one value is the schema's own version.
//!
//! Eiffel, CDEvents and GBFS write the version into every event (`"version": {"const": "2.3"}`).
//! Such a property tells versions apart, it does not describe the event; compared literally, no
//! version would ever be compatible with another.

use evschema_model::{Place, Pointer, Resolved, Schema, for_each_subschema};
use serde_json::Value;

use crate::tree::Origin;

/// Returns the places of such properties in the document itself.
pub(crate) fn version_properties(resolved: &Resolved) -> Vec<(Pointer, Origin)> {
    find(resolved.schema())
}

/// Returns the places of the properties whose one value is the version of the document itself.
pub fn version_constants(schema: &Schema) -> Vec<Pointer> {
    find(schema).into_iter().map(|(pointer, _)| pointer).collect()
}

fn find(schema: &Schema) -> Vec<(Pointer, Origin)> {
    let version = &schema.at().version;
    let mut found = Vec::new();
    let root = Place { pointer: Pointer::root(), schema: schema.value() };
    for_each_subschema(root, schema.draft(), &mut |place| {
        let Some(Value::Object(properties)) = place.schema.get("properties") else { return };
        for (name, property) in properties {
            if only_value(property).is_some_and(|only| version.is_spelt_by(only)) {
                found.push((place.pointer.child("properties").child(name), Origin::of(property)));
            }
        }
    });
    found
}

fn only_value(property: &Value) -> Option<&str> {
    if let Some(value) = property.get("const") {
        return value.as_str();
    }
    match property.get("enum") {
        Some(Value::Array(values)) if values.len() == 1 => values[0].as_str(),
        _ => None,
    }
}
