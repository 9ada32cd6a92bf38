use serde_json::json;

use super::*;
use crate::report::Verdict;
use crate::rules::RULES;

#[test]
fn every_rule_fires_on_its_example_and_not_on_its_near_miss() {
    for rule in RULES {
        let Some(example) = rule.example else {
            assert!(rule.id.starts_with("version-"), "`{}` speaks of schemas and has no example", rule.id);
            continue;
        };
        let report = checked(example.writer, example.breaks, ContentModel::Lenient);
        let fired: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(fired, [rule.id], "{report:#?}");
        let report = checked(example.writer, example.passes, ContentModel::Lenient);
        assert_eq!(report.verdict, Verdict::Compatible, "{}: {report:#?}", rule.id);
    }
}

#[test]
fn cases_that_famous_tools_get_wrong() {
    for (writer, reader) in [
        (r#"{"type":"object"}"#, r#"{"type":"object","required":["x"]}"#),
        (r#"{"minLength":3}"#, r#"{"type":"string","minLength":3}"#),
        (r#"{"enum":["a","b"]}"#, r#"{"enum":["a"]}"#),
        (r#"{"not":{"type":"integer"}}"#, r#"{"not":{"type":"number"}}"#),
        (
            r#"{"oneOf":[{"type":"integer"},{"type":"string"}]}"#,
            r#"{"oneOf":[{"type":"integer"},{"type":"string"},{"type":"integer","minimum":5}]}"#,
        ),
    ] {
        assert_eq!(contained(writer, reader), Some(false), "{writer} in {reader}");
    }
}

#[test]
fn hard_cases() {
    for (writer, reader, expected) in [
        // Numbers above 2^53, and decimal steps.
        (r#"{"const":9007199254740993}"#, r#"{"maximum":9007199254740992}"#, Some(false)),
        (r#"{"type":"integer","multipleOf":6}"#, r#"{"type":"integer","multipleOf":3}"#, Some(true)),
        (r#"{"type":"integer","multipleOf":4}"#, r#"{"type":"integer","multipleOf":6}"#, Some(false)),
        (r#"{"multipleOf":0.2}"#, r#"{"multipleOf":0.1}"#, Some(true)),
        (r#"{"type":"integer","minimum":1,"maximum":3}"#, r#"{"enum":[1,2,3,4]}"#, Some(true)),
        // Draft 4's boolean bounds, and the numbers of later drafts.
        (
            r#"{"$schema":"http://json-schema.org/draft-04/schema#","type":"number","minimum":0,"exclusiveMinimum":true}"#,
            r#"{"type":"number","exclusiveMinimum":0}"#,
            Some(true),
        ),
        (
            r#"{"type":"integer"}"#,
            r#"{"$schema":"http://json-schema.org/draft-04/schema#","type":"integer"}"#,
            Some(false),
        ),
        // If an array may have at most as many items as it must contain, each item is a contained one.
        (
            r#"{"type":"array","items":{"type":["string","integer"]},"maxItems":1}"#,
            r#"{"anyOf":[{"items":{"type":"string"}},{"items":{"type":"integer"}}]}"#,
            Some(true),
        ),
        (
            r#"{"type":"array","items":{"type":["string","integer"]},"maxItems":2}"#,
            r#"{"anyOf":[{"items":{"type":"string"}},{"items":{"type":"integer"}}]}"#,
            Some(false),
        ),
        // Recursion through different references, and recursion without a finite value.
        (
            r##"{"type":"object","properties":{"next":{"$ref":"#"}},"additionalProperties":false}"##,
            r##"{"$ref":"#/$defs/n","$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"}}}}}"##,
            Some(true),
        ),
        (
            r##"{"type":"object","properties":{"next":{"$ref":"#"},"n":{"type":"integer"}}}"##,
            r##"{"type":"object","properties":{"next":{"$ref":"#"},"n":{"type":"string"}}}"##,
            Some(false),
        ),
        // A schema that is valid only if it is not valid proves nothing.
        (
            r#"{"type":"object","required":["a"]}"#,
            r##"{"type":"object","if":{"$ref":"#"},"then":{"required":["b"]}}"##,
            Some(false),
        ),
        (r#"{"type":"string"}"#, r##"{"allOf":[{"$ref":"#"},{"type":"string"}]}"##, None),
        // Astral characters count as one.
        (r#"{"type":"string","pattern":"^.{2}$"}"#, r#"{"type":"string","maxLength":2}"#, Some(true)),
        // A count that forces a property.
        (
            r#"{"type":"object","properties":{"a":{},"b":{}},"additionalProperties":false,"minProperties":2}"#,
            r#"{"required":["a","b"]}"#,
            Some(true),
        ),
        (
            r#"{"type":"array","items":{"const":1},"minItems":2}"#,
            r#"{"contains":{"const":1},"minContains":2}"#,
            Some(true),
        ),
        (r#"{"type":"array","maxItems":1}"#, r#"{"uniqueItems":true}"#, Some(true)),
        (r#"{"type":"array","items":{"type":"boolean"}}"#, r#"{"uniqueItems":true}"#, Some(false)),
        // A discriminated union, its branches in another order.
        (
            r#"{"oneOf":[{"type":"object","properties":{"k":{"const":"a"}},"required":["k"]},{"type":"object","properties":{"k":{"const":"b"}},"required":["k"]}]}"#,
            r#"{"oneOf":[{"type":"object","properties":{"k":{"const":"b"}},"required":["k"]},{"type":"object","properties":{"k":{"const":"a"}},"required":["k"]}]}"#,
            Some(true),
        ),
        (
            r#"{"type":"object","properties":{"k":{"enum":["a","b"]}},"required":["k"]}"#,
            r#"{"anyOf":[{"properties":{"k":{"const":"a"}}},{"properties":{"k":{"const":"b"}}}]}"#,
            Some(true),
        ),
        // Negations.
        (r#"{"type":"string"}"#, r#"{"not":{"type":"number"}}"#, Some(true)),
        (r#"{"not":{"type":"number"}}"#, r#"{"not":{"type":"integer"}}"#, Some(true)),
        // A `not` that refers to itself proves nothing.
        (r#"{"type":"string","minLength":1000000000}"#, r#"{"minLength":999999999}"#, Some(true)),
    ] {
        assert_eq!(contained(writer, reader), expected, "{writer} in {reader}");
    }
}

#[test]
fn draft_4_integers_have_no_fraction() {
    for (writer, reader, expected) in [
        // `enum` compares by value: `1.0` is listed, but is no integer.
        (r#"{"enum":[1]}"#, r#"{"type":"integer"}"#, Some(false)),
        (r#"{"enum":[1],"type":"integer"}"#, r#"{"type":"integer"}"#, Some(true)),
        (r#"{"enum":[1,5],"type":"integer"}"#, r#"{"type":"integer","maximum":5}"#, Some(true)),
        (r#"{"enum":[1,"a"]}"#, r#"{"enum":["a",1,null]}"#, Some(true)),
        (r#"{"enum":[1.5]}"#, r#"{"not":{"type":"integer"}}"#, Some(true)),
        (r#"{"enum":[[{"a":2}]]}"#, r#"{"items":{"properties":{"a":{"type":"integer"}}}}"#, Some(false)),
        (r#"{"enum":[1],"not":{"type":"integer"}}"#, r#"{"type":"string"}"#, Some(false)),
        (r#"{"type":"number","minimum":1,"maximum":1}"#, r#"{"type":"integer"}"#, Some(false)),
        (r#"{"type":"number","multipleOf":1}"#, r#"{"type":"integer"}"#, Some(false)),
        (r#"{"type":"integer"}"#, r#"{"type":"number","multipleOf":1}"#, Some(true)),
    ] {
        let draft4 =
            |text: &str| text.replacen('{', r#"{"$schema":"http://json-schema.org/draft-04/schema#","#, 1);
        assert_eq!(contained(&draft4(writer), &draft4(reader)), expected, "{writer} in {reader}");
    }
}

#[test]
fn other_spellings_are_the_same_schema() {
    for (one, other) in [
        (r#"{"oneOf":[{"type":"string"},{"type":"null"}]}"#, r#"{"type":["null","string"]}"#),
        (r#"{"enum":["a","b"]}"#, r#"{"type":"string","enum":["b","a"]}"#),
        (r#"{"allOf":[{"type":"integer"}]}"#, r#"{"type":"integer"}"#),
        (r##"{"$ref":"#/$defs/x","$defs":{"x":{"minimum":1}}}"##, r#"{"minimum":1}"#),
        (r#"{"type":"string","description":"a"}"#, r#"{"description":"b","type":"string"}"#),
    ] {
        assert_eq!(bump(one, other), Bump::Patch, "{one} and {other}");
        assert_eq!(bump(other, one), Bump::Patch, "{other} and {one}");
    }
}

const ORDER: &str =
    r#"{"type":"object","properties":{"id":{"type":"string"},"total":{"type":"integer"}},"required":["id"]}"#;
const ORDER_WITH_NOTE: &str = r#"{"type":"object","properties":{"id":{"type":"string"},"total":{"type":"integer"},"note":{"type":"string"}},"required":["id"]}"#;

#[test]
fn content_models() {
    let closed = |text: &str| text.replacen('{', r#"{"additionalProperties":false,"#, 1);
    let closed_order = closed(ORDER);
    let closed_with_note = closed(ORDER_WITH_NOTE);
    for (old, new, model, expected) in [
        // Adding an optional property to an open object.
        (ORDER, ORDER_WITH_NOTE, ContentModel::Strict, Verdict::Incompatible),
        (ORDER, ORDER_WITH_NOTE, ContentModel::Lenient, Verdict::Compatible),
        // Removing one from a closed object.
        (&*closed_with_note, &*closed_order, ContentModel::Lenient, Verdict::Incompatible),
        (&*closed_with_note, &*closed_order, ContentModel::Tolerant, Verdict::Compatible),
        // A map stays a map.
        (
            r#"{"type":"object"}"#,
            r#"{"type":"object","maxProperties":1}"#,
            ContentModel::Lenient,
            Verdict::Incompatible,
        ),
        // A declaration in any applicator counts.
        (
            r#"{"allOf":[{"properties":{"a":{"type":"integer"}}},{"properties":{"b":{"type":"integer"}}}]}"#,
            r#"{"properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"additionalProperties":false}"#,
            ContentModel::Lenient,
            Verdict::Compatible,
        ),
        // A required name counts as declared.
        (
            r#"{"type":"object","properties":{"a":{}},"required":["x"]}"#,
            r#"{"properties":{"x":{"type":"string"}}}"#,
            ContentModel::Lenient,
            Verdict::Incompatible,
        ),
    ] {
        assert_eq!(checked(old, new, model).verdict, expected, "{model}: {old} -> {new}");
    }
    let report = checked(ORDER, ORDER_WITH_NOTE, ContentModel::Lenient);
    assert!(report.stricter.unwrap().to_string().starts_with("would break under `strict`: `note` may be"));
}

#[test]
fn a_report_names_place_witness_and_version() {
    let new = "{\n  \"type\": \"object\",\n  \"properties\": {\n    \"id\": {\"type\": \"string\"},\n    \"total\": {\"type\": \"string\"}\n  },\n  \"required\": [\"id\"]\n}";
    let report = checked(ORDER, new, ContentModel::Lenient);
    let finding = &report.findings[0];
    assert_eq!((report.verdict, report.required_bump), (Verdict::Incompatible, Bump::Major));
    assert_eq!(report.required_version.to_string(), "2.0.0");
    assert_eq!(
        (finding.rule.as_str(), finding.pointer.as_str()),
        ("reader-narrows-type", "/properties/total")
    );
    assert_eq!(finding.position.unwrap().to_string(), "5:14");
    assert_eq!(witness(&report), json!({"id": "x", "total": 0}));
    assert_eq!(finding.message, "`total` may be an integer, but the new version accepts only a string");
    assert!(finding.refusal.is_some());
}

#[test]
fn versions_and_their_numbers() {
    let lenient = ContentModel::Lenient;
    let as_patch =
        checked_as(("1.0.0", ORDER), ("1.0.1", ORDER_WITH_NOTE), Mode::BackwardTransitive, lenient);
    assert!(as_patch.version_too_small && !as_patch.is_accepted());
    assert_eq!(as_patch.required_version.to_string(), "1.1.0");
    let as_minor = checked_as(("1.0.0", ORDER), ("1.1.0", ORDER_WITH_NOTE), Mode::FullTransitive, lenient);
    assert!(as_minor.is_accepted(), "{as_minor:#?}");
    // A new major version has no baseline.
    let as_major =
        checked_as(("1.0.0", ORDER), ("2.0.0", r#"{"type":"string"}"#), Mode::FullTransitive, lenient);
    assert!(as_major.is_accepted() && as_major.baselines.is_empty());
    // A version below another one is compared with the version above it.
    let narrow = r#"{"type":"integer","minimum":5}"#;
    let below =
        checked_as(("1.2.0", narrow), ("1.1.0", r#"{"type":"integer"}"#), Mode::BackwardTransitive, lenient);
    assert_eq!(below.verdict, Verdict::Incompatible);
    // A pre-release is never a baseline.
    let after_rc = checked_as(
        ("1.1.0-rc.1", narrow),
        ("1.1.0", r#"{"type":"string"}"#),
        Mode::BackwardTransitive,
        lenient,
    );
    assert!(after_rc.is_accepted() && after_rc.baselines.is_empty());
    // In 0.x, a minor version may break readers.
    let young =
        checked_as(("0.1.0", ORDER), ("0.2.0", r#"{"type":"string"}"#), Mode::BackwardTransitive, lenient);
    assert!(young.is_accepted());
}

#[test]
fn modes_choose_directions() {
    let (narrow, wide) = (r#"{"type":"integer"}"#, r#"{"type":"number"}"#);
    for (mode, widening, narrowing) in [
        (Mode::Backward, true, false),
        (Mode::BackwardTransitive, true, false),
        (Mode::Forward, false, true),
        (Mode::ForwardTransitive, false, true),
        (Mode::Full, false, false),
        (Mode::FullTransitive, false, false),
        (Mode::None, true, true),
    ] {
        let holds =
            |old, new| checked_as(("1.0.0", old), ("1.1.0", new), mode, ContentModel::Lenient).is_accepted();
        assert_eq!((holds(narrow, wide), holds(wide, narrow)), (widening, narrowing), "{mode}");
    }
}

#[test]
fn a_property_that_repeats_the_version_is_masked() {
    let eiffel = |version: &str, extra: &str| {
        format!(
            r#"{{"type":"object","properties":{{"version":{{"const":"{version}"}}{extra}}},"required":["version"],"additionalProperties":false}}"#
        )
    };
    let report =
        checked(&eiffel("1.0.0", ""), &eiffel("1.1.0", r#","n":{"type":"integer"}"#), ContentModel::Lenient);
    assert!(report.is_accepted(), "{report:#?}");
    assert_eq!(report.masked[0].as_str(), "/properties/version");
    assert_eq!(bump(&eiffel("1.0.0", ""), &eiffel("1.1.0", "")), Bump::Patch);
}

#[test]
fn a_waiver_accepts_one_finding() {
    let history = [Baseline { resolved: resolved("1.0.0", ORDER), standing: Standing::Current }];
    let new = resolved("1.1.0", &ORDER.replace("integer", "string"));
    let settings = Settings::default();
    let refused = check(&new, &history, &settings, &Waivers::default());
    let fingerprint = refused.findings[0].fingerprint.to_string();
    assert_eq!(fingerprint.len(), crate::report::Fingerprint::DIGITS);
    let mut waivers = Waivers::default();
    waivers.add(&fingerprint, "nobody reads it").unwrap();
    let accepted = check(&new, &history, &settings, &waivers);
    assert!(accepted.is_accepted(), "{accepted:#?}");
    assert_eq!(accepted.findings[0].waived.as_deref(), Some("nobody reads it"));
    for (standing, is_accepted) in [(Standing::Yanked, false), (Standing::NeverUsed, true)] {
        let gone = [Baseline { standing, ..history[0].clone() }];
        let report = check(&new, &gone, &settings, &Waivers::default());
        assert_eq!(report.is_accepted(), is_accepted, "{standing:?}");
    }
}

/// The library does not count the properties that the test of a condition evaluates.
#[test]
fn a_test_evaluates_the_members_of_the_branches_that_hold() {
    let schema = |k: &str, other: &str| {
        format!(
            r#"{{"if":{{"anyOf":[{{"properties":{{"k":{k}}},"required":["k"]}},{{"properties":{{"x":{{}},"k":{other}}},"required":["k"]}}],"properties":{{"k":{{"const":"u"}}}},"required":["k"]}},"unevaluatedProperties":false}}"#
        )
    };
    let (writer, reader) = (schema("{}", "{}"), schema(r#"{"const":"u"}"#, r#"{"enum":["v"]}"#));
    assert_ne!(contained(&writer, &reader), Some(true));
    assert_ne!(contained(&reader, &writer), Some(false));
}
