//! Tests with hostile schemas: no comparison takes long, overflows the stack or panics, whatever the answer.

use std::time::{Duration, Instant};

use evschema_model::{ContentModel, Mode};
use serde_json::{Map, Value, json};

use super::{Settings, contained, diff, resolved, settings};

/// Limit on the time of one comparison, without optimisation and on a busy machine. In a release build, the slowest one
/// took less than half a second.
const ELAPSED_MAX: Duration = Duration::from_secs(30);

fn answered(name: &str, writer: &Value, reader: &Value) -> Option<bool> {
    let started = Instant::now();
    let answer = contained(&writer.to_string(), &reader.to_string());
    let elapsed = started.elapsed();
    assert!(elapsed < ELAPSED_MAX, "{name} took {elapsed:?}");
    answer
}

/// A schema whose definitions each refer twice to the next one, so that its written-out form is exponential.
fn doubling(applicators: [&str; 2], last: Value) -> Value {
    // The validator that confirms witnesses would visit every path, so the engine does not use it.
    const LEVELS: usize = 40;
    let reference = |n: usize| json!({"$ref": format!("#/$defs/a{n}")});
    let mut definitions: Map<String, Value> = (0..LEVELS)
        .map(|n| {
            let next = reference(n + 1);
            let both = json!({(applicators[1]): [next, next]});
            (format!("a{n}"), json!({(applicators[0]): [next, both]}))
        })
        .collect();
    definitions.insert(format!("a{LEVELS}"), last);
    json!({"$ref": "#/$defs/a0", "$defs": definitions})
}

#[test]
fn definitions_that_are_exponential_when_written_out() {
    let any = doubling(["anyOf", "allOf"], json!({"type": "integer"}));
    assert_eq!(answered("union in number", &any, &json!({"type": "number"})), Some(true));
    assert_ne!(answered("number in union", &json!({"type": "number"}), &any), Some(true));
    answered("exactly one", &doubling(["oneOf", "anyOf"], json!({"type": "integer"})), &any);
    let choices: Vec<Value> = (0..20)
        .map(|n| json!({"oneOf": [{"required": [format!("a{n}")]}, {"required": [format!("b{n}")]}]}))
        .collect();
    let product = json!({"type": "object", "allOf": choices});
    assert_eq!(answered("product", &product, &json!({"required": ["a0"]})), Some(false));
}

#[test]
fn a_subschema_is_read_by_the_draft_of_each_reference_to_it() {
    let old = "http://json-schema.org/draft-07/schema#";
    let new = "https://json-schema.org/draft/2020-12/schema";
    let writer = json!({"$schema": old, "properties": {"p": false}});
    let reader = json!({"$schema": old, "properties": {
        "x": {"$ref": "#q"},
        "p": {"$schema": new, "properties": {"q": {"$anchor": "q", "dependentRequired": {"a": ["b"]}}}},
    }});
    assert_ne!(answered("two drafts", &writer, &reader), Some(true));
}

#[test]
fn a_long_name_around_many_values() {
    let schema = |kind: &str| {
        let examples = vec![0; 100_000];
        let property = json!({"type": kind, "examples": examples});
        json!({"properties": {"p": {"properties": {"n".repeat(200_000): property}}}}).to_string()
    };
    // A pointer for each value would take 20 GB.
    let report = diff(
        &resolved("1.0.0", &schema("string")),
        &resolved("1.1.0", &schema("integer")),
        &Settings::default(),
    );
    assert_eq!(report.findings.len(), 2);
}

#[test]
fn many_properties_beside_many_patterns() {
    let names: Vec<String> = (0..5_000).map(|n| format!("p{n}")).collect();
    let schema = |last: &str| {
        let properties: Map<String, Value> =
            names.iter().map(|name| (name.clone(), json!({"type": "string"}))).collect();
        let mut patterns: Map<String, Value> = (0..200).map(|n| (format!("^x{n}_"), json!(true))).collect();
        patterns.insert("^y".to_owned(), json!({"type": last}));
        json!({"properties": properties, "patternProperties": patterns, "required": names})
    };
    answered("patterns", &schema("string"), &schema("integer"));
    diff(
        &resolved("1.0.0", &schema("string").to_string()),
        &resolved("1.1.0", &schema("integer").to_string()),
        &Settings::default(),
    );
}

#[test]
fn patterns_that_backtrack_or_unfold() {
    for (writer, reader, expected) in [
        ("^(a+)+$", "^a+$", Some(true)),
        ("^a+$", "^(a+)+$", Some(true)),
        ("(x+x+)+y", "y", Some(true)),
        ("^(a?){50}a{50}$", "^a+$", Some(true)),
        ("^(.*a){20}$", "^(.*a){21}$", None),
        (r"^\p{L}{1,200}$", r"^\p{L}{1,199}$", None),
        ("^[a-z]{1,1000}$", "^[a-z]*$", Some(true)),
    ] {
        let pattern = |pattern: &str| json!({"type": "string", "pattern": pattern});
        let answer = answered(writer, &pattern(writer), &pattern(reader));
        // Without an expected answer, it is enough that the comparison ends, with the right answer or none.
        assert!(answer == expected || (expected.is_none() && answer != Some(true)), "{writer} in {reader}");
    }
}

#[test]
fn lists_and_counts_of_any_size() {
    let names: Vec<String> = (0..50_000).map(|n| format!("v{n}")).collect();
    let turned: Vec<&String> = names.iter().rev().collect();
    let (all, reversed, fewer) =
        (json!({"enum": names}), json!({"enum": turned}), json!({"enum": names[1..]}));
    assert_eq!(answered("the same list", &all, &reversed), Some(true));
    assert_eq!(answered("a shorter list", &all, &fewer), Some(false));
    for (keyword, kind) in [("minLength", "string"), ("minItems", "array"), ("minProperties", "object")] {
        let (many, more) =
            (json!({"type": kind, (keyword): 999_999_999}), json!({"type": kind, (keyword): 1_000_000_000}));
        assert_eq!(answered(keyword, &more, &many), Some(true));
        // The witness would fill the memory, so the engine makes none.
        assert_eq!(answered(keyword, &many, &more), None);
    }
}

#[test]
fn lists_as_long_as_a_document_can_be() {
    let numbers: Vec<u32> = (0..140_000).collect();
    let turned: Vec<&u32> = numbers.iter().rev().collect();
    assert_eq!(answered("turned", &json!({"enum": numbers}), &json!({"enum": turned})), Some(true));
    assert_eq!(answered("one less", &json!({"enum": numbers}), &json!({"enum": numbers[1..]})), Some(false));
    assert_eq!(answered("all integers", &json!({"enum": numbers}), &json!({"type": "integer"})), Some(true));
    let pairs: Vec<[u32; 1]> = (0..100_000).map(|n| [n]).collect();
    assert_eq!(answered("arrays", &json!({"enum": pairs}), &json!({"enum": pairs[1..]})), Some(false));
    assert_eq!(answered("more arrays", &json!({"enum": pairs[1..]}), &json!({"enum": pairs})), Some(true));
    let (all, fewer) = (json!({"enum": pairs}).to_string(), json!({"enum": pairs[..99_999]}).to_string());
    let (all, fewer) = (resolved("1.0.0", &all), resolved("1.1.0", &fewer));
    assert_eq!(diff(&all, &fewer, &Settings::default()).changes.len(), 1);
    let zeros = |last: u32| json!({"enum": vec![0; 499_999].into_iter().chain([last]).collect::<Vec<_>>()});
    assert_eq!(answered("repeated", &zeros(1), &zeros(0)), Some(false));
}

#[test]
fn references_as_far_as_they_may_lead() {
    let chain = |applicator: &str, last: Value| {
        const LEVELS: usize = 190;
        let mut all: Map<String, Value> = (0..LEVELS)
            .map(|n| (format!("a{n}"), json!({(applicator): [{"$ref": format!("#/$defs/a{}", n + 1)}]})))
            .collect();
        all.insert(format!("a{LEVELS}"), last);
        json!({"$ref": "#/$defs/a0", "$defs": all})
    };
    let (integer, number) = (json!({"type": "integer"}), json!({"type": "number"}));
    for applicator in ["allOf", "anyOf", "oneOf", "prefixItems"] {
        answered(applicator, &chain(applicator, integer.clone()), &chain(applicator, number.clone()));
        answered(applicator, &chain(applicator, number.clone()), &chain(applicator, integer.clone()));
    }
}

#[test]
fn recursion_of_every_kind() {
    let endless = json!({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/$defs/x"}}});
    let endless = json!({"$ref": "#/$defs/x", "$defs": {"x": endless}});
    assert_eq!(answered("no finite instance", &endless, &json!(false)), Some(true));
    let around = json!({"type": "array", "oneOf": [{"$ref": "#"}, {"prefixItems": [true]}], "unevaluatedItems": false});
    let alternative = json!({"type": "array", "prefixItems": [true], "unevaluatedItems": false});
    assert_ne!(answered("a branch that leads back to its union", &alternative, &around), Some(true));
    let lists =
        json!({"$ref": "#/$defs/x", "$defs": {"x": {"type": "array", "items": {"$ref": "#/$defs/x"}}}});
    assert_eq!(answered("empty lists", &lists, &json!(false)), Some(false));
    let circle = json!({"$ref": "#/$defs/a", "$defs": {
        "a": {"allOf": [{"$ref": "#/$defs/b"}]},
        "b": {"allOf": [{"$ref": "#/$defs/a"}, {"type": "string"}]}
    }});
    answered("in place", &circle, &json!({"type": "string"}));
    let nested =
        |times: usize| (0..times).fold(json!({"type": "integer"}), |inner, _| json!({ "not": inner }));
    assert_eq!(answered("not, sixty times", &nested(60), &json!({"type": "integer"})), Some(true));
    assert_eq!(answered("not, once more", &nested(59), &json!({"type": "integer"})), Some(false));
    let deep = |leaf: &str| {
        (0..55).fold(json!({"type": leaf}), |inner, _| json!({"type": "object", "properties": {"a": inner}}))
    };
    assert_eq!(answered("deep", &deep("integer"), &deep("number")), Some(true));
    assert_eq!(answered("deep, turned", &deep("number"), &deep("integer")), Some(false));
    let conditions = (0..25).fold(
        json!({"minimum": 0}),
        |inner, n| json!({"if": {"minimum": n}, "then": inner, "else": {"maximum": n}}),
    );
    answered("conditions", &json!({"type": "integer"}), &conditions);
}

#[test]
fn unions_of_hundreds_of_branches() {
    let tagged = |branches: std::ops::Range<usize>| -> Vec<Value> {
        branches
            .map(|n| json!({"type": "object", "required": ["t"], "properties": {"t": {"const": n}, "v": {"maxLength": n}}}))
            .collect()
    };
    let (all, fewer) = (json!({"oneOf": tagged(0..200)}), json!({"oneOf": tagged(0..199)}));
    assert_eq!(answered("tagged", &fewer, &all), Some(true));
    assert_eq!(answered("tagged, one gone", &all, &fewer), Some(false));
    let ranges = |n: usize| json!({"minimum": 10 * n, "maximum": 10 * n + 9});
    let ranges: Vec<Value> = (0..100).map(ranges).collect();
    let integers = json!({"type": "integer", "minimum": 0, "maximum": 999});
    assert_eq!(answered("ranges", &integers, &json!({"oneOf": ranges})), Some(true));
}

#[test]
fn a_schema_in_its_own_negation() {
    const DRAFT: &str = r#""$schema":"https://json-schema.org/draft/2019-09/schema""#;
    let some = |name: &str| format!(r#"{{"properties":{{"{name}":true}},"required":["{name}"]}}"#);
    let not_one_of = |one: &str| format!(r#"{{{DRAFT},"not":{{"oneOf":[{one},{}]}}}}"#, some("foo"));
    // An earlier engine added the declarations of the schema to themselves, again and again.
    assert_ne!(contained(&not_one_of(r##"{"$ref":"#"}"##), &not_one_of(&some("bar"))), Some(true));
}

#[test]
fn nested_dependent_schemas() {
    let depends = |foo: Value| {
        let inner = json!({"properties": {"foo": foo, "bar": {"type": "integer"}}});
        let inner = json!({"not": {"dependentSchemas": {"bar": inner}}});
        json!({"not": {"dependentSchemas": {"bar": inner}}})
    };
    let (wide, narrow) = (depends(json!({})), depends(json!({"type": "integer"})));
    // This took seconds in an earlier engine, which repeated the same comparison of a property.
    assert_eq!(answered("narrower", &wide, &narrow), Some(false));
    assert_ne!(answered("wider", &narrow, &wide), Some(false));
}

#[test]
fn wide_unions_under_a_content_model() {
    let compared = |name: &str, branch: &dyn Fn(usize) -> Value, branches: usize| {
        let schema = |branches: usize| {
            let union: Vec<Value> = (0..branches).map(branch).collect();
            json!({"anyOf": union}).to_string()
        };
        let started = Instant::now();
        let (old, new) = (schema(branches), schema(branches - 1));
        let settings = settings(Mode::BackwardTransitive, ContentModel::Lenient);
        diff(&resolved("1.0.0", &old), &resolved("1.1.0", &new), &settings);
        let elapsed = started.elapsed();
        assert!(elapsed < ELAPSED_MAX, "{name} took {elapsed:?}");
    };
    let whole = |names: usize| -> Value {
        let members: Map<String, Value> =
            (0..names).map(|n| (format!("p{n}"), json!({"$ref": "#"}))).collect();
        json!({"type": "object", "properties": members, "minProperties": 1})
    };
    // A list of the other branches for each branch would take 800 MB.
    compared("one property", &|n| json!({"properties": {(format!("p{n}")): {"type": "object"}}}), 10_000);
    // A validator for each branch would contain the whole schema each time.
    compared("validators", &|n| json!({"properties": {(format!("p{n}")): whole(12)}}), 200);
    // So would the text of each branch, for the fingerprint of the finding. The texts would take more than 4 GB.
    let negated = |n: usize| json!({"properties": {(format!("p{n}")): whole(2)}, "not": {"required": [format!("q{n}")]}});
    compared("texts", &negated, 1_500);
}
