//! Checks that the source of events finds events that disprove a wrong answer "contained".

use evschema_model::{Dialects, Formats, Resolved};
use evschema_tests::{draw_events, read_alone};

fn read(text: &str) -> Resolved {
    read_alone("planted", text, &Dialects::default()).unwrap()
}

/// Pairs whose writer is not contained in the reader. Only few events prove this, and the source must find one of them.
const PLANTED: &[(&str, &str)] = &[
    (r#"{"type":"integer","minimum":0,"maximum":1000000}"#, r#"{"type":"integer","maximum":999999}"#),
    (r#"{"type":"integer"}"#, r#"{"not":{"const":4711}}"#),
    (r#"{"type":"number"}"#, r#"{"type":"integer"}"#),
    (r#"{"type":"string","maxLength":17}"#, r#"{"maxLength":16}"#),
    (r#"{"type":"string"}"#, r#"{"not":{"const":"needle"}}"#),
    (r#"{"type":"string","pattern":"^[a-z]{1,4}$"}"#, r#"{"pattern":"^[a-y]*z?[a-y]*$"}"#),
    (r#"{"type":"string","maxLength":2}"#, r#"{"pattern":"^[\\s\\S]{0,1}$"}"#),
    (r#"{"enum":[1,2,3,4,5,6,7,8,9,10]}"#, r#"{"enum":[1,2,3,4,5,6,7,8,9]}"#),
    (
        r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}}"#,
        r#"{"not":{"required":["a","b"]}}"#,
    ),
    (r#"{"type":"object"}"#, r#"{"properties":{"deep":{"type":"string"}}}"#),
    (r#"{"type":"object","additionalProperties":{"type":"integer"}}"#, r#"{"maxProperties":2}"#),
    (
        r#"{"type":"object","patternProperties":{"^x-":{"type":"string"}},"additionalProperties":false}"#,
        r#"{"maxProperties":0}"#,
    ),
    (r#"{"type":"array","items":{"type":"integer"}}"#, r#"{"uniqueItems":true}"#),
    (r#"{"type":"array","items":{"type":"integer"},"maxItems":6}"#, r#"{"maxItems":5}"#),
    (r#"{"type":"array","contains":{"const":3}}"#, r#"{"contains":{"const":3},"maxContains":1}"#),
    (
        r#"{"oneOf":[{"type":"integer","minimum":0},{"type":"string"}]}"#,
        r#"{"oneOf":[{"type":"integer"},{"type":"string"},{"const":0}]}"#,
    ),
    (
        r##"{"$ref":"#/$defs/n","$defs":{"n":{"properties":{"next":{"$ref":"#/$defs/n"},"v":{"type":"integer"}}}}}"##,
        r##"{"properties":{"next":{"properties":{"next":{"properties":{"v":{"maximum":5}}}}}}}"##,
    ),
    (
        r#"{"type":"object","properties":{"a":{"const":1}},"if":{"required":["a"]},"then":{"required":["b"]}}"#,
        r#"{"not":{"required":["a"]}}"#,
    ),
    (r#"{"type":"string","format":"date-time"}"#, r#"{"pattern":"Z$"}"#),
    (r#"{"const":9007199254740993}"#, r#"{"const":9007199254740992}"#),
];

#[test]
fn a_planted_break_is_found() {
    for (writer, reader) in PLANTED {
        let drawn = draw_events(&read(writer), &read(reader), Formats::Assert, 2_000, 1).unwrap();
        assert!(drawn.refused.is_some(), "{writer} in {reader}: {drawn:?}");
    }
}

#[test]
fn events_are_drawn_again_from_the_same_seed() {
    let (writer, reader) = (read(r#"{"type":["object","array","number"]}"#), read("true"));
    let draw = || format!("{:?}", draw_events(&writer, &reader, Formats::Assert, 200, 7).unwrap());
    assert_eq!(draw(), draw());
}

#[test]
fn a_schema_that_never_ends_is_given_up() {
    for endless in [
        r##"{"type":"object","properties":{"a":{"$ref":"#"},"b":{"$ref":"#"},"c":{"$ref":"#"}},"required":["a","b","c"]}"##,
        r##"{"type":"array","items":{"$ref":"#"},"minItems":3}"##,
    ] {
        let drawn = draw_events(&read(endless), &read("true"), Formats::Assert, 1, 1).unwrap();
        assert_eq!(drawn.accepted, 0, "{endless}");
    }
}
