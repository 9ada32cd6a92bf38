//! Tests of the content models, one sentence of their definition at a time.

use super::*;
use crate::report::Verdict::{self, Compatible, Incompatible};
use evschema_model::ContentModel::{Lenient, Strict, Tolerant};

fn verdicts(old: &str, new: &str) -> [Verdict; 3] {
    [Strict, Lenient, Tolerant].map(|model| checked(old, new, model).verdict)
}

fn assert_verdicts(cases: &[(&str, &str, [Verdict; 3])]) {
    for (old, new, expected) in cases {
        assert_eq!(verdicts(old, new), *expected, "{old} -> {new}");
    }
}

#[test]
fn a_lenient_writer_sends_only_what_it_declares() {
    assert_verdicts(&[
        // An optional property added to an open object: the most frequent complaint.
        (
            r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#,
            r#"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}}}"#,
            [Incompatible, Compatible, Compatible],
        ),
        // `additionalProperties: true` means the same as its absence.
        (
            r#"{"type":"object","properties":{"a":{}},"additionalProperties":true}"#,
            r#"{"type":"object","properties":{"a":{},"b":{"type":"string"}}}"#,
            [Incompatible, Compatible, Compatible],
        ),
        // The writer's object was closed, so the writer never sent the property.
        (
            r#"{"type":"object","properties":{"a":{}},"additionalProperties":false}"#,
            r#"{"type":"object","properties":{"a":{},"b":{"type":"string"}},"additionalProperties":false}"#,
            [Compatible, Compatible, Compatible],
        ),
        // The same inside properties, items and definitions.
        (
            r##"{"$defs":{"d":{"properties":{"a":{}}}},"properties":{"x":{"type":"array","items":{"$ref":"#/$defs/d"}}}}"##,
            r##"{"$defs":{"d":{"properties":{"a":{},"b":{"type":"string"}}}},"properties":{"x":{"type":"array","items":{"$ref":"#/$defs/d"}}}}"##,
            [Incompatible, Compatible, Compatible],
        ),
    ]);
}

#[test]
fn an_object_is_closed_as_composed() {
    // A declaration in one applicator counts in the others too.
    for composed in [
        r#"{"allOf":[{"properties":{"a":{}}},{"properties":{"b":{"type":"string"}}}]}"#,
        r#"{"properties":{"a":{}},"anyOf":[{"properties":{"b":{"type":"string"}}},{"required":["a"]}]}"#,
        r#"{"properties":{"a":{}},"oneOf":[{"properties":{"b":{"type":"string"}}}]}"#,
        r##"{"$defs":{"d":{"properties":{"b":{"type":"string"}}}},"$ref":"#/$defs/d","properties":{"a":{}}}"##,
        r#"{"properties":{"a":{}},"if":{"required":["a"]},"then":{"properties":{"b":{"type":"string"}}},"else":{"properties":{"b":{"type":"string"}}}}"#,
        r#"{"properties":{"a":{}},"dependentSchemas":{"a":{"properties":{"b":{"type":"string"}}}}}"#,
    ] {
        // So the writer may send `b`, which a reader that declares only `a` rejects. But it may not send `c`.
        let lacks = r#"{"properties":{"a":{}},"additionalProperties":false}"#;
        let knows = r#"{"properties":{"a":{},"b":{}},"additionalProperties":false}"#;
        assert_eq!(checked(composed, lacks, Lenient).verdict, Incompatible, "{composed}");
        assert_eq!(checked(composed, knows, Lenient).verdict, Compatible, "{composed}");
    }
}

#[test]
fn contains_adds_declarations_but_closes_nothing() {
    let array = |contains: &str| {
        format!(
            r#"{{"type":"array","items":{{"type":"object","properties":{{"a":{{}},"b":{{}}}},"required":["a","b"]}},"contains":{contains}}}"#
        )
    };
    let broken = [Incompatible, Incompatible, Incompatible];
    // `contains` describes one property, but an item has the other properties too.
    let (one, other) =
        (array(r#"{"properties":{"a":{"const":1}}}"#), array(r#"{"properties":{"a":{"const":2}}}"#));
    // `contains` names a property that `items` does not name, and so declares it.
    let (third, changed) = (
        array(r#"{"properties":{"c":{"const":1}},"required":["c"]}"#),
        array(r#"{"properties":{"c":{"const":2}},"required":["c"]}"#),
    );
    assert_verdicts(&[(&one, &other, broken), (&third, &changed, broken)]);
}

#[test]
fn declared_means_properties_patterns_or_a_real_schema_for_the_rest() {
    assert_verdicts(&[
        (
            r#"{"type":"object","patternProperties":{"^x-":{"type":"string"}}}"#,
            r#"{"type":"object","patternProperties":{"^x-":{"type":"string"}},"properties":{"b":{"type":"string"}}}"#,
            [Incompatible, Compatible, Compatible],
        ),
        // With a schema for all other names, the object is a map: all names are declared.
        (
            r#"{"type":"object","properties":{"a":{}},"additionalProperties":{"type":"integer"}}"#,
            r#"{"type":"object","properties":{"a":{},"b":{"type":"string"}}}"#,
            [Incompatible, Incompatible, Incompatible],
        ),
        // An object without declarations is a map of any values.
        (
            r#"{"type":"object"}"#,
            r#"{"type":"object","properties":{"b":{"type":"string"}}}"#,
            [Incompatible, Incompatible, Incompatible],
        ),
    ]);
}

#[test]
fn a_tolerant_reader_ignores_what_it_does_not_declare() {
    assert_verdicts(&[
        // A property removed from a closed object.
        (
            r#"{"properties":{"a":{},"b":{}},"additionalProperties":false}"#,
            r#"{"properties":{"a":{}},"additionalProperties":false}"#,
            [Incompatible, Incompatible, Compatible],
        ),
        (
            r#"{"properties":{"a":{},"b":{}}}"#,
            r#"{"allOf":[{"properties":{"a":{}}}],"unevaluatedProperties":false}"#,
            [Incompatible, Incompatible, Compatible],
        ),
        // The reader still checks the properties that it declares, and still requires its required properties.
        (
            r#"{"properties":{"a":{"type":"integer"}},"additionalProperties":false}"#,
            r#"{"properties":{"a":{"type":"string"}},"additionalProperties":false}"#,
            [Incompatible, Incompatible, Incompatible],
        ),
        (
            r#"{"properties":{"a":{}},"additionalProperties":false}"#,
            r#"{"properties":{"a":{}},"required":["a"],"additionalProperties":false}"#,
            [Incompatible, Incompatible, Incompatible],
        ),
        // A property that the reader rejects by name is declared.
        (
            r#"{"properties":{"a":{},"b":{}}}"#,
            r#"{"properties":{"a":{},"b":false}}"#,
            [Incompatible, Incompatible, Incompatible],
        ),
    ]);
}

#[test]
fn a_branch_added_to_one_of_breaks_only_under_strict() {
    let branch = |name: &str| {
        format!(r#"{{"type":"object","properties":{{"{name}":{{"type":"string"}}}},"required":["{name}"]}}"#)
    };
    let union = |names: &[&str]| {
        let branches: Vec<String> = names.iter().map(|name| branch(name)).collect();
        format!(r#"{{"properties":{{"x":{{"oneOf":[{},{{"type":"null"}}]}}}}}}"#, branches.join(","))
    };
    assert_verdicts(&[
        // A strict writer may send any property, and so one that the added branch accepts too.
        (&union(&["a", "b"]), &union(&["a", "b", "c"]), [Incompatible, Compatible, Compatible]),
        (&union(&["a", "b", "c"]), &union(&["a", "b"]), [Incompatible, Incompatible, Incompatible]),
        // A branch that occurs twice accepts nothing.
        (&union(&["a", "b"]), &union(&["a", "b", "b"]), [Incompatible, Incompatible, Incompatible]),
    ]);
}

#[test]
fn an_object_closed_as_written_is_closed_once() {
    let closed = |inside: &str| {
        format!(
            r##"{{"$defs":{{"d":{{"properties":{{"a":{inside}}},"additionalProperties":false}}}},"$ref":"#/$defs/d"}}"##
        )
    };
    let declared_beside =
        |b: &str| format!(r#"{{"properties":{{"a":{{}}}},"additionalProperties":false,"required":["{b}"]}}"#);
    assert_verdicts(&[
        (&closed(r#"{"type":"integer"}"#), &closed(r#"{"type":"number"}"#), [Compatible; 3]),
        (&closed(r#"{"type":"number"}"#), &closed(r#"{"type":"integer"}"#), [Incompatible; 3]),
        // A property that is both required and rejected allows no object. So only other types can break.
        (&declared_beside("b"), r#"{"type":"string"}"#, [Incompatible, Incompatible, Incompatible]),
    ]);
}

#[test]
fn a_report_names_the_model_and_what_only_a_stricter_one_objects_to() {
    let (old, new) = (
        r#"{"type":"object","properties":{"a":{}},"additionalProperties":false}"#,
        r#"{"type":"object","properties":{"a":{},"b":{"type":"string"}},"additionalProperties":false}"#,
    );
    // No stricter model has a break if a closed object gets a property.
    let report = checked(old, new, Tolerant);
    assert_eq!((report.content_model, report.stricter), (Tolerant, None));
    // The report names the nearest stricter model with a break, and the reason.
    let report = checked(new, old, Tolerant);
    assert_eq!(report.verdict, Compatible);
    assert_eq!(
        report.stricter.as_ref().map(ToString::to_string).as_deref(),
        Some(
            "would break under `lenient`: `b` may be present, but the new version does not declare it and rejects undeclared properties, as in {\"b\":\"x\"}"
        )
    );
    let open = old.replace(r#","additionalProperties":false"#, "");
    let report = checked(&open, &new.replace(r#","additionalProperties":false"#, ""), Lenient);
    assert!(
        report.stricter.as_ref().unwrap().to_string().starts_with("would break under `strict`: `b` may be"),
        "{report:#?}"
    );
    // A rejected change needs no stricter model.
    assert_eq!(checked(new, old, Lenient).stricter, None);
}

#[test]
fn a_report_names_the_older_reader_that_rejects_events_of_a_compatible_version() {
    let (old, new) = (r#"{"enum":["a"]}"#, r#"{"enum":["a","b"]}"#);
    let report = checked(old, new, Lenient);
    assert_eq!(report.verdict, Compatible);
    let note = report.old_readers.unwrap().to_string();
    assert!(
        note.starts_with(
            "upgrade readers first, because readers of 1.0.0 reject some events of this version: "
        ) && note.ends_with(", as in \"b\""),
        "{note}"
    );
    // Older readers accept every event of the version, or the check rejects the version anyway.
    assert_eq!(checked(old, r#"{"type":"string","enum":["a"]}"#, Lenient).old_readers, None);
    assert_eq!(checked(new, old, Lenient).old_readers, None);
}

#[test]
fn a_property_removed_and_added_again_breaks_two_steps_apart() {
    let one = r#"{"type":"object","properties":{"a":{},"b":{"type":"integer"}}}"#;
    let two = r#"{"type":"object","properties":{"a":{}}}"#;
    let three = r#"{"type":"object","properties":{"a":{},"b":{"type":"string"}}}"#;
    let history = [
        Baseline { resolved: resolved("1.0.0", one), standing: Standing::Current },
        Baseline { resolved: resolved("1.1.0", two), standing: Standing::Current },
    ];
    let verdict = |mode| {
        check(&resolved("1.2.0", three), &history, &settings(mode, Lenient), &Waivers::default()).verdict
    };
    assert_eq!(verdict(Mode::Backward), Compatible);
    assert_eq!(verdict(Mode::BackwardTransitive), Incompatible);
    assert_eq!(Settings::default().policy.mode, Mode::BackwardTransitive);
}

#[test]
fn a_report_says_where_a_model_leaves_no_value() {
    let old =
        r#"{"properties":{"m":{"type":"object","properties":{"a":{"type":"string"}},"minProperties":2}}}"#;
    let near = old.replace('2', "1");
    let opened = |old: &str| {
        let places = checked(old, r#"{"properties":{"m":{"type":"object"}}}"#, Lenient).opened;
        places.iter().map(|place| place.pointer.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(opened(old), ["/properties/m"]);
    assert_eq!(opened(&near), Vec::<String>::new());
}
