use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::dialect::Draft;
use crate::pointer::Pointer;
use crate::schema::Schema;
use crate::walk::{children, is_inert};

/// A property that a schema declares, for listings and search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The property's name.
    pub name: String,
    /// The place of the declaration in the schema.
    pub pointer: Pointer,
    /// Its types, or else a short description, for example the target of its reference. Examples are `string`,
    /// `integer | null`, `array of Line` and `common.money/1.0.0.json`.
    pub kind: String,
    /// Whether the schema that declares it also requires it.
    pub required: bool,
    /// Its description or title.
    pub description: Option<String>,
}

/// Returns all properties that the document of a schema declares, in document order.
pub fn fields(schema: &Schema) -> Vec<Field> {
    let mut fields = Vec::new();
    collect_fields(schema.value(), schema.draft(), &mut Pointer::root(), &mut fields);
    fields
}

fn collect_fields(schema: &Value, draft: Draft, pointer: &mut Pointer, fields: &mut Vec<Field>) {
    if let Some(Value::Object(properties)) = schema.get("properties") {
        let required = schema.get("required").and_then(Value::as_array);
        for (name, property) in properties {
            let text = |key: &str| property.get(key).and_then(Value::as_str).map(str::to_owned);
            fields.push(Field {
                name: name.clone(),
                pointer: pointer.child("properties").child(name),
                kind: kind(property),
                required: required.is_some_and(|names| names.iter().any(|n| n == name)),
                description: text("description").or_else(|| text("title")),
            });
        }
    }
    children(schema, draft, &mut |way, child| {
        if !is_inert(way.keyword, draft) {
            let length = pointer.len();
            way.step(pointer);
            collect_fields(child, draft, pointer, fields);
            pointer.truncate(length);
        }
    });
}

/// Returns the names of all [`fields`].
pub fn field_names(schema: &Schema) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    collect_names(schema.value(), schema.draft(), &mut names);
    names
}

fn collect_names<'v>(schema: &'v Value, draft: Draft, names: &mut BTreeSet<&'v str>) {
    if let Some(Value::Object(properties)) = schema.get("properties") {
        names.extend(properties.keys().map(String::as_str));
    }
    children(schema, draft, &mut |way, child| {
        if !is_inert(way.keyword, draft) {
            collect_names(child, draft, names);
        }
    });
}

fn kind(property: &Value) -> String {
    if let Some(reference) = property.get("$ref").and_then(Value::as_str) {
        let name = reference.trim_start_matches("../").trim_end_matches('#');
        return name
            .rsplit_once("#/")
            .map_or(
                name,
                |(file, place)| {
                    if file.is_empty() { place.rsplit('/').next().unwrap_or(place) } else { name }
                },
            )
            .to_owned();
    }
    match property.get("type") {
        Some(Value::String(one)) => match property.get("items") {
            Some(items @ Value::Object(_)) if one == "array" => format!("array of {}", kind(items)),
            _ => one.clone(),
        },
        Some(Value::Array(several)) => {
            several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | ")
        }
        _ if property.get("enum").is_some() => "enum".to_owned(),
        _ if property.get("const").is_some() => "const".to_owned(),
        _ => "any".to_owned(),
    }
}
