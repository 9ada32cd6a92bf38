use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::walk::{Place, children};
use crate::{Draft, Pointer, Schema, for_each_subschema};

/// A property that a schema declares, for listings and search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The property's name.
    pub name: String,
    /// Where in the schema it is declared.
    pub pointer: Pointer,
    /// Its types or what else says most, such as `string`, `integer | null`, `array of Line`,
    /// `common.money/1.0.0.json`.
    pub kind: String,
    /// Whether the object that declares it requires it.
    pub required: bool,
    /// Its description or title.
    pub description: Option<String>,
}

/// Returns every property a schema's own document declares, in document order.
pub fn fields(schema: &Schema) -> Vec<Field> {
    let mut fields = Vec::new();
    let root = Place { pointer: Pointer::root(), schema: schema.value() };
    for_each_subschema(root, schema.draft(), &mut |place| {
        let Some(Value::Object(properties)) = place.schema.get("properties") else { return };
        let required = place.schema.get("required").and_then(Value::as_array);
        for (name, property) in properties {
            let text = |key: &str| property.get(key).and_then(Value::as_str).map(str::to_owned);
            fields.push(Field {
                name: name.clone(),
                pointer: place.pointer.child("properties").child(name),
                kind: kind(property),
                required: required.is_some_and(|names| names.iter().any(|n| n == name)),
                description: text("description").or_else(|| text("title")),
            });
        }
    });
    fields
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
    children(schema, draft, &mut |_, child| collect_names(child, draft, names));
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
