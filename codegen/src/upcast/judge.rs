//! Asks the validator whether a part of a schema accepts a value.

use std::sync::Arc;

use evschema_model::{Catalog, Coordinates, Dialects, Formats, Schema, Subject, Version};
use serde_json::{Map, Value, json};

use evschema_model::graph::{Documents, Place};

/// Returns whether all these schemas accept a value; `None` if the validator cannot decide.
pub(super) fn accepts(
    catalog: &Catalog,
    documents: &Documents<'_>,
    places: &[Place],
    value: &Value,
    formats: Formats,
) -> Option<bool> {
    let mut all = true;
    for place in places {
        all &= accepts_one(catalog, documents, *place, value, formats)?;
    }
    Some(all)
}

fn accepts_one(
    catalog: &Catalog,
    documents: &Documents<'_>,
    place: Place,
    value: &Value,
    formats: Formats,
) -> Option<bool> {
    if let Value::Bool(accepts) = documents.value(place) {
        return Some(*accepts);
    }
    let draft = documents.draft(place);
    decides(
        catalog,
        json!({ "$schema": draft.uri(), "$ref": reference(documents, place) }),
        &[value],
        formats,
    )?
    .pop()?
}

/// Returns for each value whether all its schemas accept it; `None` for a value that the validator cannot decide. All
/// first schemas are in one document. This is faster than a call of [`accepts`] for each value.
pub(crate) fn accept_each(
    catalog: &Catalog,
    documents: &Documents<'_>,
    questions: &[(&[Place], &Value)],
    formats: Formats,
) -> Vec<Option<bool>> {
    let Some(first) = questions.iter().find_map(|(places, _)| places.first()) else {
        return vec![None; questions.len()];
    };
    let draft = documents.draft(*first);
    let mut properties = Map::new();
    let mut values = Vec::new();
    for (at, (places, value)) in questions.iter().enumerate() {
        let schemas = places.iter().map(|place| match documents.value(*place) {
            Value::Bool(true) => json!({}),
            Value::Bool(false) => json!({ "not": {} }),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                json!({ "$ref": reference(documents, *place) })
            }
        });
        properties.insert(at.to_string(), json!({ "allOf": schemas.collect::<Vec<_>>() }));
        values.push(json!({ at.to_string(): value }));
    }
    let schema = json!({ "$schema": draft.uri(), "properties": properties });
    let values: Vec<&Value> = values.iter().collect();
    decides(catalog, schema, &values, formats).unwrap_or_else(|| vec![None; questions.len()])
}

/// Returns for each value whether a schema accepts it; `None` for a value that the validator cannot decide.
fn decides(
    catalog: &Catalog,
    schema: Value,
    values: &[&Value],
    formats: Formats,
) -> Option<Vec<Option<bool>>> {
    let at = Coordinates {
        subject: Subject::parse("evschema.upcast.probe").ok()?,
        version: Version::new(Version::NUMBER_MAX, 0, 0),
    };
    let bytes = serde_json::to_vec(&schema).ok()?;
    let schema = Arc::new(Schema::read(at, &bytes, &Dialects::default()).ok()?);
    let validator = catalog.resolve(&schema).ok()?.validator(formats).ok()?;
    Some(values.iter().map(|value| validator.can_decide(value).then(|| validator.is_valid(value))).collect())
}

/// Returns a reference to the schema at a place. A relative path always leads to the document at this place of the tree,
/// whatever its `$id` is.
fn reference(documents: &Documents<'_>, place: Place) -> String {
    let target = documents.schema(documents.document(place)).at();
    let pointer = documents.pointer(place).as_str();
    format!("../{}/{}.json#{}", target.subject, target.version, escaped(pointer))
}

/// Returns a JSON Pointer as the fragment of a URI.
fn escaped(pointer: &str) -> String {
    let mut escaped = String::new();
    for byte in pointer.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@?".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}
