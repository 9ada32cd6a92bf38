//! Asks the validator whether a part of a schema accepts a value.

use std::sync::Arc;

use evschema_model::{Catalog, Coordinates, Dialects, Draft, Formats, Schema, Subject, Version};
use serde_json::{Map, Value, json};

use crate::atlas::{Atlas, Place};

/// Returns whether all these schemas accept a value; `None` if the validator cannot decide.
pub(super) fn accepts(
    catalog: &Catalog,
    atlas: &Atlas<'_>,
    places: &[Place],
    value: &Value,
    formats: Formats,
) -> Option<bool> {
    let mut all = true;
    for place in places {
        all &= accepts_one(catalog, atlas, *place, value, formats)?;
    }
    Some(all)
}

fn accepts_one(
    catalog: &Catalog,
    atlas: &Atlas<'_>,
    place: Place,
    value: &Value,
    formats: Formats,
) -> Option<bool> {
    if let Value::Bool(accepts) = atlas.value(place) {
        return Some(*accepts);
    }
    let draft = atlas.draft(place);
    decides(
        catalog,
        json!({ "$schema": dialect(draft), "$ref": reference(atlas, place) }),
        &[value],
        formats,
    )?
    .pop()?
}

/// Returns for each value whether all its schemas accept it; `None` for a value that the validator cannot decide. All
/// first schemas are in one document. This is faster than a call of [`accepts`] for each value.
pub(crate) fn accept_each(
    catalog: &Catalog,
    atlas: &Atlas<'_>,
    questions: &[(&[Place], &Value)],
    formats: Formats,
) -> Vec<Option<bool>> {
    let Some(first) = questions.iter().find_map(|(places, _)| places.first()) else {
        return vec![None; questions.len()];
    };
    let draft = atlas.draft(*first);
    let mut properties = Map::new();
    let mut values = Vec::new();
    for (at, (places, value)) in questions.iter().enumerate() {
        let schemas = places.iter().map(|place| match atlas.value(*place) {
            Value::Bool(true) => json!({}),
            Value::Bool(false) => json!({ "not": {} }),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                json!({ "$ref": reference(atlas, *place) })
            }
        });
        properties.insert(at.to_string(), json!({ "allOf": schemas.collect::<Vec<_>>() }));
        values.push(json!({ at.to_string(): value }));
    }
    let schema = json!({ "$schema": dialect(draft), "properties": properties });
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
fn reference(atlas: &Atlas<'_>, place: Place) -> String {
    let target = atlas.schema(atlas.document(place)).at();
    let pointer = atlas.pointer(place).as_str();
    format!("../{}/{}.json#{}", target.subject, target.version, escaped(pointer))
}

fn dialect(draft: Draft) -> &'static str {
    match draft {
        Draft::Draft4 => "http://json-schema.org/draft-04/schema#",
        Draft::Draft6 => "http://json-schema.org/draft-06/schema#",
        Draft::Draft7 => "http://json-schema.org/draft-07/schema#",
        Draft::Draft201909 => "https://json-schema.org/draft/2019-09/schema",
        Draft::Draft202012 => "https://json-schema.org/draft/2020-12/schema",
    }
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
