//! Laws that hold for all generated schemas.
//!
//! A law accepts an undecided answer. So each law also counts the answers, and fails if too many of them are undecided.

use std::cell::Cell;
use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use super::{contained, resolved};
use crate::check::{Settings, diff};
use crate::report::{Diff, Direction, Finding, Verdict};

/// Inputs of each law.
const CASES: u32 = 96;

/// Percentage of answers that the engine must decide. In practice, it decides all pairs of generated schemas.
const DECIDED_MIN: u32 = 97;

/// The same percentage for two equivalent schemas that are written in different ways.
const EQUIVALENT_DECIDED_MIN: u32 = 75;

/// Generates schemas from a few keywords and values, so that two of them are often related.
fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(true)),
        Just(json!({"type": "null"})),
        (0..4_i64, 0..4_i64).prop_map(|(a, b)| json!({"type": "integer", "minimum": a, "maximum": b + 2})),
        (0..3_u64).prop_map(|n| json!({"type": "string", "maxLength": n})),
        prop::collection::vec(0..4_i64, 1..4).prop_map(|values| {
            let distinct: BTreeSet<i64> = values.into_iter().collect();
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

/// Compares schemas with the engine, and counts the answers of one law.
#[derive(Debug, Default)]
struct Answers {
    decided: Cell<u32>,
    undecided: Cell<u32>,
}

impl Answers {
    /// Returns whether the reader accepts everything that the writer accepts; `None` if this is undecided.
    fn contained(&self, writer: &Value, reader: &Value) -> Option<bool> {
        let answer = contained(&writer.to_string(), &reader.to_string());
        self.count(answer.is_some());
        answer
    }

    /// Compares two versions in both directions.
    fn diff(&self, from: &Value, to: &Value) -> Diff {
        let [from, to] = [from, to].map(|schema| resolved("1.0.0", &schema.to_string()));
        let diff = diff(&from, &to, &Settings::default());
        for verdict in [diff.backward, diff.forward] {
            self.count(verdict != Verdict::Undecided);
        }
        diff
    }

    fn count(&self, is_decided: bool) {
        let counter = if is_decided { &self.decided } else { &self.undecided };
        counter.set(counter.get() + 1);
    }
}

/// Tests a law with generated inputs. At least this percentage of the engine's answers must be decided.
fn law<S: Strategy>(
    decided_min: u32,
    inputs: S,
    law: impl Fn(&Answers, S::Value) -> Result<(), TestCaseError>,
) {
    let config = ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    let answers = Answers::default();
    let result = TestRunner::new(config).run(&inputs, |input| law(&answers, input));
    result.unwrap_or_else(|why| panic!("{why}"));
    let (decided, undecided) = (answers.decided.get(), answers.undecided.get());
    assert!(decided_min * (decided + undecided) <= 100 * decided, "too often undecided: {answers:?}");
}

#[test]
fn a_schema_and_an_equivalent_one_contain_each_other() {
    law(EQUIVALENT_DECIDED_MIN, schema(), |answers, a| {
        let b = rewritten(&a);
        prop_assert_ne!(answers.contained(&a, &b), Some(false));
        prop_assert_ne!(answers.contained(&b, &a), Some(false));
        Ok(())
    });
}

#[test]
fn a_schema_is_contained_in_its_union_with_another() {
    law(DECIDED_MIN, (schema(), schema()), |answers, (a, b)| {
        prop_assert_ne!(answers.contained(&a, &json!({"anyOf": [a, b]})), Some(false));
        prop_assert_ne!(answers.contained(&json!({"allOf": [a, b]}), &a), Some(false));
        Ok(())
    });
}

#[test]
fn containment_is_transitive_where_decided() {
    law(DECIDED_MIN, (schema(), schema(), schema()), |answers, (a, b, c)| {
        if answers.contained(&a, &b) == Some(true) && answers.contained(&b, &c) == Some(true) {
            prop_assert_ne!(answers.contained(&a, &c), Some(false));
        }
        Ok(())
    });
}

#[test]
fn the_library_agrees_where_both_decide() {
    use jsonschema::canonical::Containment;
    law(DECIDED_MIN, (schema(), schema()), |answers, (a, b)| {
        let covers = jsonschema::canonicalize(&b).unwrap().covers(&jsonschema::canonicalize(&a).unwrap());
        match (covers, answers.contained(&a, &b)) {
            (Ok(Containment::Yes), own) => prop_assert_ne!(own, Some(false)),
            (Ok(Containment::No), own) => prop_assert_ne!(own, Some(true)),
            _ => {}
        }
        Ok(())
    });
}

#[test]
fn backward_one_way_is_forward_the_other() {
    law(DECIDED_MIN, (schema(), schema()), |answers, (a, b)| {
        let there = answers.diff(&a, &b);
        let back = answers.diff(&b, &a);
        prop_assert_eq!((there.backward, there.forward), (back.forward, back.backward));
        // The places of findings are places of the newer version, so the numbers of findings may differ.
        let rules = |findings: &[Finding], direction: Direction| -> BTreeSet<String> {
            let found = findings.iter().filter(|finding| finding.direction == direction);
            found.map(|finding| finding.rule.clone()).collect()
        };
        prop_assert_eq!(
            rules(&there.findings, Direction::Backward),
            rules(&back.findings, Direction::Forward)
        );
        Ok(())
    });
}

#[test]
fn a_finding_has_an_event_unless_it_is_undecided() {
    law(DECIDED_MIN, (schema(), schema()), |answers, (a, b)| {
        let diff = answers.diff(&a, &b);
        for finding in &diff.findings {
            prop_assert_eq!(finding.witness.is_none(), finding.rule == "undecided");
        }
        let found = |direction| diff.findings.iter().filter(|finding| finding.direction == direction).count();
        for (verdict, direction) in [(diff.backward, Direction::Backward), (diff.forward, Direction::Forward)]
        {
            prop_assert_eq!(verdict == Verdict::Compatible, found(direction) == 0);
        }
        Ok(())
    });
}

#[test]
fn a_reference_means_the_schema_that_it_names() {
    law(DECIDED_MIN, (schema(), schema()), |answers, (a, b)| {
        let written_out = answers.contained(&a, &b);
        prop_assert_eq!(answers.contained(&referring(&a), &b), written_out);
        prop_assert_eq!(answers.contained(&a, &referring(&b)), written_out);
        prop_assert_ne!(answers.contained(&a, &referring(&a)), Some(false));
        Ok(())
    });
}

#[test]
fn annotations_make_no_difference() {
    law(DECIDED_MIN, (schema(), schema()), |answers, (a, b)| {
        prop_assert_eq!(answers.contained(&annotated(&a), &annotated(&b)), answers.contained(&a, &b));
        Ok(())
    });
}

#[test]
fn the_order_of_members_makes_no_difference() {
    law(DECIDED_MIN, (schema(), schema()), |answers, (a, b)| {
        prop_assert_eq!(answers.contained(&a, &b), answers.contained(&reversed(&a), &reversed(&b)));
        Ok(())
    });
}

/// Returns an equivalent schema in which each subschema is written with other keywords. So the engine cannot recognise
/// equal subschemas, and has to prove the containment.
fn rewritten(schema: &Value) -> Value {
    let Value::Object(members) = schema else { return schema.clone() };
    let list = |branches: &Value| -> Vec<Value> {
        branches.as_array().into_iter().flatten().rev().map(rewritten).collect()
    };
    let member = |keyword: &str| members.get(keyword).cloned().unwrap_or(Value::Null);
    match members.iter().next().map(|(keyword, value)| (keyword.as_str(), value)) {
        Some(("enum", Value::Array(values))) => {
            let constants: Vec<Value> = values.iter().map(|value| json!({ "const": value })).collect();
            json!({ "anyOf": constants })
        }
        Some(("pattern", _)) => json!({"pattern": "^aa*$"}),
        Some(("multipleOf", _)) => {
            let others = ["null", "boolean", "string", "array", "object"];
            json!({"anyOf": [{"type": "number", "multipleOf": 2}, {"type": others}]})
        }
        Some(("anyOf", branches)) => json!({ "anyOf": list(branches) }),
        // The engine has no proof for overlapping branches of `oneOf` that are written in different ways.
        Some(("oneOf", Value::Array(branches))) => {
            json!({ "oneOf": branches.iter().rev().collect::<Vec<&Value>>() })
        }
        Some(("not", negated)) => json!({ "not": rewritten(negated) }),
        Some(("type", kind)) => match kind.as_str() {
            Some("null") => json!({"const": null}),
            Some("integer") => json!({"type": "number", "allOf": [
                {"minimum": member("minimum")},
                {"maximum": member("maximum")},
                {"multipleOf": 1},
            ]}),
            Some("string") => {
                json!({"type": "string", "pattern": format!("^[\\s\\S]{{0,{}}}$", member("maxLength"))})
            }
            Some("array") => {
                let items = rewritten(&member("items"));
                json!({"type": "array", "prefixItems": [items, items], "items": false})
            }
            _ => {
                let properties = member("properties");
                let required = member("required");
                let (a, b) = (rewritten(&properties["a"]), rewritten(&properties["b"]));
                json!({"type": "object", "allOf": [
                    {"properties": {"a": a}},
                    {"patternProperties": {"^b$": b}},
                    {"required": required},
                    {"properties": {"a": true, "b": true}, "additionalProperties": member("additionalProperties")},
                ]})
            }
        },
        _ => schema.clone(),
    }
}

/// Returns the same schema with a reference in place of each subschema.
fn referring(schema: &Value) -> Value {
    let mut definitions = Map::new();
    let mut root = refer(schema, &mut definitions);
    if let (Value::Object(members), false) = (&mut root, definitions.is_empty()) {
        members.insert("$defs".to_owned(), Value::Object(definitions));
    }
    root
}

fn refer(schema: &Value, definitions: &mut Map<String, Value>) -> Value {
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

/// Returns the same schema with annotations.
fn annotated(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let is_schema = members.keys().any(|keyword| keyword != "a" && keyword != "b");
            let mut members: Map<String, Value> =
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
