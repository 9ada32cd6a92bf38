//! Changes version numbers in the text of a schema; the rest of the text stays the same.

use std::collections::BTreeMap;

use evschema_compat::version_constants;
use evschema_model::{Catalog, Coordinates, Pointer, Schema, Version};
use serde_json::Value;

use crate::project::OwnSchema;

/// Returns the text of a schema with another version in its `$id`, in its version constants, and in their examples.
pub(crate) fn with_version(schema: &Schema, to: &Version) -> String {
    apply(schema, own_edits(schema, to))
}

/// Returns the text with the new version of the schema, and with the new versions of the schemas that it refers to.
pub(super) fn with_references(
    own: &OwnSchema,
    to: &Version,
    plan: &BTreeMap<Coordinates, Version>,
    catalog: &Catalog,
) -> String {
    let schema = own.schema.as_ref();
    let at = schema.at();
    let mut edits = if *to == at.version { BTreeMap::new() } else { own_edits(schema, to) };
    for reference in schema.references() {
        let (from, to) = match catalog.find(reference) {
            Some(target) => match plan.get(target.at()) {
                Some(to) => (&target.at().version, to),
                None => continue,
            },
            // The reference leads into the document itself, possibly by the document's own `$id`.
            None => (&at.version, to),
        };
        let (address, fragment) = match reference.written.split_once('#') {
            Some((address, fragment)) => (address, format!("#{fragment}")),
            None => (reference.written.as_str(), String::new()),
        };
        if let Some(changed) = replace_version(address, from, to) {
            edits.insert(reference.pointer.clone(), format!("{changed}{fragment}"));
        }
    }
    apply(schema, edits)
}

/// Returns the new texts of the places that contain the version of the schema itself.
fn own_edits(schema: &Schema, to: &Version) -> BTreeMap<Pointer, String> {
    let from = &schema.at().version;
    let value = schema.document().value();
    let mut edits = BTreeMap::new();
    let id = Pointer::root().child(schema.draft().id_keyword());
    if let Some(text) = value.pointer(id.as_str()).and_then(Value::as_str)
        && let Some(changed) = replace_version(text, from, to)
    {
        edits.insert(id, changed);
    }
    let mut respell = |pointer: Pointer| {
        if let Some(text) = value.pointer(pointer.as_str()).and_then(Value::as_str)
            && from.is_spelt_by(text)
        {
            edits.insert(pointer, to.spelt_like(text));
        }
    };
    for property in version_constants(schema) {
        respell(property.child("const"));
        respell(property.child("enum").child("0"));
        respell(property.child("default"));
        for example in 0..length(value, &property.child("examples")) {
            respell(property.child("examples").child(example.to_string()));
        }
        // The examples of whole events contain the version too.
        let Some(names) = property_path(&property) else { continue };
        for example in 0..length(value, &Pointer::root().child("examples")) {
            let event = Pointer::root().child("examples").child(example.to_string());
            respell(names.iter().fold(event, |pointer, name| pointer.child(name)));
        }
    }
    edits
}

/// Returns the names in a pointer such as `/properties/a/properties/b`; `None` if it contains other keywords.
fn property_path(pointer: &Pointer) -> Option<Vec<String>> {
    let tokens: Vec<String> = pointer.tokens().map(|token| token.to_string()).collect();
    let pairs = tokens.chunks(2);
    pairs.map(|pair| (pair.len() == 2 && pair[0] == "properties").then(|| pair[1].clone())).collect()
}

fn length(value: &Value, pointer: &Pointer) -> usize {
    value.pointer(pointer.as_str()).and_then(Value::as_array).map_or(0, Vec::len)
}

/// Returns a text with another version, if the text contains the whole version: `11.1.0` does not contain `1.1.0`.
fn replace_version(text: &str, from: &Version, to: &Version) -> Option<String> {
    let (from, to) = (from.to_string(), to.to_string());
    let mut changed = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find(&from) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        let starts = !before.ends_with(|c: char| c.is_ascii_digit() || c == '.') || before.ends_with("..");
        let mut following = after.chars();
        let ends = match following.next() {
            Some('.') => !following.next().is_some_and(|c| c.is_ascii_digit()),
            next => !next.is_some_and(|c| c.is_ascii_digit()),
        };
        let is_whole = starts && ends;
        found |= is_whole;
        changed.push_str(before);
        changed.push_str(if is_whole { &to } else { &from });
        rest = after;
    }
    changed.push_str(rest);
    found.then_some(changed)
}

/// Returns the text of the schema with new strings at the given places.
fn apply(schema: &Schema, edits: BTreeMap<Pointer, String>) -> String {
    let document = schema.document();
    let mut spans: Vec<(usize, usize, String)> = edits
        .into_iter()
        .filter_map(|(pointer, text)| {
            let position = document.position(&pointer)?;
            let start = position.offset as usize;
            Some((start, start + position.bytes as usize, Value::from(text).to_string()))
        })
        .collect();
    spans.sort();
    let mut text = document.text().to_owned();
    for (start, end, new) in spans.into_iter().rev() {
        text.replace_range(start..end, &new);
    }
    text
}

#[cfg(test)]
mod tests {
    use evschema_model::{Dialects, Subject};

    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn versions_in_addresses_and_their_near_misses() {
        for (text, expected) in [
            ("https://example.com/a.b/1.1.0.json", Some("https://example.com/a.b/2.0.0.json")),
            ("../a.b/1.1.0.json", Some("../a.b/2.0.0.json")),
            ("urn:a.b:v1.1.0", Some("urn:a.b:v2.0.0")),
            ("https://example.com/a.b/11.1.0.json", None),
            ("https://example.com/a.b/1.1.01.json", None),
            ("https://example.com/a.b/1.1.0.5", None),
            ("https://example.com/a.b", None),
        ] {
            let changed = replace_version(text, &version("1.1.0"), &version("2.0.0"));
            assert_eq!(changed.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_renamed_document_contains_its_new_version() {
        let text = r#"{ "$id": "https://example.com/a.b/1.1.0.json",
  "description": "Since 1.1.0.",
  "properties": { "v": { "const": "1.1", "examples": ["1.1"] }, "other": { "const": "7.0.0" } },
  "examples": [{ "v": "1.1", "other": "1.1" }] }"#;
        let at = Coordinates { subject: Subject::parse("a.b").unwrap(), version: version("1.1.0") };
        let schema = Schema::read(at, text.as_bytes(), &Dialects::default()).unwrap();
        assert_eq!(
            with_version(&schema, &version("2.0.0")),
            r#"{ "$id": "https://example.com/a.b/2.0.0.json",
  "description": "Since 1.1.0.",
  "properties": { "v": { "const": "2.0", "examples": ["2.0"] }, "other": { "const": "7.0.0" } },
  "examples": [{ "v": "2.0", "other": "1.1" }] }"#
        );
    }
}
