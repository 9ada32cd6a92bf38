//! Tests with one pair and one similar pair for each kind of difficult question.

use super::contained;

#[track_caller]
fn decides(pairs: &[(&str, &str, bool)]) {
    for (writer, reader, expected) in pairs {
        assert_eq!(contained(writer, reader), Some(*expected), "{writer} in {reader}");
    }
}

#[test]
fn unions_by_what_is_left() {
    decides(&[
        (r#"{"type":"number"}"#, r#"{"anyOf":[{"minimum":0},{"maximum":5}]}"#, true),
        (r#"{"type":"number"}"#, r#"{"oneOf":[{"minimum":0},{"maximum":5}]}"#, false),
        (r#"{"type":"integer"}"#, r#"{"anyOf":[{"multipleOf":2},{"not":{"multipleOf":2}}]}"#, true),
        (r#"{"type":"integer"}"#, r#"{"anyOf":[{"multipleOf":2},{"multipleOf":3}]}"#, false),
        (
            r#"{"type":"string","pattern":"^[a-c]$"}"#,
            r#"{"anyOf":[{"pattern":"^a$"},{"pattern":"^[bc]$"}]}"#,
            true,
        ),
        (r#"{"type":"string"}"#, r#"{"anyOf":[{"maxLength":3},{"minLength":5}]}"#, false),
        (
            r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#,
            r#"{"anyOf":[{"required":["a"]},{"properties":{"a":false}}]}"#,
            true,
        ),
        (
            r#"{"type":"object","properties":{"a":{"type":["integer","string"]}}}"#,
            r#"{"anyOf":[{"properties":{"a":{"type":"integer"}}},{"properties":{"a":{"type":"string"}}}]}"#,
            true,
        ),
    ]);
}

#[test]
fn finite_types_are_listed() {
    decides(&[
        (r#"{"type":"string","pattern":"^[ab]$"}"#, r#"{"enum":["a","b"]}"#, true),
        (r#"{"type":"string","pattern":"^[a-c]$"}"#, r#"{"enum":["a","b"]}"#, false),
        (
            r#"{"type":"object","properties":{"a":{"const":1}},"required":["a"],"additionalProperties":false}"#,
            r#"{"const":{"a":1}}"#,
            true,
        ),
        (
            r#"{"type":"array","prefixItems":[{"const":1}],"items":false,"minItems":1}"#,
            r#"{"const":[1]}"#,
            true,
        ),
        (r#"{"type":"array","items":{"type":"boolean"},"uniqueItems":true}"#, r#"{"maxItems":2}"#, true),
        (r#"{"type":"array","items":{"type":"boolean"},"uniqueItems":true}"#, r#"{"maxItems":1}"#, false),
        (
            r#"{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false}"#,
            r#"{"uniqueItems":true}"#,
            true,
        ),
    ]);
}

#[test]
fn names_of_properties() {
    decides(&[
        (
            r#"{"type":"object","patternProperties":{"^a":{"type":"integer"},"b$":{"minimum":0}}}"#,
            r#"{"patternProperties":{"^a.*b$":{"type":"integer","minimum":0}}}"#,
            true,
        ),
        (
            r#"{"type":"object","patternProperties":{"^a":{"type":"integer"}}}"#,
            r#"{"patternProperties":{"^a|^b":{"type":"integer"}}}"#,
            false,
        ),
        (
            r#"{"type":"object","propertyNames":{"pattern":"^x"},"additionalProperties":{"type":"integer"}}"#,
            r#"{"patternProperties":{"^x":{"type":"number"}},"additionalProperties":false}"#,
            true,
        ),
        (
            r#"{"type":"object","propertyNames":{"enum":["a","b"]},"minProperties":2}"#,
            r#"{"required":["a","b"]}"#,
            true,
        ),
        (r#"{"type":"object"}"#, r#"{"propertyNames":{"not":{"const":"b"}}}"#, false),
        (
            r#"{"type":"object","patternProperties":{"^[ab]$":true},"additionalProperties":false}"#,
            r#"{"maxProperties":2}"#,
            true,
        ),
    ]);
}

#[test]
fn unevaluated_members_and_items() {
    decides(&[
        (
            r#"{"anyOf":[{"required":["a"],"properties":{"a":true}},{"required":["b"],"properties":{"b":true}}],"type":"object","unevaluatedProperties":false}"#,
            r#"{"properties":{"a":true,"b":true},"additionalProperties":false}"#,
            true,
        ),
        (
            r#"{"type":"object","properties":{"a":true},"additionalProperties":false}"#,
            r#"{"anyOf":[{"properties":{"a":true}},{"properties":{"b":true}}],"unevaluatedProperties":false}"#,
            true,
        ),
        (
            r#"{"type":"object","properties":{"a":true,"c":true},"additionalProperties":false}"#,
            r#"{"anyOf":[{"properties":{"a":true}},{"properties":{"b":true}}],"unevaluatedProperties":false}"#,
            false,
        ),
        (r#"{"type":"array","unevaluatedItems":false}"#, r#"{"maxItems":0}"#, true),
        // An `if` without `then` and `else` also evaluates the items that it accepts.
        (
            r#"{"type":"array","items":{"const":"b"},"if":{"contains":{"const":"b"}},"unevaluatedItems":false}"#,
            r#"{"items":{"const":"b"}}"#,
            true,
        ),
        (
            r#"{"not":{"if":{"contains":{"const":"b"}},"unevaluatedItems":false}}"#,
            r#"{"not":{"if":{},"unevaluatedItems":false}}"#,
            true,
        ),
        (
            r#"{"not":{"if":{},"unevaluatedItems":false}}"#,
            r#"{"not":{"if":{"contains":{"const":"b"}},"unevaluatedItems":false}}"#,
            false,
        ),
        // A property behind a `not` is never evaluated, not even behind two of them.
        (
            r#"{"type":"object","properties":{"a":true},"unevaluatedProperties":false}"#,
            r#"{"not":{"not":{"properties":{"a":true}}},"unevaluatedProperties":false}"#,
            false,
        ),
    ]);
}

#[test]
fn patterns_with_look_arounds() {
    decides(&[
        (
            r#"{"type":"string","pattern":"^(?!foo)[a-z]+$"}"#,
            r#"{"type":"string","pattern":"^[a-z]+$"}"#,
            true,
        ),
        (
            r#"{"type":"string","pattern":"^[a-z]+$"}"#,
            r#"{"type":"string","pattern":"^(?!foo)[a-z]+$"}"#,
            false,
        ),
    ]);
}

#[test]
fn counts_of_what_arrays_contain() {
    decides(&[
        (
            r#"{"type":"array","items":{"type":"integer"},"contains":{"type":"number"},"maxContains":2}"#,
            r#"{"maxItems":2}"#,
            true,
        ),
        (
            r#"{"type":"array","items":{"type":"string"}}"#,
            r#"{"contains":{"type":"integer"},"minContains":0,"maxContains":0}"#,
            true,
        ),
        (
            r#"{"type":"array","contains":{},"minContains":2,"maxContains":2}"#,
            r#"{"contains":{"type":"integer"},"minContains":2}"#,
            false,
        ),
    ]);
}

#[test]
fn references_that_depend_on_the_way() {
    let open = r##"{"$id":"http://x/open","$dynamicAnchor":"node","type":"object","properties":{"data":true,"children":{"type":"array","items":{"$dynamicRef":"#node"}}}}"##;
    let strict = r##"{"$id":"http://x/strict","$dynamicAnchor":"node","$ref":"tree","unevaluatedProperties":false,"$defs":{"t":{"$id":"tree","$dynamicAnchor":"node","type":"object","properties":{"data":true,"children":{"type":"array","items":{"$dynamicRef":"#node"}}}}}}"##;
    decides(&[(strict, open, true), (open, strict, false)]);
}

#[test]
fn dependencies_are_a_keyword_up_to_draft_7() {
    let in_draft = |draft: &str, keyword_schema: &str| {
        format!(r#"{{"$schema":"{draft}","properties":{{"a":{{"dependencies":{keyword_schema}}}}}}}"#)
    };
    for (draft, is_keyword) in [
        ("http://json-schema.org/draft-04/schema#", true),
        ("http://json-schema.org/draft-06/schema#", true),
        ("http://json-schema.org/draft-07/schema#", true),
        ("https://json-schema.org/draft/2019-09/schema", false),
        ("https://json-schema.org/draft/2020-12/schema", false),
    ] {
        for keyword_schema in [r#"{"x":["y"]}"#, r#"{"x":{"required":["y"]}}"#] {
            let (open, constraint) = (in_draft(draft, "{}"), in_draft(draft, keyword_schema));
            decides(&[(&open, &constraint, !is_keyword), (&constraint, &open, true)]);
            let since = r#"{"properties":{"a":{"dependentRequired":{"x":["y"]}}}}"#;
            decides(&[(&constraint, since, is_keyword)]);
        }
    }
}

#[test]
fn drafts_that_differ() {
    decides(&[
        (
            r#"{"type":"number","exclusiveMinimum":0}"#,
            r#"{"$schema":"http://json-schema.org/draft-04/schema#","minimum":0,"exclusiveMinimum":true}"#,
            true,
        ),
        (
            r#"{"type":"string"}"#,
            r#"{"$schema":"http://json-schema.org/draft-04/schema#","type":["string","null"]}"#,
            true,
        ),
        (
            r#"{"$schema":"http://json-schema.org/draft-04/schema#","type":"integer"}"#,
            r#"{"type":"integer"}"#,
            true,
        ),
        (
            r#"{"type":"integer"}"#,
            r#"{"$schema":"http://json-schema.org/draft-04/schema#","type":"integer"}"#,
            false,
        ),
        (r#"{"$ref":"http://json-schema.org/draft-07/schema#"}"#, r#"{"type":["object","boolean"]}"#, true),
    ]);
}

#[test]
fn numbers_that_are_no_integers_in_draft_4() {
    const DRAFT_4: &str = r#""$schema":"http://json-schema.org/draft-04/schema#""#;
    // In draft 4, `1.0` is a multiple of one, but no integer. The two schemas of each pair treat it differently.
    for (writer, reader) in [
        (r#""type":"number""#, r#""anyOf":[{"type":"integer"},{"not":{"multipleOf":1}}]"#),
        (r#""type":"number","not":{"type":"integer"}"#, r#""not":{"multipleOf":1}"#),
        (
            r#""not":{"oneOf":[{"type":"integer"},{"minimum":1000}],"multipleOf":1}"#,
            r#""not":{"oneOf":[{"type":"integer"},{"minimum":2}],"multipleOf":1}"#,
        ),
    ] {
        let (writer, reader) = (format!("{{{DRAFT_4},{writer}}}"), format!("{{{DRAFT_4},{reader}}}"));
        assert_ne!(contained(&writer, &reader), Some(true), "{writer} in {reader}");
    }
}

#[test]
fn an_unsupported_part_matters_only_if_it_changes() {
    const DRAFT_7: &str = r#""$schema":"http://json-schema.org/draft-07/schema#""#;
    const DRAFT_4: &str = r#""$schema":"http://json-schema.org/draft-04/schema#""#;
    let beside = |unread: &str, other: &str| {
        format!(
            r##"{{{DRAFT_7},"definitions":{{"d":{unread}}},"properties":{{"a":{unread},"b":{other},"c":{{"$ref":"#/definitions/d"}}}}}}"##
        )
    };
    let foreign = format!(r#"{{{DRAFT_4},"type":"string","minLength":1}}"#);
    let (narrow, wide) =
        (beside(&foreign, r#"{"type":"integer"}"#), beside(&foreign, r#"{"type":"number"}"#));
    assert_eq!(contained(&narrow, &wide), Some(true));
    assert_eq!(contained(&wide, &narrow), Some(false));
    // The answer is undecided if the unsupported part changed, or if the target of a reference in it changed.
    let changed = beside(&foreign.replace('1', "2"), r#"{"type":"integer"}"#);
    assert_ne!(contained(&narrow, &changed), Some(true));
    let refers = |target: &str| {
        format!(
            r##"{{{DRAFT_7},"definitions":{{"d":{{"type":"{target}"}}}},"properties":{{"a":{{{DRAFT_4},"items":{{"$ref":"#/definitions/d"}}}}}}}}"##
        )
    };
    assert_ne!(contained(&refers("integer"), &refers("string")), Some(true));
    // It is also undecided if the validator reaches the two parts in different ways.
    let moved = |place: &str| {
        format!(r##"{{{DRAFT_7},"definitions":{{"d":{foreign}}},"properties":{{"a":{place}}}}}"##)
    };
    assert_ne!(contained(&moved(r##"{"$ref":"#/definitions/d"}"##), &moved(&foreign)), Some(true));
}

#[test]
fn formats_have_lengths() {
    decides(&[
        (r#"{"format":"email","type":"string"}"#, r#"{"type":["string","null"],"maxLength":320}"#, true),
        (r#"{"format":"email","type":"string"}"#, r#"{"format":"email","maxLength":254}"#, false),
        (r#"{"format":"uri","type":"string"}"#, r#"{"format":"uri","maxLength":2048}"#, false),
        (r#"{"format":"uri","type":"string"}"#, r#"{"minLength":4}"#, false),
        (r#"{"format":"uuid","type":"string"}"#, r#"{"minLength":36,"maxLength":36}"#, true),
        (r#"{"format":"uuid","type":"string"}"#, r#"{"maxLength":35}"#, false),
        (r#"{"format":"date","type":"string"}"#, r#"{"minLength":10,"maxLength":10}"#, true),
        (r#"{"format":"date-time","type":"string"}"#, r#"{"format":"date-time","maxLength":64}"#, false),
        (r#"{"format":"ipv4","type":"string","maxLength":9}"#, r#"{"minLength":7}"#, true),
        (r#"{"format":"hostname","type":"string"}"#, r#"{"maxLength":63}"#, false),
    ]);
}

#[test]
fn a_text_may_have_to_be_as_long_as_a_column() {
    decides(&[
        (r#"{"type":"string"}"#, r#"{"type":"string","maxLength":65535}"#, false),
        (r#"{"type":"string","maxLength":65535}"#, r#"{"type":"string","maxLength":65536}"#, true),
        (
            r#"{"items":{"type":"string","minLength":1}}"#,
            r#"{"items":{"type":"string","maxLength":65535}}"#,
            false,
        ),
    ]);
}

#[test]
fn undefined_behaviour_is_undecided() {
    const DRAFT_2019: &str = r#""$schema":"https://json-schema.org/draft/2019-09/schema""#;
    const DRAFT_7: &str = r#""$schema":"http://json-schema.org/draft-07/schema#""#;
    const DRAFT_4: &str = r#""$schema":"http://json-schema.org/draft-04/schema#""#;
    for (writer, reader) in [
        (
            format!(r#"{{{DRAFT_2019},"type":"array","contains":{{"const":"a"}},"unevaluatedItems":false}}"#),
            format!(r#"{{{DRAFT_2019},"type":"array","unevaluatedItems":false}}"#),
        ),
        (
            format!(r#"{{{DRAFT_7},"items":{{"$schema":"https://example.com/own","format":"uui"}}}}"#),
            format!(r#"{{{DRAFT_7},"items":{{"$schema":"https://example.com/own","format":"uuid"}}}}"#),
        ),
        (
            format!(r#"{{"not":{{{DRAFT_7},"type":"object"}}}}"#),
            format!(r#"{{"not":{{{DRAFT_7},"type":"boolean"}}}}"#),
        ),
        (
            r#"{"properties":{"a":{}}}"#.to_owned(),
            format!(
                r##"{{{DRAFT_7},"properties":{{"a":{{"$ref":"#/definitions/b"}}}},"definitions":{{"b":{{{DRAFT_4},"const":1}}}}}}"##
            ),
        ),
    ] {
        assert_ne!(contained(&writer, &reader), Some(true), "{writer} in {reader}");
    }
}
