//! Finds properties whose only value is the version of the schema.
//!
//! Eiffel, CDEvents and GBFS write the version into every event (`"version": {"const": "2.3"}`). Such a property
//! identifies the version. If the check compared such properties, no version would be compatible with another version.

use evschema_model::{Place, Pointer, Schema, for_each_subschema};
use serde_json::Value;

/// Returns the places of the properties whose only value is the version of the document.
pub fn version_constants(schema: &Schema) -> Vec<Pointer> {
    let version = &schema.at().version;
    let mut found = Vec::new();
    let root = Place { pointer: Pointer::root(), schema: schema.value() };
    for_each_subschema(root, schema.draft(), &mut |place| {
        let Some(Value::Object(properties)) = place.schema.get("properties") else { return };
        for (name, property) in properties {
            if only_value(property).is_some_and(|only| version.is_spelt_by(only)) {
                found.push(place.pointer.child("properties").child(name));
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
