//! The oracle of the content models: every sentence of the definition, each with its near miss.

use evschema_model::{ContentModel, Dialects, Formats};
use evschema_tests::{Answer, Oracle, read_versions};

/// A sentence, a schema, events that its writer sends, and events that it does not send.
type Sentence = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const SENT: &[Sentence] = &[
    ("properties declare", r#"{"properties":{"a":{}}}"#, &[r#"{"a":1}"#], &[r#"{"b":1}"#]),
    ("a false property declares too", r#"{"properties":{"a":{"type":"string"},"z":false}}"#, &["{}"], &[r#"{"b":1}"#]),
    ("patterns declare", r#"{"patternProperties":{"^x":{}}}"#, &[r#"{"x1":1}"#], &[r#"{"b":1}"#]),
    (
        "empty properties and patterns count as absent",
        r#"{"properties":{},"patternProperties":{}}"#,
        &[r#"{"b":1}"#],
        &[],
    ),
    (
        "a pattern for every name with an annotation declares nothing",
        r#"{"properties":{"a":{}},"patternProperties":{"^.*$":{"description":"any"}}}"#,
        &[r#"{"a":1}"#],
        &[r#"{"b":1}"#],
    ),
    (
        "a pattern for every name with a real schema declares all",
        r#"{"properties":{"a":{}},"patternProperties":{"^.*$":{"type":"integer"}}}"#,
        &[r#"{"b":1}"#],
        &[],
    ),
    (
        "a real schema for additional properties declares all",
        r#"{"properties":{"a":{}},"additionalProperties":{"format":"date"}}"#,
        &[r#"{"b":1}"#],
        &[],
    ),
    (
        "an annotation, an unknown keyword and `not` nothing are not real",
        r#"{"properties":{"a":{}},"additionalProperties":{"title":"t","x-y":{"type":"string"}}}"#,
        &[r#"{"a":1}"#],
        &[r#"{"b":1}"#],
    ),
    (
        "an explicit true is as absence",
        r#"{"properties":{"a":{}},"additionalProperties":true}"#,
        &[r#"{"a":1}"#],
        &[r#"{"b":1}"#],
    ),
    (
        "any reference is real",
        r##"{"properties":{"a":{}},"additionalProperties":{"$ref":"#/$defs/any"},"$defs":{"any":{}}}"##,
        &[r#"{"b":1}"#],
        &[],
    ),
    (
        "a real schema for unevaluated properties declares all",
        r#"{"allOf":[{"properties":{"a":{}}}],"unevaluatedProperties":{"type":"integer"}}"#,
        &[r#"{"b":1}"#],
        &[],
    ),
    ("required declares", r#"{"properties":{"a":{}},"required":["b"]}"#, &[r#"{"b":1}"#], &[r#"{"b":1,"c":1}"#]),
    ("a map stays free beside required", r#"{"required":["b"]}"#, &[r#"{"b":1,"c":1}"#], &[]),
    (
        "a map stays free beside dependencies",
        r#"{"dependentRequired":{"a":["b"]},"dependentSchemas":{"c":{}}}"#,
        &[r#"{"z":1}"#],
        &[],
    ),
    (
        "a map ends by a branch that does not hold",
        r#"{"anyOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"type":"object"}]}"#,
        &["{}"],
        &[r#"{"b":1}"#],
    ),
    (
        "a map ends not by a branch of a condition that does not apply",
        r#"{"if":{"required":["k"]},"then":{"properties":{"a":{}}}}"#,
        &[r#"{"b":1}"#, r#"{"k":1}"#, r#"{"k":1,"a":1}"#],
        &[r#"{"k":1,"b":1}"#],
    ),
    (
        "a branch that lists texts leaves the map free",
        r#"{"anyOf":[{"const":"none"},{"type":"object"}]}"#,
        &[r#"{"b":1}"#],
        &[],
    ),
    (
        "names of a test count though it does not hold",
        r#"{"properties":{"a":{}},"if":{"properties":{"k":{"const":"u"}},"required":["k"]},"then":{}}"#,
        &[r#"{"k":"v"}"#, r#"{"k":"u"}"#],
        &[r#"{"z":1}"#],
    ),
    (
        "branches inside a test count",
        r#"{"properties":{"a":{}},"if":{"anyOf":[{"required":["k"]},{"required":["l"]}]},"then":{}}"#,
        &[r#"{"k":1}"#, r#"{"l":1}"#],
        &[r#"{"z":1}"#],
    ),
    (
        "what fails inside a branch that fails declares nothing",
        r#"{"properties":{"k":{}},"anyOf":[{"allOf":[{"properties":{"a":{}}},{"required":["z"]}]},{"required":["k"]}]}"#,
        &[r#"{"k":1}"#],
        &[r#"{"k":1,"a":1}"#],
    ),
    (
        "a nested map is free where only another branch names its members",
        r#"{"oneOf":[{"properties":{"k":{"const":"u"},"m":{"properties":{"x":{}}}},"required":["k"]},
            {"properties":{"k":{"const":"v"},"m":{"type":"object"}},"required":["k"]}]}"#,
        &[r#"{"k":"v","m":{"y":1}}"#, r#"{"k":"u","m":{"x":1}}"#],
        &[r#"{"k":"u","m":{"y":1}}"#],
    ),
    (
        "a recursive schema",
        r##"{"properties":{"next":{"$ref":"#"},"v":{"type":"integer"}}}"##,
        &[r#"{"next":{"next":{"v":1}}}"#],
        &[r#"{"next":{"next":{"w":1}}}"#],
    ),
    ("an open tuple ends", r#"{"prefixItems":[{}]}"#, &["[1]"], &["[1,2]"]),
    ("a tuple with `items: true` ends too", r#"{"prefixItems":[{}],"items":true}"#, &["[1]"], &["[1,2]"]),
    ("an empty tuple is none", r#"{"prefixItems":[{}],"items":{"type":"integer"}}"#, &["[1,2]"], &[]),
    (
        "one real schema for further items frees all tuples",
        r#"{"prefixItems":[{}],"allOf":[{"prefixItems":[{}],"items":{"type":"integer"}}]}"#,
        &["[1,2,3]"],
        &[],
    ),
    ("contains limits nothing", r#"{"contains":{"const":1}}"#, &["[1,2]"], &[]),
    (
        "contains describes only the items that match",
        r#"{"contains":{"properties":{"a":{}},"required":["a"]}}"#,
        &[r#"[{"a":1},{"b":1}]"#],
        &[r#"[{"a":1,"b":1}]"#],
    ),
    (
        "a place whose demanded names are refused is a map",
        r#"{"type":"object","properties":{"a":{},"z":false},"minProperties":2}"#,
        &[r#"{"a":1,"b":1}"#],
        &[],
    ),
    (
        "a place with a large enough set of names is none",
        r#"{"type":"object","properties":{"a":{"type":"string"},"b":{"const":3}},"minProperties":2}"#,
        &[r#"{"a":"","b":3}"#],
        &[r#"{"a":"","c":1}"#],
    ),
];

fn oracle(schema: &str) -> Oracle {
    let [schema, _] = read_versions(schema, "true", &Dialects::default()).unwrap();
    Oracle::new(&schema, Formats::Assert).unwrap()
}

#[test]
fn a_lenient_writer_sends_what_the_sentence_allows() {
    for (sentence, schema, sent, not_sent) in SENT {
        let oracle = oracle(schema);
        for text in *sent {
            let event = serde_json::from_str(text).unwrap();
            assert_eq!(oracle.sends(&event), Answer::Yes, "{sentence}: {text}");
            assert_eq!(oracle.declared_part(&event), event, "{sentence}: {text}");
        }
        for text in *not_sent {
            let event = serde_json::from_str(text).unwrap();
            assert!(oracle.is_valid(&event), "{sentence}: {text}");
            assert!(matches!(oracle.sends(&event), Answer::No { .. }), "{sentence}: {text}: {:?}", oracle.sends(&event));
            assert_ne!(oracle.declared_part(&event), event, "{sentence}: {text}");
        }
    }
}

/// A sentence, a schema, events that its tolerant reader accepts, and events that it refuses.
const READ: &[Sentence] = &[
    (
        "undeclared members are removed from a closed object",
        r#"{"properties":{"a":{"type":"string"}},"additionalProperties":false}"#,
        &[r#"{"a":"","b":1}"#],
        &[r#"{"a":1}"#],
    ),
    (
        "a closed object of which nothing is declared keeps all",
        r#"{"type":"object","additionalProperties":false}"#,
        &["{}"],
        &[r#"{"b":1}"#],
    ),
    ("a false property is declared and refused", r#"{"properties":{"a":{},"z":false}}"#, &[r#"{"a":1}"#], &[r#"{"z":1}"#]),
    (
        "unevaluated members are removed",
        r#"{"allOf":[{"properties":{"a":{}}}],"unevaluatedProperties":false}"#,
        &[r#"{"a":1,"b":1}"#],
        &[],
    ),
    (
        "a reader as written comes first",
        r#"{"properties":{"a":{}},"minProperties":2}"#,
        &[r#"{"a":1,"b":1}"#],
        &[r#"{"a":1}"#],
    ),
    (
        "every branch counts where none holds",
        r#"{"anyOf":[{"properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false},
            {"properties":{"b":{"type":"string"}},"required":["b"],"additionalProperties":false}]}"#,
        &[r#"{"a":"","z":1}"#],
        &[r#"{"a":1,"b":1}"#],
    ),
    (
        "removal reaches nested places",
        r#"{"properties":{"m":{"items":{"properties":{"a":{}},"additionalProperties":false}}}}"#,
        &[r#"{"m":[{"a":1,"b":1}]}"#],
        &[],
    ),
];

#[test]
fn a_tolerant_reader_accepts_what_the_sentence_allows() {
    for (sentence, schema, read, refused) in READ {
        let oracle = oracle(schema);
        for text in *read {
            let event = serde_json::from_str(text).unwrap();
            assert_eq!(oracle.reads(&event, ContentModel::Tolerant), Answer::Yes, "{sentence}: {text}");
        }
        for text in *refused {
            let event = serde_json::from_str(text).unwrap();
            let answer = oracle.reads(&event, ContentModel::Tolerant);
            assert!(matches!(answer, Answer::No { .. }), "{sentence}: {text}: {answer:?}");
        }
    }
}
