//! Tests that a program with anything unknown checks nothing.

use super::Program;
use crate::check::Checker;
use crate::document::{Document, Draft};
use crate::error::Error;
use crate::reject::Reason;

fn program(text: &str, links: &'static [&'static Program]) -> &'static Program {
    Box::leak(Box::new(Program::new(Box::leak(text.to_owned().into_boxed_str()), links)))
}

/// Returns the error of a check against node 0.
fn error(program: &'static Program, event: &str) -> String {
    let document = Document::new("https://example.com/x", Draft::Draft202012, "{}", &[], (program, 0));
    let document: &'static Document = Box::leak(Box::new(document));
    match document.check(event.as_bytes()) {
        Err(Error::Internal(message)) => message,
        other => panic!("{other:?} for {event}"),
    }
}

const EVENTS: [&str; 9] = ["null", "true", "1", "1.5", "\"a\"", "[]", "[1,{}]", "{}", "{\"a\":[1]}"];

#[test]
fn anything_unknown_is_a_defect() {
    for (node, defect) in [
        (r#""minimums":1"#, "has the unknown keyword `minimums`"),
        (r#""format":"postcode""#, "has the unknown format `postcode`"),
        (r#""encoding":"base58""#, "has the unknown encoding `base58`"),
        (r#""type":["text"]"#, "has the unknown type `text`"),
        (r#""type":"string""#, "has a malformed `type`"),
        (r#""type":[1]"#, "has a malformed `type`"),
        (r#""format":1"#, "has a malformed `format`"),
        (r#""pattern":1"#, "has a malformed `pattern`"),
        (r#""minLength":"1""#, "has a malformed `minLength`"),
        (r#""minLength":-1"#, "has a malformed `minLength`"),
        (r#""maxLength":1.5"#, "has a malformed `maxLength`"),
        (r#""json":false"#, "has a malformed `json`"),
        (r#""minimum":"1""#, "has a malformed `minimum`"),
        (r#""multipleOf":0"#, "has a malformed `multipleOf`"),
        (r#""multipleOf":-1"#, "has a malformed `multipleOf`"),
        (r#""items":2"#, "has a malformed `items`"),
        (r#""items":-1"#, "has a malformed `items`"),
        (r#""items":true"#, "has a malformed `items`"),
        (r#""items":"+7""#, "has a malformed `items`"),
        (r#""items":"-7""#, "has a malformed `items`"),
        (r#""items":"0""#, "has a malformed `items`"),
        (r#""items":[0,0]"#, "has a malformed `items`"),
        (r#""prefixItems":[0,2]"#, "has a malformed `prefixItems`"),
        (r#""prefixItems":0"#, "has a malformed `prefixItems`"),
        (r#""uniqueItems":1"#, "has a malformed `uniqueItems`"),
        (r#""minContains":1"#, "has the keyword `minContains` without `contains`"),
        (r#""then":0"#, "has the keyword `then` without `if`"),
        (r#""if":7"#, "has a malformed `if`"),
        (r#""not":7"#, "has a malformed `not`"),
        (r#""not":null"#, "has a malformed `not`"),
        (r#""allOf":[0,"1"]"#, "has a malformed `allOf`"),
        (r#""members":[["a",7]]"#, "has a malformed `members`"),
        (r#""members":[[1,0]]"#, "has a malformed `members`"),
        (r#""members":["a"]"#, "has a malformed `members`"),
        (r#""members":[["a",0,0]]"#, "has a malformed `members`"),
        (r#""required":[0]"#, "has a malformed `required`"),
        (r#""members":[["a"]],"required":[1]"#, "has a malformed `required`"),
        (r#""members":[["a"]],"required":["a"]"#, "has a malformed `required`"),
        (r#""members":[["a"]],"dependentRequired":[[0,[1]]]"#, "has a malformed `dependentRequired`"),
        (r#""dependentSchemas":[[0,0]]"#, "has the keyword `dependentSchemas` without `members`"),
        (r#""members":[["a"]],"dependentSchemas":[[0,7]]"#, "has a malformed `dependentSchemas`"),
        (r#""patternProperties":[["a"]]"#, "has a malformed `patternProperties`"),
        (r#""additionalProperties":"no""#, "has a malformed `additionalProperties`"),
        (r#""enum":1"#, "has a malformed `enum`"),
        (r#""dynamic":["a"]"#, "has a malformed `dynamic`"),
        (r#""resource":0"#, "has a malformed `resource`"),
        (r#""variants":[7]"#, "has a malformed `variants`"),
        (r#""at":1"#, "has a malformed `at`"),
        (r#""parts":[1]"#, "has a malformed `parts`"),
        (r#""parts":[[0,"/a"]]"#, "has a malformed `parts`"),
        (r#""streamed":false"#, "has a malformed `streamed`"),
        (r#""streamed":"all""#, "has a malformed `streamed`"),
        (r#""unlessNull":7"#, "has a malformed `unlessNull`"),
    ] {
        // The defect is in a node that no event reaches.
        for nodes in [format!("{{{node}}},{{}}"), format!("{{}},{{{node}}}")] {
            let broken = program(&format!(r#"{{"format":4,"nodes":[{nodes}]}}"#), &[]);
            for event in EVENTS {
                assert_eq!(error(broken, event), format!("the program of `https://example.com/x` {defect}"));
            }
        }
    }
}

#[test]
fn texts_that_are_no_programs() {
    for (text, defect) in [
        ("", "is not JSON ("),
        ("[]", "is not an object"),
        ("{}", "has no format, and this runtime reads format 4"),
        (r#"{"format":4}"#, "has a malformed `nodes`"),
        (r#"{"format":4,"nodes":{}}"#, "has a malformed `nodes`"),
        (r#"{"format":4,"nodes":[1]}"#, "has a malformed `nodes`"),
        (r#"{"format":4,"nodes":[{}],"resources":{}}"#, "has a malformed `resources`"),
        (r#"{"format":4,"nodes":[{}],"resources":[{"a":1}]}"#, "has a malformed `resources`"),
        (r#"{"format":4,"nodes":[{}],"nodes2":[]}"#, "has the unknown part `nodes2`"),
        (r#"{"nodes":[{}]}"#, "has no format, and this runtime reads format 4"),
        (r#"{"nodes":[{}],"format":5}"#, "has the format 5, and this runtime reads format 4: use the same "),
        (r#"{"nodes":[{}],"format":"4"}"#, "has the format \"4\", and this runtime reads format 4"),
        (
            r#"{"format":4,"nodes":[]}"#,
            "refers to a node that does not exist, or has a pattern that does not compile",
        ),
    ] {
        let broken = program(text, &[]);
        for event in EVENTS {
            let message = error(broken, event);
            assert!(
                message.starts_with(&format!("the program of `https://example.com/x` {defect}")),
                "{message}"
            );
        }
    }
}

#[test]
fn a_broken_program_is_no_rejection_by_an_alternative() {
    static BROKEN: Program = Program::new(r#"{"format":4,"nodes":[{"colour":"red"}]}"#, &[]);
    static SMALL: Program = Program::new(r#"{"format":4,"nodes":[{"type":["string"]}]}"#, &[]);
    static TO_BROKEN: [&Program; 1] = [&BROKEN];
    static TO_SMALL: [&Program; 1] = [&SMALL];
    let nodes = [
        r#"{"not":[0,0]}"#,
        r#"{"anyOf":[1,[0,0]]},{"type":[]}"#,
        r#"{"oneOf":[1,[0,0]]},{}"#,
        r#"{"if":[0,0],"else":1},{}"#,
        r#"{"allOf":[[0,0]]}"#,
        r#"{"unlessNull":[0,0]}"#,
        r#"{"contains":[0,0],"minContains":0,"prefixItems":[[0,0]],"members":[["a",[0,0]]],"type":["array","object"]}"#,
    ];
    for nodes in nodes {
        let text = format!(r#"{{"format":4,"nodes":[{nodes}]}}"#);
        let event = if nodes.contains("contains") { r#"{"a":1}"# } else { "1" };
        let unknown = "the program of `https://example.com/x` refers to a program that has the unknown keyword `colour`";
        assert_eq!(error(program(&text, &TO_BROKEN), event), unknown, "{nodes}");
        let stray = text.replace("[0,0]", "[0,1]");
        let missing = "the program of `https://example.com/x` refers to a node that does not exist";
        assert!(error(program(&stray, &TO_SMALL), event).starts_with(missing), "{nodes}");
    }
}

#[test]
fn a_node_without_the_variant_ends_the_check() {
    static NODE: Program = Program::new(r#"{"format":4,"nodes":[{"streamed":true,"variants":[0]}]}"#, &[]);
    let variant = |number| Checker::new("1").check(NODE.node(0).variant(number));
    assert_eq!(variant(0), Ok(()));
    assert_eq!(variant(1).map_err(|reject| reject.reason()), Err(Reason::BrokenProgram));
}

/// Keywords that accept a value if a pattern does not match: `%` stands for the pattern.
const NEGATED: [&str; 3] = [
    r#"{"not":1},{"pattern":"%"}"#,
    r#"{"if":1,"then":2},{"pattern":"%"},{"type":[]}"#,
    r#"{"patternProperties":[["%",1]]},{"type":[]}"#,
];

#[test]
fn a_pattern_that_backtracks_too_often_ends_the_check() {
    let text = format!("{}evil", "a".repeat(40));
    for nodes in NEGATED {
        let nodes = nodes.replace('%', r"^(?:(a|aa)+\\1!x|.*evil)$");
        let program = program(&format!(r#"{{"format":4,"nodes":[{nodes}]}}"#), &[]);
        let event =
            if nodes.contains("Properties") { format!(r#"{{"{text}":1}}"#) } else { format!("{text:?}") };
        let reason = Checker::new(&event).check(program.node(0)).map_err(|reject| reject.reason());
        assert_eq!(reason, Err(Reason::TooManySteps), "{nodes}");
    }
}

#[test]
fn a_pattern_that_does_not_compile_is_a_defect() {
    for nodes in NEGATED {
        let program = program(&format!(r#"{{"format":4,"nodes":[{}]}}"#, nodes.replace('%', "a)")), &[]);
        let event = if nodes.contains("Properties") { r#"{"a":1}"# } else { r#""a""# };
        assert!(error(program, event).contains("has a pattern that does not compile"), "{nodes}");
    }
}

#[test]
fn every_keyword_is_read() {
    let text = r##"{"format":4,"resources":[{"a":0}],"nodes":[
        {"type":["null","boolean","integer","plainInteger","number","string","array","object"],
         "minLength":0,"maxLength":1e400,"pattern":"","format":"date","encoding":"base64","json":true,
         "minimum":1,"maximum":1,"exclusiveMinimum":0.5,"exclusiveMaximum":2,"multipleOf":0.1,
         "prefixItems":[0],"items":0,"minItems":0.0,"maxItems":1,"uniqueItems":true,
         "contains":0,"minContains":0,"maxContains":1,"containsEvaluates":true,
         "members":[["a",0],["b"]],"required":[1],"patternProperties":[["a",0]],"additionalProperties":0,
         "propertyNames":0,"minProperties":0,"maxProperties":9,"dependentRequired":[[0,[1]]],
         "dependentSchemas":[[0,0]],"at":"/a","parts":["/b"],
         "allOf":[0],"anyOf":[0],"oneOf":[0],"not":0,"if":0,"then":0,"else":0,"dynamic":["a",0],"resource":0,
         "unevaluatedProperties":0,"unevaluatedItems":0,"variants":[0],"unlessNull":0,"streamed":"own","enum":[1]}]}"##;
    let decoded = super::decode(text, 0).unwrap();
    assert_eq!((decoded.nodes.len(), decoded.resources.len()), (1, 1));
}
