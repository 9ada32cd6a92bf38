use std::sync::Arc;

use evschema_model::{Catalog, Coordinates, Dialects, Schema, Subject, Version};
use serde_json::{Value, json};

use super::{MissingPart, explain_upcasts};
use crate::options::Options;

/// Returns the names of the parts that are not derived: `*` for the whole event.
fn missing(old: &Value, new: &Value) -> Vec<String> {
    let parts = parts(old, new).into_iter();
    parts.map(|part| part.property.unwrap_or_else(|| "*".to_owned())).collect()
}

/// Returns the parts of the new version that are not derived.
fn parts(old: &Value, new: &Value) -> Vec<MissingPart> {
    let mut catalog = Catalog::default();
    let mut selected = Vec::new();
    for (version, schema) in [(1, old), (2, new)] {
        let at =
            Coordinates { subject: Subject::parse("a.b").unwrap(), version: Version::new(version, 0, 0) };
        let read = Schema::read(at.clone(), schema.to_string().as_bytes(), &Dialects::default()).unwrap();
        catalog.insert(Arc::new(read)).unwrap();
        selected.push(at);
    }
    let steps = explain_upcasts(&catalog, &selected, &Options::default()).unwrap();
    steps.into_iter().flat_map(|step| step.missing).collect()
}

fn object(properties: Value) -> Value {
    json!({ "type": "object", "properties": properties })
}

fn requiring(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

#[test]
fn a_property_is_derived_only_if_every_old_value_is_accepted() {
    for (old, wider, stricter) in [
        (
            json!({"type": "string", "minLength": 2}),
            json!({"type": "string", "minLength": 1}),
            json!({"type": "string", "minLength": 3}),
        ),
        (
            json!({"type": "string", "maxLength": 2}),
            json!({"type": "string", "maxLength": 3}),
            json!({"type": "string", "maxLength": 1}),
        ),
        (
            json!({"type": "string", "pattern": "a"}),
            json!({"type": "string"}),
            json!({"type": "string", "pattern": "b"}),
        ),
        (
            json!({"type": "string", "format": "date"}),
            json!({"type": "string"}),
            json!({"type": "string", "format": "time"}),
        ),
        (json!({"type": "string"}), json!({"type": ["string", "null"]}), json!({"type": "integer"})),
        (
            json!({"type": ["string", "null"]}),
            json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
            json!({"type": "string"}),
        ),
        (
            json!({"type": "integer", "minimum": 1}),
            json!({"type": "number", "minimum": 0}),
            json!({"type": "integer", "minimum": 2}),
        ),
        (
            json!({"type": "integer", "minimum": 1}),
            json!({"type": "integer", "exclusiveMinimum": 0}),
            json!({"type": "integer", "exclusiveMinimum": 1}),
        ),
        (
            json!({"type": "number", "exclusiveMaximum": 1}),
            json!({"type": "number", "maximum": 1}),
            json!({"type": "number", "maximum": 0.5}),
        ),
        (
            json!({"type": "number", "maximum": 1}),
            json!({"type": "number", "maximum": 1.5}),
            json!({"type": "number", "exclusiveMaximum": 1}),
        ),
        (
            json!({"type": "integer", "multipleOf": 6}),
            json!({"type": "integer", "multipleOf": 3}),
            json!({"type": "integer", "multipleOf": 4}),
        ),
        (json!({"type": "number"}), json!({"type": "number", "title": "x"}), json!({"type": "integer"})),
        (json!({"enum": ["a", "b"]}), json!({"enum": ["b", "c", "a"]}), json!({"enum": ["a"]})),
        (
            json!({"enum": ["a", "b"]}),
            json!({"type": "string", "maxLength": 1}),
            json!({"type": "string", "minLength": 2}),
        ),
        (json!({"enum": ["a", "b"]}), json!({"type": "string"}), json!({"const": "a"})),
        (
            json!({"type": "array", "items": {"type": "integer"}, "minItems": 2}),
            json!({"type": "array", "items": {"type": "number"}, "minItems": 1}),
            json!({"type": "array", "items": {"type": "string"}}),
        ),
        (
            json!({"type": "array", "items": {"type": "string"}}),
            json!({"type": "array", "items": {"type": "string", "description": "x"}}),
            json!({"type": "array", "items": {"type": "string"}, "uniqueItems": true}),
        ),
        (
            json!({"type": "object", "additionalProperties": {"type": "integer"}}),
            json!({"type": "object", "additionalProperties": {"type": ["number", "null"]}}),
            json!({"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1}),
        ),
        (
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
            json!({"type": "object", "additionalProperties": {"type": "string"}, "title": "x"}),
            json!({"type": "object", "additionalProperties": {"type": "string"}, "propertyNames": {"maxLength": 3}}),
        ),
        (json!({}), json!({"title": "x"}), json!({"unevaluatedProperties": false})),
        (json!({}), json!(true), json!({"properties": {"a": {"type": "string"}}})),
        (
            json!({"not": {"const": 1}}),
            json!({"not": {"const": 1}, "title": "x"}),
            json!({"not": {"const": 2}}),
        ),
        (
            json!({"oneOf": [{"type": "string"}, {"type": "boolean"}]}),
            json!({"oneOf": [{"type": "string"}, {"type": "boolean"}], "title": "x"}),
            json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}),
        ),
    ] {
        let of = |property: &Value| requiring(json!({ "p": property }), &["p"]);
        assert!(missing(&of(&old), &of(&wider)).is_empty(), "{old} to {wider}");
        assert_eq!(missing(&of(&old), &of(&stricter)), ["p"], "{old} to {stricter}");
        let optional = |property: &Value| object(json!({ "p": property }));
        assert!(missing(&optional(&old), &optional(&wider)).is_empty(), "optional {old} to {wider}");
        assert_eq!(missing(&optional(&old), &optional(&stricter)), ["p"], "optional {old} to {stricter}");
    }
}

#[test]
fn a_new_required_property_needs_a_default_or_a_constant() {
    let old = object(json!({ "a": {"type": "string"} }));
    for (property, is_derived) in [
        (json!({"type": "string"}), false),
        (json!({"type": "string", "default": "x"}), true),
        (json!({"type": "string", "default": "x", "minLength": 2}), false),
        (json!({"type": "integer", "default": "x"}), false),
        (json!({"const": "x"}), true),
        (json!({"const": 2}), true),
        (json!({"enum": ["x", "y"]}), false),
        (json!({"enum": ["x", "y"], "default": "y"}), true),
        (json!({"type": "number", "default": 0.25}), true),
        (json!({"type": ["string", "null"], "default": null}), true),
        (json!({"type": "array", "items": {"type": "string"}, "default": ["x"]}), true),
        (
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}}, "default": {"a": true}}),
            true,
        ),
        (
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}}, "default": {}}),
            false,
        ),
    ] {
        let new = requiring(json!({ "a": {"type": "string"}, "p": property }), &["p"]);
        assert_eq!(missing(&old, &new).is_empty(), is_derived, "{property}");
        // The old property was optional.
        if property.get("const").is_none() {
            let was_optional = object(json!({ "p": property }));
            let now_required = requiring(json!({ "p": property }), &["p"]);
            assert_eq!(missing(&was_optional, &now_required).is_empty(), is_derived, "optional {property}");
        }
    }
}

#[test]
fn only_the_version_of_a_schema_replaces_a_constant() {
    let of = |property: Value| requiring(json!({ "p": property }), &["p"]);
    let optional = |property: Value| object(json!({ "p": property }));
    for (old, new, is_derived) in [
        (json!({"const": "1"}), json!({"const": "2"}), true),
        (json!({"const": "v1.0"}), json!({"enum": ["2.0.0"]}), true),
        (json!({"const": "EUR"}), json!({"const": "USD"}), false),
        (json!({"const": "1"}), json!({"const": "USD"}), false),
        (json!({"const": "EUR"}), json!({"const": "2"}), false),
        (json!({"const": "1"}), json!({"const": "3"}), false),
        // A number may be an amount.
        (json!({"const": 1}), json!({"const": 2}), false),
        (json!({"const": true}), json!({"const": false}), false),
        (json!({"const": 1}), json!({"const": 1.0}), true),
        (json!({"enum": ["1", "2"]}), json!({"const": "2"}), false),
        (json!({"type": "string"}), json!({"const": "2"}), false),
    ] {
        assert_eq!(missing(&of(old.clone()), &of(new.clone())).is_empty(), is_derived, "{old} to {new}");
        let found = missing(&optional(old.clone()), &optional(new.clone()));
        assert_eq!(found.is_empty(), is_derived, "optional {old} to {new}");
    }
}

#[test]
fn the_reason_shows_both_constants() {
    let of = |constant: &str| object(json!({ "currency": {"const": constant} }));
    let parts = parts(&of("EUR"), &of("USD"));
    assert_eq!(parts[0].why, "the constant \"EUR\" became \"USD\", and is not the schema's version");
}

#[test]
fn a_property_is_renamed_by_its_annotation_alone() {
    let text = json!({"type": "string"});
    let named = |from: Value| json!({"type": "string", "x-evschema-renamed-from": from});
    let old = requiring(json!({ "a": text, "b": text }), &["a", "b"]);
    let new = |from: Value| requiring(json!({ "c": named(from) }), &["c"]);
    assert!(missing(&old, &new(json!("a"))).is_empty());
    assert!(missing(&old, &new(json!(["z", "a"]))).is_empty());
    assert_eq!(missing(&old, &requiring(json!({ "c": text }), &["c"])), ["c"]);
    assert_eq!(missing(&old, &new(json!(["a", "b"]))), ["c"]);
    let still = requiring(json!({ "a": text, "c": named(json!("a")) }), &["a", "c"]);
    assert_eq!(missing(&old, &still), ["c"]);
    let twice = requiring(json!({ "c": named(json!("a")), "d": named(json!("a")) }), &["c", "d"]);
    assert_eq!(missing(&old, &twice), ["c", "d"]);
}

#[test]
fn conditions_of_the_whole_object_prevent_a_derived_step() {
    let old = requiring(json!({ "a": {"type": "string"}, "b": {"type": "string"} }), &["a"]);
    let with = |keyword: &str, value: Value| {
        let mut new = old.clone();
        new[keyword] = value;
        new
    };
    for (keyword, value) in [
        ("minProperties", json!(2)),
        ("maxProperties", json!(1)),
        ("propertyNames", json!({"maxLength": 1})),
        ("patternProperties", json!({"b": {"type": "string"}})),
        ("dependentRequired", json!({"b": ["a"]})),
        ("if", json!({"required": ["b"]})),
        ("not", json!({"required": ["b"]})),
        ("anyOf", json!([{"required": ["a"]}, {"required": ["b"]}])),
        ("unevaluatedProperties", json!(false)),
    ] {
        let new = with(keyword, value);
        assert_eq!(missing(&old, &new), ["*"], "{keyword}");
        // Equal conditions hold, because the conversion changes nothing.
        let mut described = new.clone();
        described["description"] = json!("x");
        assert!(missing(&new, &described).is_empty(), "{keyword}");
    }
    assert!(missing(&old, &with("minProperties", json!(1))).is_empty());
    assert!(missing(&old, &with("additionalProperties", json!(false))).is_empty());
    assert!(missing(&with("maxProperties", json!(1)), &old).is_empty());
}

#[test]
fn a_failure_deep_in_a_recursive_type_reaches_its_users() {
    let schema = |name: Value| {
        json!({
            "type": "object",
            "properties": { "tree": {"$ref": "#/$defs/tree"}, "trees": {"type": "array", "items": {"$ref": "#/$defs/tree"}} },
            "$defs": { "tree": {
                "type": "object",
                "required": ["name"],
                "properties": { "name": name, "next": {"$ref": "#/$defs/tree"} },
            } },
        })
    };
    let old = schema(json!({"type": "string"}));
    assert!(missing(&old, &schema(json!({"type": ["string", "null"]}))).is_empty());
    assert_eq!(missing(&old, &schema(json!({"type": "string", "maxLength": 3}))), ["name"]);
    // A type that cannot be converted field by field is a part of each struct that has it.
    let mut closed = old.clone();
    closed["$defs"]["tree"]["maxProperties"] = json!(1);
    assert_eq!(missing(&old, &closed), ["tree", "trees"]);
}
