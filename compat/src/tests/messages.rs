//! Tests of the messages of findings: they name the property and its place in the event, and never a definition.

use serde_json::{Value, json};

use super::resolved;
use crate::check::{Settings, diff};
use crate::report::Direction;

/// Returns the messages of the findings in one direction.
fn messages(old: &Value, new: &Value, direction: Direction) -> Vec<String> {
    let (old, new) = (resolved("1.0.0", &old.to_string()), resolved("1.1.0", &new.to_string()));
    let found = diff(&old, &new, &Settings::default()).findings;
    found
        .into_iter()
        .filter(|finding| finding.direction == direction)
        .map(|finding| finding.message)
        .collect()
}

fn object(properties: Value) -> Value {
    json!({"type": "object", "properties": properties})
}

/// Returns an object with these properties. The definition describes each of them.
fn with_definition(name: &str, definition: Value, properties: Value) -> Value {
    json!({"$defs": {name: definition}, "type": "object", "properties": properties})
}

/// Places a part at different places of a schema.
type Around<'a> = &'a dyn Fn(&Value) -> Value;

#[test]
fn a_place_is_a_path_in_the_event() {
    let (integer, text) = (json!({"type": "integer"}), json!({"type": "string"}));
    let changed = "may be an integer, but the new version accepts only a string";
    let around: [(&str, Around<'_>); 15] = [
        ("`a`", &|part| object(json!({"a": part}))),
        ("`a.b`", &|part| object(json!({"a": object(json!({"b": part}))}))),
        ("`lines[].total`", &|part| {
            object(json!({"lines": {"type": "array", "items": object(json!({"total": part}))}}))
        }),
        ("`a[][].b`", &|part| {
            object(
                json!({"a": {"items": {"items": object(json!({"b": part})), "type": "array"}, "type": "array"}}),
            )
        }),
        ("`a[1]`", &|part| object(json!({"a": {"type": "array", "prefixItems": [true, part]}}))),
        ("`a.*`", &|part| object(json!({"a": {"type": "object", "additionalProperties": part}}))),
        ("`a.*.b`", &|part| {
            object(json!({"a": {"type": "object", "patternProperties": {"^x": object(json!({"b": part}))}}}))
        }),
        ("`a`", &|part| with_definition("money", part.clone(), json!({"a": {"$ref": "#/$defs/money"}}))),
        ("`lines[].a`", &|part| {
            let line = object(json!({"a": part}));
            with_definition(
                "line",
                line,
                json!({"lines": {"type": "array", "items": {"$ref": "#/$defs/line"}}}),
            )
        }),
        ("`a.b`", &|part| json!({"allOf": [object(json!({"a": {"allOf": [object(json!({"b": part}))]}}))]})),
        ("`a`", &|part| {
            let both = json!({"allOf": [{"$ref": "#/$defs/status"}], "description": "Why."});
            with_definition("status", part.clone(), json!({"a": both}))
        }),
        ("`kind.v`", &|part| {
            let node = json!({"properties": {"v": part, "next": {"$ref": "#/$defs/node"}}, "type": "object"});
            with_definition("node", node, json!({"kind": {"$ref": "#/$defs/node"}}))
        }),
        ("`\"unit price\".\"a.b\"`", &|part| object(json!({"unit price": object(json!({"a.b": part}))}))),
        ("`[]`", &|part| json!({"type": "array", "items": part})),
        ("the event", &Value::clone),
    ];
    for (path, around) in around {
        let (old, new) = (around(&integer), around(&text));
        assert_eq!(
            messages(&old, &new, Direction::Backward),
            [format!("{path} {changed}")],
            "{old} to {new}"
        );
        let back = format!("{path} may be a string, but version 1.0.0 accepts only an integer");
        assert_eq!(messages(&old, &new, Direction::Forward), [back]);
    }
}

#[test]
fn each_kind_of_finding_is_a_plain_sentence() {
    let line = |line: Value| object(json!({"a": {"type": "array", "items": line}}));
    let inner = |inner: Value| line(object(json!({"b": inner})));
    for (old, new, expected) in [
        (
            inner(json!({})),
            line(json!({"required": ["b"]})),
            "`a[].b` may be missing, but the new version requires it",
        ),
        (
            inner(json!({"enum": ["x", "y"]})),
            inner(json!({"const": "x"})),
            "`a[].b` may be \"y\", but the new version accepts only \"x\"",
        ),
        (
            inner(json!({"enum": ["x", "y", "z"]})),
            inner(json!({"enum": ["x", "y"]})),
            "`a[].b` may be \"z\", but the new version does not list this value",
        ),
        (
            inner(json!({"type": "integer"})),
            inner(json!({"type": "integer", "minimum": 0})),
            "`a[].b` may be -1, but the new version accepts only integers from 0",
        ),
        (
            inner(json!({"type": "string", "maxLength": 3})),
            inner(json!({"type": "string", "maxLength": 2})),
            "`a[].b` may be 3 characters long, but the new version accepts at most 2 characters",
        ),
        (
            inner(json!({"type": "string"})),
            inner(json!({"type": "string", "minLength": 1})),
            "`a[].b` may be an empty string, but the new version accepts at least 1 character",
        ),
        (
            inner(json!({"type": "string"})),
            inner(json!({"type": "string", "format": "date"})),
            "`a[].b` may be \"%\", but the new version requires the format `date`",
        ),
        (
            inner(json!({"type": "array", "maxItems": 3, "items": {"type": "null"}})),
            inner(json!({"type": "array", "maxItems": 2, "items": {"type": "null"}})),
            "`a[].b` may have 3 items, but the new version accepts at most 2 items",
        ),
        (
            inner(json!({"type": "array", "items": {"type": "null"}})),
            inner(json!({"type": "array", "items": {"type": "null"}, "uniqueItems": true})),
            "`a[].b` may repeat an item, but the new version requires unique items",
        ),
        (inner(json!({})), inner(json!(false)), "`a[].b` may be present, but the new version rejects it"),
        (
            inner(json!({})),
            line(json!({"type": "object", "additionalProperties": false})),
            "`a[].b` may be present, but the new version does not declare it and rejects undeclared properties",
        ),
        (
            inner(json!({"type": "object"})),
            inner(json!({"type": "object", "minProperties": 1})),
            "`a[].b` may have no properties, but the new version accepts at least 1 property",
        ),
        (
            inner(json!({"type": ["integer", "null"]})),
            inner(json!({"not": {"type": "null"}})),
            "`a[].b` may be null, but the new version excludes this value by `not`",
        ),
    ] {
        let found = messages(&old, &new, Direction::Backward);
        assert!(found.iter().any(|message| message == expected), "{old} to {new}: {found:#?}");
    }
}

#[test]
fn a_definition_of_several_uses_is_named_by_the_use_that_the_event_shows() {
    let money = |minor: Value| {
        let uses = json!({"total": {"$ref": "#/$defs/money"}, "tax": {"type": "array", "items": {"$ref": "#/$defs/money"}}});
        with_definition("money", object(json!({"minor": minor})), uses)
    };
    let old = resolved("1.0.0", &money(json!({"type": "integer"})).to_string());
    let new = resolved("1.1.0", &money(json!({"type": "string"})).to_string());
    for finding in diff(&old, &new, &Settings::default()).findings {
        let witness = finding.witness.unwrap();
        let path = if witness.get("total").is_some() { "`total.minor`" } else { "`tax[].minor`" };
        assert!(finding.message.starts_with(path), "{}: {witness}", finding.message);
    }
}

#[test]
fn two_uses_that_both_break_are_named_each() {
    let integer = json!({"type": "integer"});
    let order = |amount: &Value| {
        let line = object(json!({"unit_price": amount}));
        let mut order =
            object(json!({"total": amount, "lines": {"type": "array", "minItems": 1, "items": line}}));
        order["properties"]["lines"]["items"]["required"] = json!(["unit_price"]);
        order["required"] = json!(["total", "lines"]);
        order["$defs"] = json!({"money": {"type": "object"}});
        order
    };
    let (old, new) = (order(&integer), order(&json!({"$ref": "#/$defs/money"})));
    for (old, new, direction) in [(&old, &new, Direction::Backward), (&new, &old, Direction::Forward)] {
        let found = messages(old, new, direction);
        let paths: Vec<&str> = found.iter().filter_map(|message| message.split(' ').next()).collect();
        assert_eq!(paths, ["`total`", "`lines[].unit_price`"], "{found:#?}");
    }
}

#[test]
fn an_undecided_finding_has_a_path() {
    let of = |pattern: &str| {
        let code = json!({"type": "string", "pattern": pattern});
        with_definition("code", code, json!({"a": {"type": "array", "items": {"$ref": "#/$defs/code"}}}))
    };
    let found = messages(&of("(?=a)b?"), &of("(?=b|a)b?.*"), Direction::Backward);
    assert!(found[0].starts_with("cannot decide whether `a"), "{found:?}");
    assert!(!found[0].contains("code"), "{found:?}");
}

#[test]
fn a_removed_property_is_named() {
    let old = json!({"type": "object", "properties": {"e": {"enum": ["a"]}, "x": {"type": "string"}}, "required": ["e", "x"]});
    let new = json!({"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"]});
    assert_eq!(
        messages(&old, &new, Direction::Forward),
        ["`e` may be missing, but version 1.0.0 requires it"]
    );
    assert_eq!(messages(&old, &new, Direction::Backward), Vec::<String>::new());
}

#[test]
fn a_branch_of_a_condition_names_the_part_that_it_rejects() {
    let schema = |kind: &str| {
        json!({
            "properties": {"k": {"type": "string"}, "m": {"properties": {"id": {}}}},
            "if": {"properties": {"k": {"const": "a"}}, "required": ["k"]},
            "then": {"properties": {"m": {"properties": {"x": {"type": kind}}}}},
        })
    };
    assert_eq!(
        messages(&schema("string"), &schema("integer"), Direction::Backward),
        [r#"`m.x` may be "x", but the `then` or `else` of the new version rejects this value"#]
    );
}
