//! Laws over generated schemas.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{contained, resolved};
use crate::{Settings, Verdict, diff};

/// Schemas over a small vocabulary, so that pairs are often related.
fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(true)),
        Just(json!({"type": "null"})),
        (0..4_i64, 0..4_i64).prop_map(|(a, b)| json!({"type": "integer", "minimum": a, "maximum": b + 2})),
        (0..3_u64).prop_map(|n| json!({"type": "string", "maxLength": n})),
        prop::collection::vec(0..4_i64, 1..4).prop_map(|values| {
            let distinct: std::collections::BTreeSet<i64> = values.into_iter().collect();
            json!({ "enum": distinct })
        }),
        Just(json!({"pattern": "^a+$"})),
        Just(json!({"multipleOf": 2})),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone(), any::<bool>(), any::<bool>()).prop_map(|(a, b, required, open)| {
                let required: Vec<&str> = if required { vec!["a"] } else { vec![] };
                json!({"type": "object", "properties": {"a": a, "b": b}, "required": required, "additionalProperties": open})
            }),
            inner.clone().prop_map(|items| json!({"type": "array", "items": items, "maxItems": 2})),
            prop::collection::vec(inner.clone(), 2..3).prop_map(|branches| json!({ "anyOf": branches })),
            prop::collection::vec(inner.clone(), 2..3).prop_map(|branches| json!({ "oneOf": branches })),
            inner.prop_map(|not| json!({ "not": not })),
        ]
    })
}

fn holds(writer: &Value, reader: &Value) -> Option<bool> {
    contained(&writer.to_string(), &reader.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_schema_is_contained_in_itself(a in schema()) {
        prop_assert_eq!(holds(&a, &a), Some(true));
    }

    #[test]
    fn a_schema_is_contained_in_its_union_with_another(a in schema(), b in schema()) {
        prop_assert_ne!(holds(&a, &json!({"anyOf": [a, b]})), Some(false));
        prop_assert_ne!(holds(&json!({"allOf": [a, b]}), &a), Some(false));
    }

    #[test]
    fn containment_is_transitive_where_decided(a in schema(), b in schema(), c in schema()) {
        if holds(&a, &b) == Some(true) && holds(&b, &c) == Some(true) {
            prop_assert_ne!(holds(&a, &c), Some(false));
        }
    }

    #[test]
    fn the_library_agrees_where_both_decide(a in schema(), b in schema()) {
        use jsonschema::canonical::Containment;
        let covers = jsonschema::canonicalize(&b).unwrap().covers(&jsonschema::canonicalize(&a).unwrap());
        match (covers, holds(&a, &b)) {
            (Ok(Containment::Yes), ours) => prop_assert_ne!(ours, Some(false)),
            (Ok(Containment::No), ours) => prop_assert_ne!(ours, Some(true)),
            _ => {}
        }
    }

    #[test]
    fn backward_one_way_is_forward_the_other(a in schema(), b in schema()) {
        let versions = [&a, &b].map(|schema| resolved("1.0.0", &schema.to_string()));
        let there = diff(&versions[0], &versions[1], &Settings::default());
        let back = diff(&versions[1], &versions[0], &Settings::default());
        prop_assert_eq!((there.backward, there.forward), (back.forward, back.backward));
        // The places are those of the newer version, so how many there are may differ.
        let rules = |findings: &[crate::Finding], from: crate::Direction| -> std::collections::BTreeSet<String> {
            let found = findings.iter().filter(|finding| finding.direction == from);
            found.map(|finding| finding.rule.clone()).collect()
        };
        let (backward, forward) = (crate::Direction::Backward, crate::Direction::Forward);
        prop_assert_eq!(rules(&there.findings, backward), rules(&back.findings, forward));
    }

    #[test]
    fn a_finding_has_an_event_unless_it_is_undecided(a in schema(), b in schema()) {
        let versions = [&a, &b].map(|schema| resolved("1.0.0", &schema.to_string()));
        let diff = diff(&versions[0], &versions[1], &Settings::default());
        for finding in &diff.findings {
            prop_assert_eq!(finding.witness.is_none(), finding.rule == "undecided");
        }
        let found = |direction| diff.findings.iter().filter(|finding| finding.direction == direction).count();
        for (verdict, direction) in
            [(diff.backward, crate::Direction::Backward), (diff.forward, crate::Direction::Forward)]
        {
            prop_assert_eq!(verdict == Verdict::Compatible, found(direction) == 0);
        }
    }

    #[test]
    fn a_reference_says_what_stands_there_written_out(a in schema(), b in schema()) {
        let written_out = holds(&a, &b);
        prop_assert_eq!(holds(&referring(&a), &b), written_out);
        prop_assert_eq!(holds(&a, &referring(&b)), written_out);
        prop_assert_ne!(holds(&a, &referring(&a)), Some(false));
    }

    #[test]
    fn annotations_make_no_difference(a in schema(), b in schema()) {
        prop_assert_eq!(holds(&annotated(&a), &annotated(&b)), holds(&a, &b));
    }

    #[test]
    fn the_order_of_members_makes_no_difference(a in schema(), b in schema()) {
        prop_assert_eq!(holds(&a, &b), holds(&reversed(&a), &reversed(&b)));
    }
}

/// Returns the same schema with each subschema behind a reference.
fn referring(schema: &Value) -> Value {
    let mut definitions = serde_json::Map::new();
    let mut root = refer(schema, &mut definitions);
    if let (Value::Object(members), false) = (&mut root, definitions.is_empty()) {
        members.insert("$defs".to_owned(), Value::Object(definitions));
    }
    root
}

fn refer(schema: &Value, definitions: &mut serde_json::Map<String, Value>) -> Value {
    let mut point = |sub: &Value| {
        let sub = refer(sub, definitions);
        let name = format!("d{}", definitions.len());
        definitions.insert(name.clone(), sub);
        json!({"$ref": format!("#/$defs/{name}")})
    };
    let Value::Object(members) = schema else { return schema.clone() };
    let members = members.iter().map(|(keyword, value)| {
        let value = match (keyword.as_str(), value) {
            ("properties", Value::Object(named)) => {
                named.iter().map(|(name, sub)| (name.clone(), point(sub))).collect()
            }
            ("anyOf" | "oneOf", Value::Array(branches)) => branches.iter().map(&mut point).collect(),
            ("items" | "not", sub) => point(sub),
            (_, value) => value.clone(),
        };
        (keyword.clone(), value)
    });
    Value::Object(members.collect())
}

/// Returns the same schema with words in it.
fn annotated(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let is_schema = members.keys().any(|keyword| keyword != "a" && keyword != "b");
            let mut members: serde_json::Map<String, Value> =
                members.iter().map(|(name, member)| (name.clone(), annotated(member))).collect();
            if is_schema && !members.contains_key("a") {
                members.insert("description".to_owned(), json!("words"));
                members.insert("examples".to_owned(), json!([members.len()]));
            }
            Value::Object(members)
        }
        Value::Array(items) => items.iter().map(annotated).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema.clone(),
    }
}

fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            members.iter().rev().map(|(name, member)| (name.clone(), reversed(member))).collect()
        }
        Value::Array(items) => items.iter().map(reversed).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
