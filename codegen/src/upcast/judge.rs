//! Asks the validator whether a part of a schema accepts a value.

use std::sync::Arc;

use evschema_model::{Catalog, Coordinates, Dialects, Draft, Formats, Schema, Subject, Version};
use serde_json::{Value, json};

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
    let target = atlas.schema(atlas.document(place)).at();
    let pointer = atlas.pointer(place).as_str();
    // A relative path always leads to the document at this place of the tree, whatever its `$id` is.
    let reference = format!("../{}/{}.json#{}", target.subject, target.version, escaped(pointer));
    let schema = json!({ "$schema": dialect(atlas.draft(place)), "$ref": reference });
    let at = Coordinates {
        subject: Subject::parse("evschema.upcast.probe").ok()?,
        version: Version::new(Version::NUMBER_MAX, 0, 0),
    };
    let bytes = serde_json::to_vec(&schema).ok()?;
    let schema = Arc::new(Schema::read(at, &bytes, &Dialects::default()).ok()?);
    let validator = catalog.resolve(&schema).ok()?.validator(formats).ok()?;
    validator.can_decide(value).then(|| validator.is_valid(value))
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
