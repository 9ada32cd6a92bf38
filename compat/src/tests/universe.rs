//! Compares every answer of the engine with the truth for a few hundred events: both validators evaluate each event.
//!
//! The test generates schemas from a grammar of all keywords, in every draft; most of them have an effect on these
//! events. If the answer is that the reader accepts everything, no event may be a counterexample. The validators
//! confirm every witness. And if an event is a counterexample, the engine should rarely answer undecided.
//! `PROPTEST_CASES=100000 cargo test -p evschema-compat universe` tries more schemas.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use evschema_model::{Catalog, Coordinates, Dialects, Draft, Formats, Resolved, Schema, Subject, Version};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use crate::check::containment;
use crate::report::Containment;

/// The default number of pairs.
const CASES: u32 = 1_000;

/// The property names of schemas and events.
const NAMES: [&str; 3] = ["a", "b", "ab"];

/// Returns the events: some scalars, and arrays and objects that contain them.
fn universe() -> Vec<Value> {
    let scalars = [
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(2),
        json!(3),
        json!(0.5),
        json!(-1),
        serde_json::from_str("1.0").unwrap(),
        json!(""),
        json!("a"),
        json!("ab"),
        json!("b"),
    ];
    let parts = [json!(null), json!(0), json!(1), json!("a"), json!([]), json!({})];
    let mut all = scalars.to_vec();
    all.extend([json!([]), json!([0, 1, 2]), json!([0, 0, "a"]), json!(["a", "b", "ab", ""])]);
    all.extend([json!([[0]]), json!([{"a": "a"}]), json!({"a": {"a": 0}}), json!({"a": [0], "b": {"b": 1}})]);
    for first in &scalars {
        all.push(json!([first]));
        all.extend(NAMES.map(|name| json!({ (name): first })));
        all.extend(parts.iter().map(|second| json!([first, second])));
    }
    let choices = || std::iter::once(None).chain(parts.iter().map(Some));
    for a in choices() {
        for b in choices() {
            for both in choices() {
                let members = NAMES.iter().zip([a, b, both]);
                let members = members.filter_map(|(name, part)| Some(((*name).to_owned(), part?.clone())));
                all.push(Value::Object(members.collect()));
            }
        }
    }
    all
}

type Keyword = (&'static str, Value);

/// Generates a keyword without subschemas.
fn plain_keyword() -> BoxedStrategy<Keyword> {
    let value = || {
        prop::sample::select(vec![
            json!(null),
            json!(0),
            json!(1),
            json!(2),
            json!("a"),
            json!([]),
            json!({}),
        ])
    };
    let types = || {
        let names = ["null", "boolean", "integer", "number", "string", "array", "object"];
        prop::sample::subsequence(names.to_vec(), 1..4)
    };
    let number = |names: &'static [&'static str], most: u64| {
        (prop::sample::select(names), 0..most).prop_map(|(name, many)| (name, json!(many))).boxed()
    };
    let names = || prop::sample::subsequence(NAMES.to_vec(), 1..3);
    prop_oneof![
        3 => types().prop_map(|names| ("type", json!(names))),
        2 => prop::collection::vec(value(), 1..4).prop_map(|mut values| {
            values.dedup();
            ("enum", json!(values))
        }),
        1 => value().prop_map(|value| ("const", value)),
        2 => number(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], 4),
        1 => prop::sample::select(vec![json!(1), json!(2), json!(0.5)]).prop_map(|step| ("multipleOf", step)),
        1 => number(&["minLength", "maxLength"], 4),
        1 => prop::sample::select(vec!["^a", "b$", "^$", "a", "^(?!a)"]).prop_map(|text| ("pattern", json!(text))),
        1 => number(&["minItems", "maxItems", "minContains", "maxContains"], 4),
        1 => any::<bool>().prop_map(|unique| ("uniqueItems", json!(unique))),
        2 => names().prop_map(|names| ("required", json!(names))),
        1 => number(&["minProperties", "maxProperties"], 4),
        1 => (prop::sample::select(NAMES.to_vec()), names(), any::<bool>()).prop_map(|(name, names, is_old)| {
            (if is_old { "dependencies" } else { "dependentRequired" }, json!({ (name): names }))
        }),
        // Recursion into the next level of the event, and a reference to a definition.
        1 => prop::sample::select(vec!["items", "additionalProperties", "contains"])
            .prop_map(|keyword| (keyword, json!({"$ref": "#"}))),
        1 => Just(("properties", json!({"a": {"$ref": "#"}}))),
        1 => Just(("$ref", json!("#/definitions/d"))),
    ]
    .boxed()
}

/// Generates a keyword with subschemas.
fn applicator(inner: BoxedStrategy<Value>) -> BoxedStrategy<Keyword> {
    let one = |names: &'static [&'static str], inner: &BoxedStrategy<Value>| {
        (prop::sample::select(names), inner.clone()).boxed()
    };
    let list = prop::collection::vec(inner.clone(), 1..3);
    let named = prop::collection::btree_map(prop::sample::select(NAMES.to_vec()), inner.clone(), 1..3);
    let patterns = prop::sample::select(vec!["^a", "b", "^b$", ""]);
    prop_oneof![
        3 => named.prop_map(|named| ("properties", json!(named))),
        3 => (prop::sample::select(vec!["allOf", "anyOf", "oneOf"]), list.clone())
            .prop_map(|(name, list)| (name, json!(list))),
        1 => (prop::sample::select(vec!["prefixItems", "items"]), list)
            .prop_map(|(name, list)| (name, json!(list))),
        2 => one(&["additionalProperties", "items", "additionalItems"], &inner),
        2 => one(&["not", "if", "then", "else", "if", "then"], &inner),
        2 => one(&["contains", "propertyNames"], &inner),
        1 => one(&["unevaluatedProperties", "unevaluatedItems"], &inner),
        1 => (patterns, inner.clone()).prop_map(|(pattern, sub)| ("patternProperties", json!({ (pattern): sub }))),
        1 => (prop::sample::select(NAMES.to_vec()), inner, any::<bool>()).prop_map(|(name, sub, is_old)| {
            (if is_old { "dependencies" } else { "dependentSchemas" }, json!({ (name): sub }))
        }),
    ]
    .boxed()
}

fn object(keywords: Vec<Keyword>) -> Value {
    Value::Object(keywords.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn schema() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        1 => any::<bool>().prop_map(Value::from),
        6 => prop::collection::vec(plain_keyword(), 1..3).prop_map(object),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let keywords = (
            prop::collection::vec(plain_keyword(), 0..3),
            prop::collection::vec(applicator(inner.boxed()), 1..3),
        );
        keywords.prop_map(|(plain, more)| object(plain.into_iter().chain(more).collect()))
    })
    .boxed()
}

/// Generates two related schemas, like two versions.
fn pair() -> impl Strategy<Value = (Value, Value)> {
    let change = (schema(), schema(), 0..9_usize, any::<prop::sample::Index>());
    change.prop_map(|(a, b, how, which)| match how {
        0 => (a, b),
        1 => (a.clone(), json!({"anyOf": [a, b]})),
        2 => (json!({"allOf": [a, b]}), a),
        3 => (a.clone(), json!({"oneOf": [a, b]})),
        4 => (json!({"not": {"not": a}}), a),
        5 => (json!({"not": {"anyOf": [a, b]}}), json!({"not": b})),
        6 => (json!({"oneOf": [a, b]}), json!({"anyOf": [b, a]})),
        _ => (changed(&a, &b, which), a),
    })
}

/// Returns a schema without one of its keywords, or with the keywords of another schema.
fn changed(schema: &Value, other: &Value, which: prop::sample::Index) -> Value {
    let (Value::Object(own), Value::Object(theirs)) = (schema, other) else { return other.clone() };
    let mut members = own.clone();
    let at = which.index(own.len() + 1);
    match own.keys().nth(at) {
        Some(name) => _ = members.remove(name),
        None => members.extend(theirs.clone()),
    }
    Value::Object(members)
}

/// Reads a schema as a document of a draft; returns `None` if the draft does not allow it.
fn read(schema: &Value, definition: &Value, draft: Draft) -> Option<Resolved> {
    let mut members = match schema.as_object() {
        Some(members) => members.clone(),
        // A document is an object.
        None => Map::from_iter([("allOf".to_owned(), json!([as_object(schema)]))]),
    };
    members.insert("$schema".to_owned(), json!(draft.uri()));
    members.insert("definitions".to_owned(), json!({"d": definition}));
    let at = Coordinates { subject: Subject::parse("case").ok()?, version: Version::new(1, 0, 0) };
    let text = Value::Object(members).to_string();
    let schema = Schema::read(at, text.as_bytes(), &Dialects::default()).ok()?;
    Catalog::default().resolve(&Arc::new(schema)).ok()
}

/// Draft 4 has no boolean schemas.
fn as_object(schema: &Value) -> Value {
    if schema == &json!(false) { json!({"not": {}}) } else { json!({}) }
}

/// The results of a run.
#[derive(Debug, Default)]
struct Tally {
    decided: u32,
    /// The undecided pairs with a counterexample among the events, by keyword.
    missed: BTreeMap<String, u32>,
    open: u32,
}

#[test]
fn no_answer_has_a_counterexample_in_a_small_universe() {
    let events = universe();
    let cases = std::env::var("PROPTEST_CASES").map_or(CASES, |cases| cases.parse().unwrap());
    let mut runner =
        TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() });
    let tally = RefCell::new(Tally::default());
    let drafts = || prop::sample::select(Draft::ALL.to_vec());
    let definition = prop::collection::vec(plain_keyword(), 1..3).prop_map(|keywords| {
        object(keywords.into_iter().filter(|(_, value)| !value.to_string().contains('#')).collect())
    });
    let inputs = (pair(), definition, drafts(), prop::option::weighted(0.2, drafts()));
    let run = runner.run(&inputs, |((writer, reader), definition, draft, other)| {
        let documents = [(&writer, draft), (&reader, other.unwrap_or(draft))];
        let [Some(writer), Some(reader)] = documents.map(|(schema, draft)| read(schema, &definition, draft))
        else {
            return Ok(());
        };
        let validators = [&writer, &reader].map(|side| side.validator(Formats::Assert));
        let [Ok(writes), Ok(reads)] = validators else { return Ok(()) };
        let breaks = |event: &Value| {
            [&writes, &reads].iter().all(|side| side.can_decide(event))
                && writes.is_valid(event)
                && !reads.is_valid(event)
        };
        let answer = containment(&writer, &reader, Formats::Assert);
        let counterexample = events.iter().find(|event| breaks(event));
        let mut tally = tally.borrow_mut();
        match (&answer, counterexample) {
            (Containment::Contained, Some(event)) => {
                return Err(TestCaseError::fail(format!("said to be contained, but for {event}")));
            }
            (Containment::NotContained { witness }, _) if !breaks(witness) => {
                return Err(TestCaseError::fail(format!("the witness {witness} is none")));
            }
            (Containment::Undecided { .. }, Some(_)) => {
                let text = format!("{}{}", writer.schema().value(), reader.schema().value());
                let mentioned = KEYWORDS.iter().filter(|keyword| text.contains(&format!("\"{keyword}\"")));
                mentioned.for_each(|keyword| *tally.missed.entry((*keyword).to_owned()).or_default() += 1);
                tally.open += 1;
            }
            (Containment::Undecided { .. }, None) => tally.open += 1,
            (Containment::Contained | Containment::NotContained { .. }, _) => tally.decided += 1,
        }
        Ok(())
    });
    run.unwrap_or_else(|why| panic!("{why}"));
    let tally = tally.into_inner();
    println!("{tally:?}");
    assert!(cases / 4 < tally.decided, "most pairs have to be schemas: {tally:?}");
    assert!(tally.open * 33 < tally.decided, "left open too often: {tally:?}");
}

/// The keywords by which the test counts undecided pairs.
const KEYWORDS: [&str; 14] = [
    "not",
    "if",
    "oneOf",
    "anyOf",
    "contains",
    "uniqueItems",
    "unevaluatedItems",
    "unevaluatedProperties",
    "pattern",
    "patternProperties",
    "propertyNames",
    "dependentSchemas",
    "dependencies",
    "$ref",
];
