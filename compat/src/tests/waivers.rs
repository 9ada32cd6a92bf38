//! Tests of waivers: a waiver accepts exactly what the report showed, and the search continues after it.

use serde_json::json;

use super::*;
use crate::report::{Finding, Verdict};
use crate::waivers::WaiverError;

fn object(properties: &str) -> String {
    format!(r#"{{"type":"object","properties":{{{properties}}}}}"#)
}

fn status(values: &str) -> String {
    object(&format!(r#""s":{{"enum":[{values}]}}"#))
}

/// Checks the last of these versions against all earlier ones.
fn checked_last(versions: &[(&str, String)], waivers: &Waivers, model: ContentModel) -> Report {
    let (last, before) = versions.split_last().unwrap();
    let history: Vec<Baseline> = before
        .iter()
        .map(|(at, text)| Baseline { resolved: resolved(at, text), standing: Standing::Current })
        .collect();
    check(&resolved(last.0, &last.1), &history, &settings(Mode::BackwardTransitive, model), waivers)
}

fn accepting<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Waivers {
    let mut waivers = Waivers::default();
    for finding in findings {
        waivers.add(finding.fingerprint.as_str(), "a reason").unwrap();
    }
    waivers
}

fn rules(report: &Report) -> Vec<(&str, &str)> {
    report.findings.iter().map(|own| (own.rule.as_str(), own.pointer.as_str())).collect()
}

fn open(report: &Report) -> Vec<&str> {
    let open = report.findings.iter().filter(|own| own.waived.is_none());
    open.map(|own| own.rule.as_str()).collect()
}

#[test]
fn a_waiver_for_one_removed_value_accepts_no_other() {
    let first = status(r#""new","paid","shipped","void""#);
    let second = status(r#""new","paid","shipped""#);
    let versions = [("1.0.0", first.clone()), ("1.1.0", second.clone())];
    let shown = checked_last(&versions, &Waivers::default(), ContentModel::Lenient);
    let waivers = accepting(&shown.findings);
    assert!(checked_last(&versions, &waivers, ContentModel::Lenient).is_accepted());
    for (third, is_accepted) in [
        // A larger break at the same place is a new finding.
        (status(r#""zzz""#), false),
        (status(r#""new","paid""#), false),
        (object(r#""s":{"enum":["new","paid","shipped"],"maxLength":3}"#), false),
        // The waiver also covers the same break in a later version, whatever else the version has.
        (status(r#""new","paid","shipped""#), true),
        (object(r#""s":{"enum":["new","paid","shipped"]},"t":{"type":"integer"}"#), true),
        (status(r#""new","paid","shipped","lost""#), true),
    ] {
        let versions = [("1.0.0", first.clone()), ("1.1.0", second.clone()), ("1.2.0", third.clone())];
        let report = checked_last(&versions, &waivers, ContentModel::Lenient);
        assert_eq!(report.is_accepted(), is_accepted, "{third}: {report:#?}");
        if is_accepted {
            let through = report.findings[0].waived_through.as_ref().unwrap().to_string();
            assert_eq!((through.as_str(), report.findings.len()), ("1.1.0", 1));
        }
    }
    // The waiver covers its own version and later ones, but not another version below.
    let other = [("1.0.0", first), ("1.0.1", second)];
    assert!(!checked_last(&other, &waivers, ContentModel::Lenient).is_accepted());
}

#[test]
fn a_waiver_for_one_use_of_a_definition_is_for_that_use() {
    let order = |money: &str, more: &str| {
        format!(
            r##"{{"$defs":{{"m":{money}}},"type":"object","properties":{{"total":{{"$ref":"#/$defs/m"}},"tax":{{"$ref":"#/$defs/m"}}{more}}}}}"##
        )
    };
    let (wide, narrow) = (r#"{"type":"integer"}"#, r#"{"type":"integer","minimum":0}"#);
    let versions = [("1.0.0", order(wide, "")), ("1.1.0", order(narrow, ""))];
    let shown = checked_last(&versions, &Waivers::default(), ContentModel::Lenient);
    assert_eq!(rules(&shown), [("reader-narrows-number", "/$defs/m"); 2], "{shown:#?}");
    let used: Vec<&str> = shown.findings.iter().map(|own| own.used_at.as_ref().unwrap().as_str()).collect();
    assert_eq!(used, ["/properties/tax", "/properties/total"]);
    assert!(!shown.may_have_more);
    let one = checked_last(&versions, &accepting(&shown.findings[..1]), ContentModel::Lenient);
    assert_eq!((one.verdict, open(&one).len()), (Verdict::Incompatible, 1), "{one:#?}");
    assert!(checked_last(&versions, &accepting(&shown.findings), ContentModel::Lenient).is_accepted());
}

/// A pair with a property that breaks and a property that is undecided.
fn hiding() -> [(&'static str, String); 2] {
    [
        ("1.0.0", object(r#""p":{"type":["string","number"]},"s":{"type":"string","pattern":"(?=a)b?"}"#)),
        ("1.1.0", object(r#""p":{"type":"string"},"s":{"type":"string","pattern":"(?=b|a)b?.*"}"#)),
    ]
}

#[test]
fn an_undecided_place_is_listed_beside_a_break() {
    let versions = hiding();
    let shown = checked_last(&versions, &Waivers::default(), ContentModel::Lenient);
    assert_eq!(
        rules(&shown),
        [("reader-narrows-type", "/properties/p"), ("undecided", "/properties/s")],
        "{shown:#?}"
    );
    let broken = accepting(shown.findings.iter().filter(|own| own.witness.is_some()));
    let waived = checked_last(&versions, &broken, ContentModel::Lenient);
    assert_eq!((waived.verdict, open(&waived)), (Verdict::Undecided, vec!["undecided"]));
    let all = checked_last(&versions, &accepting(&shown.findings), ContentModel::Lenient);
    assert_eq!(all.verdict, Verdict::Compatible, "{all:#?}");
    // Another undecided property is a finding of its own.
    let more = |text: &str, pattern: &str| {
        text.replace(r#""p":"#, &format!(r#""u":{{"type":"string","pattern":"{pattern}"}},"p":"#))
    };
    let [(_, old), (_, new)] = &versions;
    let wider = [("1.0.0", more(old, "(?=x)y?")), ("1.1.0", more(new, "(?=y|x)y?.*"))];
    let report = checked_last(&wider, &accepting(&shown.findings), ContentModel::Lenient);
    assert_eq!(open(&report), ["undecided"], "{report:#?}");
}

/// Pairs of schemas, with the number of breaks.
const LISTS: &[(&str, &str, usize)] = &[
    // Two assertions of one place.
    (r#"{"type":["string","number"]}"#, r#"{"type":"string","maxLength":3}"#, 2),
    (r#"{"type":"number"}"#, r#"{"type":"integer","minimum":5}"#, 2),
    (r#"{"type":["string","number","null"]}"#, r#"{"type":"string"}"#, 2),
    (r#"{"type":"string"}"#, r#"{"type":"string","pattern":"^a","maxLength":3,"enum":["ab","abcd"]}"#, 3),
    // Objects: each name is a break of its own.
    (
        r#"{"type":"object","properties":{"a":{"type":["string","null"]},"b":{},"c":{}}}"#,
        r#"{"type":"object","properties":{"a":{"type":"string"}},"required":["c"],"additionalProperties":false}"#,
        4,
    ),
    (
        r#"{"type":"object","properties":{"a":{},"b":{}}}"#,
        r#"{"type":"object","properties":{"a":{}},"unevaluatedProperties":false,"required":["a"]}"#,
        2,
    ),
    // Arrays: the items, their number and their uniqueness.
    (
        r#"{"type":"array","items":{"type":"integer"}}"#,
        r#"{"type":"array","items":{"type":"integer","minimum":0},"minItems":1,"uniqueItems":true}"#,
        3,
    ),
    // A union, and the assertions beside it.
    (
        r#"{"type":"object","properties":{"k":{"enum":["a","b"]},"n":{"type":"integer"}},"required":["k"]}"#,
        r#"{"type":"object","properties":{"n":{"type":"integer","maximum":9}},"oneOf":[{"properties":{"k":{"const":"a"}}}],"required":["k"]}"#,
        2,
    ),
    // A recursion leads back to the same place.
    (
        r##"{"type":"object","properties":{"v":{"type":"integer"},"c":{"type":"array","items":{"$ref":"#"}}}}"##,
        r##"{"type":"object","properties":{"v":{"type":"integer","minimum":0},"c":{"type":"array","items":{"$ref":"#"}}}}"##,
        1,
    ),
];

#[test]
fn a_list_is_complete_and_accepting_all_of_it_accepts_the_rest_only_if_it_holds() {
    for model in [ContentModel::Lenient, ContentModel::Strict, ContentModel::Tolerant] {
        for (old, new, many) in LISTS {
            let versions = [("1.0.0", (*old).to_owned()), ("1.1.0", (*new).to_owned())];
            let shown = checked_last(&versions, &Waivers::default(), model);
            let breaks = shown.findings.iter().filter(|own| own.witness.is_some()).count();
            if model == ContentModel::Lenient {
                assert_eq!((breaks, shown.may_have_more), (*many, false), "{old} {new}: {shown:#?}");
            }
            if shown.findings.is_empty() {
                continue;
            }
            let all = checked_last(&versions, &accepting(&shown.findings), model);
            if !shown.may_have_more {
                assert_eq!(all.verdict, Verdict::Compatible, "{model} {old} {new}: {all:#?}");
            }
            for left in 0..shown.findings.len() {
                let others = shown.findings.iter().enumerate().filter(|(at, _)| *at != left);
                let waivers = accepting(others.map(|(_, own)| own));
                let report = checked_last(&versions, &waivers, model);
                assert_ne!(report.verdict, Verdict::Compatible, "{model} {old} {new}: {report:#?}");
                assert_eq!(open(&report).len(), 1, "{model} {old} {new}: {report:#?}");
            }
        }
    }
}

#[test]
fn a_late_patch_repeats_a_waived_change_of_a_later_version() {
    let (first, second) = (status(r#""a","b""#), status(r#""a""#));
    let shown = checked_last(
        &[("1.0.0", first.clone()), ("1.1.0", second.clone())],
        &Waivers::default(),
        ContentModel::Lenient,
    );
    let waivers = accepting(&shown.findings);
    let history: Vec<Baseline> = [("1.0.0", &first), ("1.1.0", &second)]
        .map(|(at, text)| Baseline { resolved: resolved(at, text), standing: Standing::Current })
        .into();
    let settings = settings(Mode::BackwardTransitive, ContentModel::Lenient);
    let same = check(&resolved("1.0.1", &first), &history, &settings, &waivers);
    assert_eq!(same.verdict, Verdict::Compatible, "{same:#?}");
    let wider = check(&resolved("1.0.1", &status(r#""a","b","c""#)), &history, &settings, &waivers);
    assert_eq!(wider.verdict, Verdict::Incompatible, "{wider:#?}");
}

#[test]
fn a_waiver_has_a_reason() {
    let mut waivers = Waivers::default();
    assert_eq!(waivers.add("0123456789abcdef", " \t"), Err(WaiverError::ReasonMissing));
    assert_eq!(waivers.add("0123456789abcdef", &"x".repeat(2_001)), Err(WaiverError::ReasonTooLong));
    assert_eq!(waivers.add("0123456789abcdef", "it was never sent"), Ok(()));
    assert_eq!(json!(waivers.reason("0123456789abcdef")), json!("it was never sent"));
}
