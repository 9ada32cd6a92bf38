//! Runs the generator on hostile schemas. The output must be valid Rust that contains only the expected items.

use std::sync::Arc;
use std::time::{Duration, Instant};

use evschema_codegen::{GeneratedFile, Options, generate};
use evschema_model::{Catalog, Coordinates, Dialects, Schema, Subject, Version};
use evschema_tests::has_only_its_items;
use proptest::prelude::*;
use serde_json::{Value, json};

fn generate_one(schema: &Value) -> Option<Vec<GeneratedFile>> {
    let at = Coordinates { subject: Subject::parse("x").unwrap(), version: Version::new(1, 0, 0) };
    let schema = Schema::read(at.clone(), schema.to_string().as_bytes(), &Dialects::default()).ok()?;
    let mut catalog = Catalog::default();
    catalog.insert(Arc::new(schema)).unwrap();
    generate(&catalog, &[at], &Options::default()).ok()
}

fn hostile_text() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        Just("*/ } pub fn evil() { /*".to_owned()),
        Just("\"; pub fn evil() {} //".to_owned()),
        Just("\"###; pub fn evil() {} //".to_owned()),
        Just("```\npanic!()\n```".to_owned()),
        Just("\r\n    evil()\r".to_owned()),
        Just("{{evil}} {{{evil}}} \\{{evil}}".to_owned()),
        Just("\u{202e}\u{0}\u{feff}é\u{2028}".to_owned()),
        Just("(the schema)".to_owned()),
        Just("Self".to_owned()),
        Just("r#type".to_owned()),
        Just("Option".to_owned()),
        ".{0,12}",
    ]
}

fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(true)),
        Just(json!(false)),
        Just(json!({ "$ref": "#" })),
        Just(json!({ "$ref": "#/properties/a" })),
        Just(json!({ "$dynamicRef": "#" })),
        prop_oneof![
            Just("string"),
            Just("integer"),
            Just("number"),
            Just("null"),
            Just("object"),
            Just("array")
        ]
        .prop_map(|kind| json!({ "type": kind })),
        prop::collection::vec(hostile_text(), 1..4).prop_map(|texts| json!({ "enum": texts })),
        hostile_text().prop_map(|text| json!({ "const": text })),
        hostile_text().prop_map(|text| json!({ "type": "string", "format": text, "title": text })),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        let map = prop::collection::vec((hostile_text(), inner.clone()), 0..4)
            .prop_map(|members| Value::Object(members.into_iter().collect()))
            .boxed();
        prop_oneof![
            (map.clone(), hostile_text(), prop::collection::vec(hostile_text(), 0..2)).prop_map(
                |(properties, text, required)| {
                    let required: std::collections::BTreeSet<String> = required.into_iter().collect();
                    json!({ "type": "object", "title": text, "description": text, "properties": properties, "required": required })
                }
            ),
            map.clone().prop_map(|patterns| json!({ "$defs": patterns, "additionalProperties": { "$ref": "#" } })),
            (prop::collection::vec(inner.clone(), 1..4), prop_oneof![Just("oneOf"), Just("anyOf"), Just("allOf")])
                .prop_map(|(all, keyword)| json!({ keyword: all })),
            (inner.clone(), prop_oneof![Just("not"), Just("items"), Just("contains"), Just("if")])
                .prop_map(|(one, keyword)| json!({ keyword: one, "properties": { "a": one } })),
            (inner.clone(), map).prop_map(
                |(one, properties)| json!({ "properties": properties, "uniqueItems": true, "additionalProperties": one })
            ),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_schema_gives_only_the_expected_items(schema in schema()) {
        if let Some(files) = generate_one(&schema) {
            let shown: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
            prop_assert!(has_only_its_items(&files), "{schema}\n{}", shown.join("\n"));
        }
    }
}

#[test]
fn combinations_do_not_explode() {
    let mut definitions = serde_json::Map::new();
    for one in 0..14 {
        let mut properties = serde_json::Map::new();
        for other in 0..14 {
            let both = json!({ "allOf": [{ "$ref": format!("#/$defs/s{one}") }, { "$ref": format!("#/$defs/s{other}") }] });
            properties.insert(format!("p{other}"), both);
        }
        definitions.insert(format!("s{one}"), json!({ "type": "object", "properties": properties }));
    }
    let started = Instant::now();
    assert!(generate_one(&json!({ "$ref": "#/$defs/s0", "$defs": definitions })).is_some());
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn a_schema_combined_with_itself_does_not_grow_without_end() {
    let negated = json!({ "not": { "$ref": "#" }, "properties": { "a": { "$ref": "#" } } });
    let mapped = json!({ "additionalProperties": { "$ref": "#" } });
    assert!(generate_one(&json!({ "anyOf": [negated, mapped] })).is_some());
}

#[test]
fn long_chains_do_not_exhaust_the_stack() {
    let chain = |length: usize| {
        let mut definitions = serde_json::Map::new();
        for at in 0..length {
            let next = format!("#/$defs/s{}", (at + 1) % length);
            let schema = match at % 4 {
                0 => json!({ "$ref": next }),
                1 => json!({ "allOf": [{ "$ref": next }, { "required": ["a"] }] }),
                2 => json!({ "properties": { "a": { "$ref": next } }, "type": "object" }),
                _ => json!({ "anyOf": [{ "$ref": next }, { "type": "null" }] }),
            };
            definitions.insert(format!("s{at}"), schema);
        }
        generate_one(&json!({ "$ref": "#/$defs/s0", "$defs": definitions }))
    };
    assert!(chain(200).is_some());
    assert!(chain(3_000).is_none(), "longer than a schema's way may be");
}
