//! Tests the limits of the list of violations.

use crate::document::{Document, Draft};
use crate::error::Violation;
use crate::program::Program;

fn violations(document: &'static Document, event: &str) -> Vec<Violation> {
    document.check(event.as_bytes()).err().map_or_else(Vec::new, |error| error.violations().to_vec())
}

/// A tree whose nodes have `b` or `c`. A validator visits it twice at each level.
static TREE: Document = Document::new(
    "https://example.com/tree",
    Draft::Draft202012,
    r##"{"type":"object","anyOf":[
        {"properties":{"a":{"$ref":"#"}},"required":["b"]},
        {"properties":{"a":{"$ref":"#"}},"required":["c"]}]}"##,
    &[],
    true,
    (&TREE_PROGRAM, 0),
);
static TREE_PROGRAM: Program = Program::new(
    r#"{"format":4,"nodes":[
        {"type":["object"],"anyOf":[1,2]},
        {"members":[["a",0],["b",3]],"required":[1]},
        {"members":[["a",0],["c",3]],"required":[1]},
        {}]}"#,
    &[],
);

#[test]
fn a_small_event_with_too_many_paths_has_one_violation() {
    let deep = |depth: usize| "{\"a\":".repeat(depth) + "{}" + &"}".repeat(depth);
    let few = violations(&TREE, &deep(1));
    assert_eq!((few.len(), few[0].keyword.as_str(), few[0].schema_pointer.as_str()), (1, "anyOf", "/anyOf"));
    let many = violations(&TREE, &deep(100));
    assert_eq!((many.len(), many[0].keyword.as_str(), many[0].schema_pointer.as_str()), (1, "anyOf", ""));
}

#[test]
fn a_large_event_is_not_copied_for_each_branch() {
    let items = vec![r#"{"d":1}"#; 20_000].join(",");
    let within = |levels: usize| "{\"a\":".repeat(levels) + &format!("[{items}]") + &"}".repeat(levels);
    assert_eq!(violations(&TREE, &within(2))[0].schema_pointer, "/anyOf");
    // A list of violations would need two copies of the items for each branch at each level.
    assert_eq!(violations(&TREE, &within(6))[0].schema_pointer, "");
}

/// Accepts an object with the property `a`, which is an object of numbers.
static CLOSED: Document = Document::new(
    "https://example.com/closed",
    Draft::Draft202012,
    r#"{"properties":{"a":{"additionalProperties":{"type":"number"}}},"additionalProperties":false}"#,
    &[],
    true,
    (&CLOSED_PROGRAM, 0),
);
static CLOSED_PROGRAM: Program = Program::new(
    r#"{"format":4,"nodes":[
        {"members":[["a",1]],"additionalProperties":false},
        {"additionalProperties":2},
        {"type":["number"]}]}"#,
    &[],
);

#[test]
fn long_names_of_the_event_are_cut() {
    let long = "n".repeat(100_000);
    let found = violations(&CLOSED, &format!(r#"{{"a":{{"x":1,"{long}":"y"}}}}"#));
    assert_eq!(found[0].pointer, format!("/a/{}…", "n".repeat(80)));
    assert_eq!((found[0].line, found[0].column), (1, 100_016), "the column counts the whole name");
    let names: Vec<String> = (0..10_000).map(|number| format!("\"unknown{number}\":1")).collect();
    let found = violations(&CLOSED, &format!("{{{}}}", names.join(",")));
    assert!(found[0].message.starts_with("Additional properties are not allowed ('unknown0'"));
    assert_eq!(found[0].message.chars().count(), Violation::MESSAGE_CHARS_MAX + 1);
    assert_eq!(found[0].value.chars().count(), Violation::EXCERPT_CHARS_MAX + 1);
}

/// A merged object, whose schemas a validator applies eleven times at each level.
static MERGED: Document = Document::new(
    "https://example.com/merged",
    Draft::Draft202012,
    r##"{"allOf":[
        {"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"}}},
        {"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"}}},
        {"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"}}},
        {"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"}},"type":"object"}]}"##,
    &[],
    true,
    (&MERGED_PROGRAM, 0),
);
static MERGED_PROGRAM: Program = Program::new(
    r#"{"format":4,"nodes":[{"type":["object"],"copies":11,"members":[["a",0]],"required":[]}]}"#,
    &[],
);

#[test]
fn the_copies_of_a_merged_object_count() {
    let deep = |depth: usize| "{\"a\":".repeat(depth) + "0" + &"}".repeat(depth);
    assert!(1 < violations(&MERGED, &deep(2)).len(), "a few levels are listed");
    let many = violations(&MERGED, &deep(19));
    assert_eq!((many.len(), many[0].keyword.as_str(), many[0].schema_pointer.as_str()), (1, "type", ""));
}

/// An object with short names, or `null`.
static UNION: Document = Document::new(
    "https://example.com/union",
    Draft::Draft202012,
    r#"{"anyOf":[{"type":"object","propertyNames":{"maxLength":1}},{"type":"null"}]}"#,
    &[],
    true,
    (&UNION_PROGRAM, 0),
);
static UNION_PROGRAM: Program = Program::new(
    r#"{"format":4,"nodes":[
        {"anyOf":[1,3]},
        {"type":["object"],"propertyNames":2},
        {"maxLength":1},
        {"type":["null"]}]}"#,
    &[],
);

#[test]
fn the_errors_of_a_union_copy_their_values() {
    let names = |count: usize| {
        let names: Vec<String> = (0..count).map(|number| format!("\"b{number}\":0")).collect();
        format!("{{{}}}", names.join(","))
    };
    assert_eq!(violations(&UNION, &names(10))[0].schema_pointer, "/anyOf");
    // Ten thousand copies of the object would take gigabytes.
    assert_eq!(violations(&UNION, &names(10_000))[0].schema_pointer, "");
}

#[test]
fn a_long_string_is_not_copied_for_each_branch() {
    let text = "b".repeat(1 << 20);
    let names: Vec<String> = (300..302).map(|number| format!("\"b{number}\":\"{text}\"")).collect();
    assert_eq!(violations(&UNION, &format!("{{{}}}", names.join(",")))[0].schema_pointer, "/anyOf");
    let many: Vec<String> = (0..200).map(|number| format!("\"b{number}\":0")).collect();
    let event = format!("{{{},{}}}", names.join(","), many.join(","));
    assert_eq!(violations(&UNION, &event)[0].schema_pointer, "", "200 copies of two megabytes");
}
