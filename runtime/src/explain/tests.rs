//! Tests the limits of the list of violations.

use crate::document::{Document, Draft};
use crate::error::{Error, Violation};
use crate::program::Program;

fn violations(document: &'static Document, event: &str) -> Vec<Violation> {
    document.check(event.as_bytes()).err().map_or_else(Vec::new, |error| error.violations().to_vec())
}

/// A tree whose nodes have `b` or `c`.
static TREE: Document = Document::new(
    "https://example.com/tree",
    Draft::Draft202012,
    r##"{"type":"object","anyOf":[
        {"properties":{"a":{"$ref":"#"}},"required":["b"]},
        {"properties":{"a":{"$ref":"#"}},"required":["c"]}]}"##,
    &[],
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
fn the_closest_branch_is_explained_at_each_level() {
    let deep = |depth: usize| "{\"a\":".repeat(depth) + "{}" + &"}".repeat(depth);
    let few = violations(&TREE, &deep(1));
    let found: Vec<(&str, &str)> =
        few.iter().map(|violation| (violation.pointer.as_str(), violation.schema_pointer.as_str())).collect();
    let union = "/anyOf/0/properties/a";
    let expected = [
        ("", "/anyOf".to_owned()),
        ("", "/anyOf/0/required".to_owned()),
        ("/a", format!("{union}/anyOf")),
        ("/a", format!("{union}/anyOf/0/required")),
    ];
    assert_eq!(found, expected.iter().map(|(a, b)| (*a, b.as_str())).collect::<Vec<_>>());
    // The branches multiply: 2^120 paths lead to the innermost value.
    let many = violations(&TREE, &deep(120));
    assert_eq!((many.len(), many[0].schema_pointer.as_str()), (Error::VIOLATIONS_MAX, "/anyOf"));
}

/// Accepts an object with the property `a`, which is an object of numbers.
static CLOSED: Document = Document::new(
    "https://example.com/closed",
    Draft::Draft202012,
    r#"{"properties":{"a":{"additionalProperties":{"type":"number"}}},"additionalProperties":false}"#,
    &[],
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

/// An object that the generator merged from three schemas.
static MERGED: Document = Document::new(
    "https://example.com/merged",
    Draft::Draft202012,
    r#"{"allOf":[
        {"type":"object","required":["a"],"minProperties":1},
        {"required":["a","b"],"minProperties":3,"properties":{"b":{"const":1}}}]}"#,
    &[],
    (&MERGED_PROGRAM, 0),
);
static MERGED_PROGRAM: Program = Program::new(
    r#"{"format":4,"nodes":[
        {"at":"","parts":["/allOf/0","/allOf/1"],"type":["object"],"members":[["a"],["b",1]],"required":[0,1],
         "minProperties":3},
        {"at":"/allOf/1/properties/b","enum":[1],"type":["number"]}]}"#,
    &[],
);

#[test]
fn a_merged_object_names_the_schema_of_each_keyword() {
    let found = |event: &str| -> Vec<String> {
        let found = violations(&MERGED, event);
        found.iter().map(|violation| format!("{} {}", violation.schema_pointer, violation.message)).collect()
    };
    assert_eq!(found("1"), [r#"/allOf/0/type 1 is not of type "object""#]);
    assert_eq!(
        found(r#"{"b":2}"#),
        [
            r#"/allOf/0/required "a" is a required property"#,
            r#"/allOf/1/required "a" is a required property"#,
            r#"/allOf/1/minProperties {"b":2} has less than 3 properties"#,
            "/allOf/1/properties/b/const 1 was expected",
        ]
    );
}

/// An object with short names, or `null`.
static UNION: Document = Document::new(
    "https://example.com/union",
    Draft::Draft202012,
    r#"{"anyOf":[{"type":"object","propertyNames":{"maxLength":1}},{"type":"null"}]}"#,
    &[],
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
fn many_wrong_names_are_listed_up_to_the_limit() {
    let names = |count: usize| {
        let names: Vec<String> = (0..count).map(|number| format!("\"b{number}\":0")).collect();
        format!("{{{}}}", names.join(","))
    };
    let found = violations(&UNION, &names(10_000));
    assert_eq!(found[0].schema_pointer, "/anyOf");
    assert_eq!(found[1].schema_pointer, "/anyOf/0/propertyNames/maxLength");
    assert_eq!((found[1].keyword.as_str(), found[1].pointer.as_str()), ("propertyNames", ""));
    assert_eq!(found[1].message, "\"b0\" is longer than 1 character");
    assert_eq!(found.len(), Error::VIOLATIONS_MAX);
}

#[test]
fn a_long_string_is_not_copied_for_each_violation() {
    let text = "b".repeat(1 << 16);
    let many: Vec<String> = (0..200).map(|number| format!("\"b{number}\":\"{text}\"")).collect();
    let found = violations(&UNION, &format!("{{{}}}", many.join(",")));
    assert_eq!(found.len(), Error::VIOLATIONS_MAX);
    let bytes: usize = found.iter().map(|violation| violation.value.len() + violation.message.len()).sum();
    assert!(bytes < 100_000, "{bytes}");
}

fn leak(schema: &str, nodes: &str) -> &'static Document {
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let text = leak(format!("{{\"format\":4,\"nodes\":[{nodes}]}}"));
    let program: &'static Program = Box::leak(Box::new(Program::new(text, &[])));
    let (base, schema) = ("https://example.com/x", leak(schema.to_owned()));
    Box::leak(Box::new(Document::new(base, Draft::Draft202012, schema, &[], (program, 0))))
}

#[test]
fn references_that_double_add_a_violation_once() {
    let double = |number: usize| format!(r#"{{"allOf":[{next},{next}]}}"#, next = number + 1);
    let nodes: Vec<String> = (0..60).map(double).chain([r#"{"type":["null"]}"#.to_owned()]).collect();
    let found = violations(leak("true", &nodes.join(",")), "1");
    assert_eq!((found.len(), found[0].keyword.as_str()), (1, "type"));
    let unions = nodes.join(",").replace("allOf", "oneOf");
    assert_eq!(violations(leak("true", &unions), "1").len(), 60);
}

#[test]
fn thousands_of_alternatives_are_compared_in_reasonable_time() {
    let kinds = 5_000;
    let branch = |number: usize| {
        format!(r#"{{"members":[["kind",{}],["value",1]],"required":[0,1]}}"#, number + kinds + 2)
    };
    let branches: Vec<String> = (2..kinds + 2).map(|number| number.to_string()).collect();
    let nodes = [format!(r#"{{"oneOf":[{}]}}"#, branches.join(",")), r#"{"type":["number"]}"#.to_owned()]
        .into_iter()
        .chain((0..kinds).map(branch))
        .chain((0..kinds).map(|number| format!(r#"{{"enum":["k{number}"]}}"#)));
    let nodes: Vec<String> = nodes.collect();
    let document = leak("true", &nodes.join(","));
    let found = violations(document, r#"{"kind":"k4000","value":"x"}"#);
    let found: Vec<(&str, &str)> =
        found.iter().map(|violation| (violation.pointer.as_str(), violation.keyword.as_str())).collect();
    assert_eq!(found, [("", "oneOf"), ("/value", "type")], "the branch with the right kind is the closest");
    let found = violations(document, r#"{"kind":"k4000","text":"a long text without a value"}"#);
    assert_eq!(
        (found[1].keyword.as_str(), found[1].message.as_str()),
        ("required", r#""value" is a required property"#)
    );
}

#[test]
fn an_explanation_that_takes_too_long_has_the_first_violation() {
    // Each pair of branches costs a backtracking pattern more than the budget of steps.
    let nodes = r#"{"members":[["a",1],["b",2]]},{"type":["null"]},{"pattern":"(?:(?!(?:\\p{L})?(?:[ab])*)a)?(?=aa)b"}"#;
    let event = format!(r#"{{"a":1,"b":"{}"}}"#, "ab".repeat(130_000));
    let found = violations(leak("true", nodes), &event);
    let found: Vec<(&str, &str)> =
        found.iter().map(|violation| (violation.pointer.as_str(), violation.keyword.as_str())).collect();
    assert_eq!(found, [("/a", "type")]);
}

#[test]
fn a_deep_event_does_not_exhaust_the_stack() {
    let nodes = r#"{"allOf":[1]},{"members":[["a",0]],"items":0,"type":["object","array"]}"#;
    let deep = "{\"a\":[".repeat(60) + "1" + &"]}".repeat(60);
    let found = violations(leak("true", nodes), &deep);
    assert_eq!((found.len(), found[0].keyword.as_str()), (1, "type"));
    assert_eq!(found[0].pointer, "/a/0".repeat(60));
}

#[test]
fn a_long_chain_of_references_does_not_exhaust_the_stack() {
    let link = |number: usize| format!(r#"{{"allOf":[{}]}}"#, number + 1);
    let chain = |length: usize| -> Vec<String> {
        (0..length).map(link).chain([r#"{"type":["null"]}"#.to_owned()]).collect()
    };
    let found = violations(leak("true", &chain(380).join(",")), "1");
    assert_eq!((found.len(), found[0].keyword.as_str()), (1, "type"));
    // Longer chains nest too deeply for the check itself.
    assert!(violations(leak("true", &chain(500).join(",")), "1").is_empty());
}

#[test]
fn violations_follow_the_order_of_the_event() {
    let schema = r#"{"required":["z"],"properties":{"a":{"minLength":2,"pattern":"b"},"b":{"type":"null"}}}"#;
    let nodes = r#"
        {"at":"","members":[["a",1],["b",2],["z"]],"required":[2]},
        {"at":"/properties/a","minLength":2,"pattern":"b"},
        {"at":"/properties/b","type":["null"]}"#;
    let found = violations(leak(schema, nodes), "{\"b\":1,\n\"a\":\"x\"}");
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            r#"1:1 the event: "z" is a required property"#,
            r#"1:6 /b: 1 is not of type "null""#,
            r#"2:5 /a: "x" is shorter than 2 characters"#,
            r#"2:5 /a: "x" does not match "b""#,
        ]
    );
}
