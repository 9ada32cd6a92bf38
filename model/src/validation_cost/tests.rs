use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::catalog::Catalog;
use crate::coordinates::Coordinates;
use crate::dialect::Dialects;
use crate::limits;
use crate::resolved::Resolved;
use crate::schema::Schema;
use crate::subject::Subject;
use crate::version::Version;

fn resolved(schema: &Value) -> Result<Resolved, crate::diagnostic::Diagnostics> {
    let at = Coordinates { subject: Subject::parse("case").unwrap(), version: Version::new(1, 0, 0) };
    let schema = Schema::read(at, schema.to_string().as_bytes(), &Dialects::default())?;
    Catalog::default().resolve(&Arc::new(schema))
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(1), |inner, _| json!({ "a": inner }))
}

#[test]
fn too_many_paths_are_found_before_the_validation() {
    let down = json!({"properties": {"a": {"$ref": "#"}}});
    let once = ValidationCost::of(&resolved(&down).unwrap()).unwrap();
    assert!(once.allow(&nested(100), limits::VALIDATION_STEPS_MAX), "a recursion that goes one way");
    let twice = ValidationCost::of(&resolved(&json!({"allOf": [down, down]})).unwrap()).unwrap();
    assert!(twice.allow(&nested(10), limits::VALIDATION_STEPS_MAX));
    assert!(!twice.allow(&nested(100), limits::VALIDATION_STEPS_MAX), "2^100 ways");
    let doubling = |levels: usize| {
        let next = |n: usize| json!({"$ref": format!("#/$defs/a{n}")});
        let mut all: serde_json::Map<String, Value> =
            (0..levels).map(|n| (format!("a{n}"), json!({"allOf": [next(n + 1), next(n + 1)]}))).collect();
        all.insert(format!("a{levels}"), json!({"type": "integer"}));
        json!({"$ref": "#/$defs/a0", "$defs": all, "$id": "https://example.com/x"})
    };
    assert!(
        ValidationCost::of(&resolved(&doubling(10)).unwrap())
            .unwrap()
            .allow(&json!(1), limits::VALIDATION_STEPS_MAX)
    );
    assert!(
        !ValidationCost::of(&resolved(&doubling(60)).unwrap())
            .unwrap()
            .allow(&json!(1), limits::VALIDATION_STEPS_MAX)
    );
}

#[test]
fn recursions_that_multiply_and_their_near_misses() {
    let multiplies = |schema: Value| ValidationCost::of(&resolved(&schema).unwrap()).unwrap().multiply();
    let down = |name: &str| json!({"properties": {name: {"$ref": "#"}}});
    assert!(multiplies(json!({"allOf": [down("a"), down("a")]})));
    assert!(multiplies(json!({"anyOf": [{"items": {"$ref": "#"}}, {"items": {"$ref": "#"}}]})));
    assert!(!multiplies(json!({"oneOf": [down("left"), down("right"), {"type": "integer"}]})));
    assert!(!multiplies(down("a")));
    assert!(!multiplies(json!({"properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}})));
}

#[test]
fn comparisons_with_the_values_of_an_enum_are_counted() {
    let among = |values: Vec<Value>| {
        let schema = json!({"type": "array", "items": {"enum": values}});
        resolved(&schema).unwrap().validator(crate::formats::Formats::Annotate).unwrap()
    };
    let numbers = among((0..9_000).map(|n| json!(n)).collect());
    assert!(numbers.can_decide(&json!(vec![8_999; 1_000])));
    assert!(!numbers.can_decide(&json!(vec![8_999; 20_000])), "180 million comparisons");
    let texts = among((0..9_000).map(|n| json!(n.to_string())).collect());
    assert!(texts.can_decide(&json!(vec!["8999"; 20_000])), "which are looked up");
}

#[test]
fn long_chains_of_references_are_rejected() {
    let chain = |levels: usize| {
        let mut all: serde_json::Map<String, Value> =
            (0..levels).map(|n| (format!("a{n}"), json!({"$ref": format!("#/$defs/a{}", n + 1)}))).collect();
        all.insert(format!("a{levels}"), json!({"type": "integer"}));
        resolved(&json!({"$ref": "#/$defs/a0", "$defs": all}))
    };
    assert!(chain(200).is_ok());
    let refused = chain(10_000).unwrap_err();
    assert_eq!(refused[0].code, crate::diagnostic::Code::TooDeep, "{refused:?}");
}

#[test]
fn a_recursive_reference_has_the_cost_of_every_scope() {
    let deep = nested(100);
    let twice = |reference: &str| {
        let down = json!({"properties": {"a": {"$recursiveRef": reference}}});
        json!([down, down])
    };
    let draft = "https://json-schema.org/draft/2019-09/schema";
    // The library follows an empty `$recursiveRef`.
    let empty = json!({"$schema": draft, "type": "object", "allOf": twice("")});
    // Two resources lead to `tree`. If `outer` does, the recursion leads back to `outer`.
    let scopes = json!({
        "$schema": draft,
        "$id": "https://example.com/r",
        "properties": {"t": {"$ref": "tree"}, "o": {"$ref": "outer"}},
        "$defs": {
            "outer": {"$id": "outer", "$recursiveAnchor": true, "properties": {"z": {"$ref": "tree"}}},
            "tree": {"$id": "tree", "$recursiveAnchor": true, "type": "object", "allOf": twice("#")},
        },
    });
    for (schema, event) in [(empty, deep.clone()), (scopes, json!({ "t": deep }))] {
        let cost = ValidationCost::of(&resolved(&schema).unwrap()).unwrap();
        assert!(!cost.allow(&event, limits::VALIDATION_STEPS_MAX), "{schema}");
    }
}

#[test]
fn a_schema_of_another_draft_has_the_cost_of_both_drafts() {
    let pattern = "^(?!x)(a|a)*(b|b)*$";
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"any": {}},
        "properties": {"p": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "items": {"$ref": "#/definitions/any", "pattern": pattern},
        }},
    });
    let cost = ValidationCost::of(&resolved(&schema).unwrap()).unwrap();
    assert!(!cost.allow(&json!({"p": ["a".repeat(10_000)]}), limits::VALIDATION_STEPS_MAX));
}

#[test]
fn each_error_in_a_union_copies_its_value() {
    const BYTES_MAX: u64 = 100 << 20;
    let map = json!({"type": "object", "propertyNames": {"pattern": "^a"}});
    let names = |count: usize| -> Value {
        (0..count).map(|number| (format!("b{number}"), json!(0))).collect::<serde_json::Map<_, _>>().into()
    };
    let copies_little = |schema: &Value, count: usize| {
        ValidationCost::of(&resolved(schema).unwrap()).unwrap().copies_little(&names(count), BYTES_MAX)
    };
    assert!(copies_little(&map, 10_000));
    let union = json!({"anyOf": [map, {"type": "null"}]});
    assert!(copies_little(&union, 100));
    assert!(!copies_little(&union, 10_000), "ten thousand copies of the object");
    let required: Vec<String> = (0..5_000).map(|number| format!("a{number}")).collect();
    let union = json!({"anyOf": [{"required": required}, {"type": "null"}]});
    assert!(!copies_little(&union, 5_000), "a copy of the object for each name that is missing");
}
