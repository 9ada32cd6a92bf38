//! Laws over generated schemas.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::contained;

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
    fn the_order_of_members_makes_no_difference(a in schema(), b in schema()) {
        prop_assert_eq!(holds(&a, &b), holds(&reversed(&a), &reversed(&b)));
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
