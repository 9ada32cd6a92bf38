//! Tests of findings as people see them: one finding for each place, with its own event.

use serde_json::json;

use super::*;
use crate::check::diff;
use crate::report::{Direction, Finding};

/// Returns the rule and the place of each finding.
fn rules_and_places(findings: &[Finding]) -> Vec<(&str, &str)> {
    findings.iter().map(|finding| (finding.rule.as_str(), finding.pointer.as_str())).collect()
}

/// Checks every finding: its event is valid under the writer, and has this number of violations under the reader.
fn objections(old: &str, new: &str, finding: &Finding) -> usize {
    let (old, new) = (resolved("1.0.0", old), resolved("1.1.0", new));
    let (writer, reader) = if finding.direction == Direction::Backward { (&old, &new) } else { (&new, &old) };
    let witness = finding.witness.as_ref().unwrap();
    assert!(writer.validator(Formats::Assert).unwrap().is_valid(witness), "{finding:#?}");
    reader.validator(Formats::Assert).unwrap().violations(witness).len()
}

const BEFORE: &str = r#"{
  "type": "object",
  "properties": {
    "order": {"type": "string"}, "note": {"type": "string"}, "count": {"type": "integer", "minimum": 0},
    "region": {"type": "string"}
  },
  "required": ["order"]
}"#;

const AFTER: &str = r#"{
  "type": "object",
  "properties": {
    "order": {"type": "string"}, "note": {"type": "integer"}, "count": {"type": "integer", "minimum": 1},
    "region": {"type": "string"}
  },
  "required": ["order", "region"]
}"#;

#[test]
fn three_breaks_are_three_findings_each_with_an_event_that_breaks_for_it_alone() {
    let report = checked(BEFORE, AFTER, ContentModel::Lenient);
    assert_eq!(
        rules_and_places(&report.findings),
        [
            ("reader-narrows-type", "/properties/note"),
            ("reader-narrows-number", "/properties/count"),
            ("reader-requires-property", "/properties/region"),
        ]
    );
    let witnesses: Vec<Value> = report.findings.iter().map(|f| f.witness.clone().unwrap()).collect();
    assert_eq!(
        witnesses,
        [
            json!({"order": "x", "note": "x", "region": "x"}),
            json!({"order": "x", "count": 0, "region": "x"}),
            json!({"order": "x"}),
        ]
    );
    // In the writer's order, not in alphabetical order.
    assert_eq!(witnesses[0].to_string(), r#"{"order":"x","note":"x","region":"x"}"#);
    for finding in &report.findings {
        assert_eq!(objections(BEFORE, AFTER, finding), 1, "{finding:#?}");
        assert_eq!(finding.baseline_pointer.as_ref(), Some(&finding.pointer));
    }
    let messages: Vec<&str> = report.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`note` may be a string, but the new version accepts only an integer",
            "`count` may be 0, but the new version accepts only integers from 1",
            "`region` may be missing, but the new version requires it",
        ]
    );
    let places: Vec<String> = report.findings.iter().map(|f| f.position.unwrap().to_string()).collect();
    assert_eq!(places, ["4:42", "4:103", "7:25"]);
}

#[test]
fn properties_of_one_object_are_findings_of_their_own() {
    let wide = r#"{"type":"object","properties":{"a":{},"b":{},"c":{}}}"#;
    let requiring = r#"{"type":"object","properties":{"a":{},"b":{},"c":{}},"required":["a","b"]}"#;
    let closed = r#"{"type":"object","properties":{"c":{}},"additionalProperties":false}"#;
    for (new, rule, places) in [
        (requiring, "reader-requires-property", ["/properties/a", "/properties/b"]),
        (closed, "reader-lacks-property", ["", ""]),
    ] {
        let report = checked(wide, new, ContentModel::Lenient);
        assert_eq!(rules_and_places(&report.findings), places.map(|place| (rule, place)), "{report:#?}");
        assert_ne!(report.findings[0].fingerprint, report.findings[1].fingerprint);
    }
    let many = |kind: &str| {
        let properties: serde_json::Map<String, Value> =
            (0..120).map(|n| (format!("p{n}"), json!({ "type": kind }))).collect();
        json!({"type": "object", "properties": properties}).to_string()
    };
    assert_eq!(checked(&many("string"), &many("integer"), ContentModel::Lenient).findings.len(), 120);
}

#[test]
fn a_change_in_a_shared_definition_is_a_finding_for_each_use() {
    let order = |money: &str| {
        format!(
            r##"{{"$defs":{{"money":{money}}},"type":"object","properties":{{"total":{{"$ref":"#/$defs/money"}},
            "tax":{{"$ref":"#/$defs/money"}},"parts":{{"type":"array","items":{{"$ref":"#/$defs/money"}}}}}}}}"##
        )
    };
    let old =
        order(r#"{"type":"object","properties":{"minor":{"type":"integer"},"currency":{"type":"string"}}}"#);
    let new = order(
        r#"{"type":"object","properties":{"minor":{"type":"integer","maximum":99},"currency":{"type":"string"}},"required":["currency"]}"#,
    );
    let report = checked(&old, &new, ContentModel::Lenient);
    let mut found: Vec<_> = report
        .findings
        .iter()
        .map(|own| (own.rule.as_str(), own.pointer.as_str(), own.used_at.as_ref().unwrap().as_str()))
        .collect();
    found.sort_unstable();
    let used = ["/properties/parts/items", "/properties/tax", "/properties/total"];
    let expected: Vec<_> = [
        ("reader-narrows-number", "/$defs/money/properties/minor"),
        ("reader-requires-property", "/$defs/money/properties/currency"),
    ]
    .into_iter()
    .flat_map(|(rule, place)| used.map(|used| (rule, place, used)))
    .collect();
    assert_eq!(found, expected);
    for finding in &report.findings {
        assert_eq!(finding.baseline_pointer.as_ref(), Some(&finding.pointer), "{finding:#?}");
    }
}

#[test]
fn a_shared_definition_taken_into_use_is_a_finding_for_each_use() {
    let old = r#"{"type":"object","properties":{"total":{"type":"integer"},"tax":{"type":"integer"}}}"#;
    let new = r##"{"$defs":{"money":{"type":"object"}},"type":"object","properties":{"total":{"$ref":"#/$defs/money"},"tax":{"$ref":"#/$defs/money"}}}"##;
    let diff = diff(&resolved("1.0.0", old), &resolved("1.1.0", new), &Settings::default());
    assert_eq!(
        rules_and_places(&diff.findings),
        [("reader-narrows-type", "/properties/total/$ref"), ("reader-narrows-type", "/properties/tax/$ref")]
            .repeat(2)
    );
    let messages: Vec<&str> = diff.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert!(
        messages[0].starts_with("`total` may be an integer")
            && messages[1].starts_with("`tax` may be an integer")
    );
}

#[test]
fn a_change_in_another_document_is_a_finding_for_each_use_and_says_where() {
    let catalog = || {
        let mut catalog = Catalog::default();
        for (subject, version, text) in [
            (
                "money",
                "1.0.0",
                r#"{"$defs":{"amount":{"type":"object","properties":{"minor":{"type":"integer"},"unit":{"type":"string"}}}}}"#,
            ),
            (
                "money",
                "2.0.0",
                r#"{"$defs":{"amount":{"type":"object","properties":{"minor":{"type":"integer","minimum":0},"unit":{"type":"string","maxLength":3}},"required":["unit"]}}}"#,
            ),
            (
                "order",
                "1.0.0",
                r##"{"properties":{"total":{"$ref":"../money/1.0.0.json#/$defs/amount"},"tax":{"$ref":"../money/1.0.0.json#/$defs/amount"}}}"##,
            ),
            (
                "order",
                "1.1.0",
                r##"{"properties":{"total":{"$ref":"../money/2.0.0.json#/$defs/amount"},"tax":{"$ref":"../money/2.0.0.json#/$defs/amount"}}}"##,
            ),
        ] {
            let at = Coordinates {
                subject: Subject::parse(subject).unwrap(),
                version: Version::parse(version).unwrap(),
            };
            catalog.replace(Arc::new(Schema::read(at, text.as_bytes(), &Dialects::default()).unwrap()));
        }
        catalog
    };
    let catalog = catalog();
    let order = |version: &str| {
        let schema = catalog.get(&Subject::parse("order").unwrap(), &Version::parse(version).unwrap());
        catalog.resolve(schema.unwrap()).unwrap()
    };
    let history = [Baseline { resolved: order("1.0.0"), standing: Standing::Current }];
    let report = check(&order("1.1.0"), &history, &Settings::default(), &Waivers::default());
    let mut found: Vec<_> = report
        .findings
        .iter()
        .map(|f| (f.pointer.as_str(), f.rule.as_str(), f.within.as_deref().unwrap()))
        .collect();
    found.sort_unstable();
    let expected: Vec<_> = ["/properties/tax/$ref", "/properties/total/$ref"]
        .into_iter()
        .flat_map(|used| {
            [
                (used, "reader-narrows-length", "money@2.0.0#/$defs/amount/properties/unit"),
                (used, "reader-narrows-number", "money@2.0.0#/$defs/amount/properties/minor"),
                (used, "reader-requires-property", "money@2.0.0#/$defs/amount"),
            ]
        })
        .collect();
    assert_eq!(found, expected);
    // The event reaches the place through the reported reference.
    for finding in &report.findings {
        let witness = finding.witness.as_ref().unwrap();
        let used = finding.pointer.tokens().nth(1).unwrap();
        assert!(witness.get(&used).is_some(), "{finding:#?}");
    }
    assert_ne!(report.findings[0].fingerprint, report.findings[1].fingerprint);
}

#[test]
fn forward_findings_stand_where_the_candidate_writes() {
    let old = r#"{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false}"#;
    let new = r#"{"type":"object","properties":{"a":{"type":"number"},"b":{"type":"string"}},"additionalProperties":false}"#;
    let diff = diff(&resolved("1.0.0", old), &resolved("1.1.0", new), &Settings::default());
    let forward: Vec<Finding> =
        diff.findings.into_iter().filter(|finding| finding.direction == Direction::Forward).collect();
    assert_eq!(
        rules_and_places(&forward),
        [
            ("reader-requires-property", "/properties/a"),
            ("reader-narrows-type", "/properties/a"),
            ("reader-lacks-property", "/properties/b"),
        ]
    );
    for finding in &forward {
        objections(old, new, finding);
    }
}

#[test]
fn a_format_that_changes_is_one_finding_where_it_stands() {
    let lead = |format: &str| {
        format!(
            r#"{{"properties":{{"lead":{{"properties":{{"d":{{"type":"string","format":"{format}"}}}}}}}}}}"#
        )
    };
    for (old, new) in [("date", "date-time"), ("uri", "email"), ("ipv4", "ipv6"), ("email", "uuid")] {
        let (old, new) = (lead(old), lead(new));
        let found = diff(&resolved("1.0.0", &old), &resolved("1.1.0", &new), &Settings::default()).findings;
        let place = ("reader-narrows-format", "/properties/lead/properties/d");
        assert_eq!(rules_and_places(&found), [place, place], "{found:#?}");
        assert!(found.iter().all(|finding| objections(&old, &new, finding) == 1));
    }
}
