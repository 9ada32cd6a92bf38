//! Tests of lines, baselines, required bumps and required versions.

use super::*;
use crate::report::Verdict;
use evschema_model::ContentModel::Lenient;

const NARROW: &str = r#"{"type":"integer","minimum":5}"#;
const MIDDLE: &str = r#"{"type":"integer"}"#;
const WIDE: &str = r#"{"type":"number"}"#;

fn history(versions: &[(&str, &str)]) -> Vec<Baseline> {
    versions
        .iter()
        .map(|(version, text)| Baseline {
            resolved: resolved(version.trim_start_matches(['-', '!']), text),
            // A minus marks a yanked version, and an exclamation mark one that was never used.
            standing: match version.as_bytes()[0] {
                b'-' => Standing::Yanked,
                b'!' => Standing::NeverUsed,
                _ => Standing::Current,
            },
        })
        .collect()
}

fn report(mode: Mode, versions: &[(&str, &str)], candidate: (&str, &str)) -> Report {
    check(
        &resolved(candidate.0, candidate.1),
        &history(versions),
        &settings(mode, Lenient),
        &Waivers::default(),
    )
}

fn baselines(report: &Report) -> Vec<String> {
    report.baselines.iter().map(ToString::to_string).collect()
}

#[test]
fn baselines_are_the_line_or_its_latest() {
    let versions = [
        ("0.9.0", WIDE),
        ("1.0.0", MIDDLE),
        ("1.1.0", MIDDLE),
        ("!1.2.0", NARROW),
        ("1.3.0-rc.1", NARROW),
        ("2.0.0", NARROW),
    ];
    for (mode, candidate, expected) in [
        (Mode::BackwardTransitive, "1.3.0", vec!["1.0.0", "1.1.0"]),
        (Mode::Backward, "1.3.0", vec!["1.1.0"]),
        (Mode::None, "1.3.0", vec![]),
        // Between two versions of a line: the versions before and after the candidate.
        (Mode::FullTransitive, "1.0.5", vec!["1.0.0", "1.1.0"]),
        (Mode::Full, "1.0.5", vec!["1.0.0", "1.1.0"]),
        // A new line has no baseline.
        (Mode::FullTransitive, "3.0.0", vec![]),
        // A pre-release is checked like any version.
        (Mode::BackwardTransitive, "1.4.0-beta.1", vec!["1.0.0", "1.1.0"]),
        // In 0.x, each minor version has its own line.
        (Mode::BackwardTransitive, "0.9.1", vec!["0.9.0"]),
        (Mode::BackwardTransitive, "0.10.0", vec![]),
    ] {
        let report = report(mode, &versions, (candidate, MIDDLE));
        assert_eq!(baselines(&report), expected, "{mode} {candidate}");
    }
}

#[test]
fn versions_need_not_arrive_in_order() {
    // A patch of an older line is compared with the versions before and after it, not with later lines.
    let versions = [("1.0.0", MIDDLE), ("1.1.0", WIDE), ("2.0.0", r#"{"type":"string"}"#)];
    let between = |text| report(Mode::BackwardTransitive, &versions, ("1.0.1", text));
    assert!(between(MIDDLE).is_accepted());
    // A reader of 1.1.0 must accept events of 1.0.1, and a reader of 1.0.1 those of 1.0.0.
    assert_eq!(between(NARROW).verdict, Verdict::Incompatible);
    assert_eq!(between(r#"{"type":["integer","null"]}"#).verdict, Verdict::Incompatible);
    // The order of the history makes no difference.
    let mut turned = history(&versions);
    turned.reverse();
    let candidate = resolved("1.0.1", NARROW);
    let settings = settings(Mode::BackwardTransitive, Lenient);
    assert_eq!(
        check(&candidate, &turned, &settings, &Waivers::default()),
        check(&candidate, &history(&versions), &settings, &Waivers::default())
    );
}

/// Events of a yanked version exist, so a new reader must accept them.
#[test]
fn a_yanked_version_stays_a_baseline() {
    let versions = [
        ("1.0.0", MIDDLE),
        ("-1.1.0", MIDDLE),
        ("1.2.0", MIDDLE),
        ("-1.3.0", MIDDLE),
        ("!1.4.0", MIDDLE),
        ("-1.5.0", MIDDLE),
        ("-1.7.0", MIDDLE),
        ("1.8.0", MIDDLE),
        ("1.9.0", MIDDLE),
        ("-2.0.0", MIDDLE),
        ("-2.1.0", MIDDLE),
    ];
    for (mode, candidate, expected) in [
        (
            Mode::BackwardTransitive,
            "1.1.1",
            vec!["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.5.0", "1.7.0", "1.8.0", "1.9.0"],
        ),
        // On each side, the nearest version that is not yanked, and the yanked versions that are nearer.
        (Mode::Backward, "1.6.0", vec!["1.2.0", "1.3.0", "1.5.0", "1.7.0", "1.8.0"]),
        (Mode::Backward, "1.2.1", vec!["1.2.0", "1.3.0", "1.5.0", "1.7.0", "1.8.0"]),
        (Mode::Backward, "1.9.1", vec!["1.9.0"]),
        (Mode::Full, "1.1.1", vec!["1.0.0", "1.1.0", "1.2.0"]),
        // All versions of the line are yanked.
        (Mode::Backward, "2.2.0", vec!["2.0.0", "2.1.0"]),
        (Mode::None, "1.6.0", vec![]),
    ] {
        let report = report(mode, &versions, (candidate, MIDDLE));
        assert_eq!(baselines(&report), expected, "{mode} {candidate}");
    }
    let broken = report(Mode::Backward, &[("1.0.0", MIDDLE), ("-1.1.0", WIDE)], ("1.2.0", MIDDLE));
    assert_eq!((broken.verdict, broken.required_bump), (Verdict::Incompatible, Bump::Major));
    assert_eq!(broken.required_version.to_string(), "2.0.0");
    // The fix of a yanked version must not break the version before it either.
    let broken = report(Mode::Backward, &[("1.0.0", WIDE), ("-1.1.0", MIDDLE)], ("1.2.0", MIDDLE));
    assert_eq!(broken.verdict, Verdict::Incompatible);
}

#[test]
fn never_used_and_pre_release_versions_are_no_baselines() {
    for gone in ["!1.1.0", "1.1.0-rc.1"] {
        let report = report(Mode::FullTransitive, &[("1.0.0", MIDDLE), (gone, WIDE)], ("1.2.0", MIDDLE));
        assert_eq!(
            (report.verdict, baselines(&report)),
            (Verdict::Compatible, vec!["1.0.0".to_owned()]),
            "{gone}"
        );
    }
    // A pre-release that breaks is rejected like any version.
    assert!(!report(Mode::Backward, &[("1.0.0", MIDDLE)], ("1.1.0-rc.1", NARROW)).is_accepted());
}

#[test]
fn the_required_bump_follows_mode_and_direction() {
    let title = r#"{"type":"integer","title":"a count"}"#;
    for (old, new, mode, expected) in [
        // Widened: the new version accepts more.
        (MIDDLE, WIDE, Mode::Backward, Bump::Minor),
        (MIDDLE, WIDE, Mode::Forward, Bump::Major),
        (MIDDLE, WIDE, Mode::Full, Bump::Major),
        (MIDDLE, WIDE, Mode::None, Bump::Minor),
        // Narrowed.
        (WIDE, MIDDLE, Mode::Backward, Bump::Major),
        (WIDE, MIDDLE, Mode::Forward, Bump::Minor),
        // Annotations only.
        (MIDDLE, title, Mode::Full, Bump::Patch),
        (title, MIDDLE, Mode::Backward, Bump::Patch),
        // A typed field was added. The set of accepted events shrinks only under `strict`.
        (
            r#"{"type":"object","properties":{"a":{}}}"#,
            r#"{"type":"object","properties":{"a":{},"b":{"type":"string"}}}"#,
            Mode::Backward,
            Bump::Minor,
        ),
        // An undecided change counts like a break.
        (
            r#"{"type":"string","pattern":"(?=a)b?"}"#,
            r#"{"type":"string","pattern":"(?=b|a)b?.*"}"#,
            Mode::Backward,
            Bump::Major,
        ),
    ] {
        let settings = settings(mode, Lenient);
        let bump = required_bump(&resolved("1.0.0", old), &resolved("1.1.0", new), &settings);
        assert_eq!(bump, expected, "{mode}: {old} -> {new}");
    }
}

#[test]
fn a_version_too_small_is_rejected_with_the_required_version() {
    let title = r#"{"type":"integer","title":"a count"}"#;
    for (versions, candidate, accepted, required) in [
        (vec![("1.0.0", MIDDLE)], ("1.0.1", WIDE), false, "1.1.0"),
        (vec![("1.0.0", MIDDLE)], ("1.1.0", WIDE), true, "1.1.0"),
        (vec![("1.0.0", MIDDLE)], ("1.0.1", title), true, "1.0.1"),
        // Larger than needed is allowed.
        (vec![("1.0.0", MIDDLE)], ("2.0.0", title), true, "2.0.0"),
        (vec![("1.0.0", MIDDLE)], ("1.1.0", NARROW), false, "2.0.0"),
        // The next free major version, if later lines exist.
        (vec![("1.0.0", MIDDLE), ("2.4.0", WIDE)], ("1.1.0", NARROW), false, "3.0.0"),
        // In 0.x, a minor version may break readers, and a patch may add properties.
        (vec![("0.1.0", MIDDLE)], ("0.1.1", WIDE), true, "0.1.1"),
        (vec![("0.1.0", MIDDLE)], ("0.1.1", NARROW), false, "0.2.0"),
        (vec![("0.1.0", MIDDLE)], ("0.2.0", NARROW), true, "0.2.0"),
        // The first version of a subject may have any number.
        (vec![], ("0.0.1", WIDE), true, "0.0.1"),
    ] {
        let report = report(Mode::BackwardTransitive, &versions, candidate);
        assert_eq!(
            (report.is_accepted(), report.required_version.to_string().as_str()),
            (accepted, required),
            "{versions:?} then {candidate:?}"
        );
    }
}

#[test]
fn equal_schemas_in_other_spellings_are_a_patch_at_most() {
    let draft_7 = r#""$schema":"http://json-schema.org/draft-07/schema#","#;
    let in_draft_7 = |text: &str| text.replacen('{', &format!("{{{draft_7}"), 1);
    for (one, other) in [
        (
            r#"{"oneOf":[{"type":"string"},{"type":"null"}]}"#.to_owned(),
            r#"{"type":["string","null"]}"#.to_owned(),
        ),
        (
            r#"{"anyOf":[{"type":"string"},{"type":"null"}]}"#.to_owned(),
            r#"{"type":["null","string"]}"#.to_owned(),
        ),
        (r#"{"enum":["a","b"]}"#.to_owned(), r#"{"type":"string","enum":["b","a"]}"#.to_owned()),
        (r#"{"const":"a"}"#.to_owned(), r#"{"enum":["a"]}"#.to_owned()),
        (
            r#"{"allOf":[{"type":"object","required":["a"]}]}"#.to_owned(),
            r#"{"type":"object","required":["a"]}"#.to_owned(),
        ),
        (
            r##"{"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"type":"string","minLength":1}}}"##
                .to_owned(),
            r#"{"properties":{"a":{"type":"string","minLength":1}}}"#.to_owned(),
        ),
        (
            r##"{"properties":{"a":{"$ref":"#/$defs/x"}},"$defs":{"x":{"type":"string"}}}"##.to_owned(),
            r##"{"properties":{"a":{"$ref":"#/definitions/y"}},"definitions":{"y":{"type":"string"}}}"##
                .to_owned(),
        ),
        (r#"{"minimum":1,"type":"integer"}"#.to_owned(), r#"{"type":"integer","minimum":1.0}"#.to_owned()),
        (
            r#"{"type":"integer","exclusiveMinimum":0}"#.to_owned(),
            r#"{"type":"integer","minimum":1}"#.to_owned(),
        ),
        (
            r#"{"type":"object","required":["a","b"]}"#.to_owned(),
            r#"{"type":"object","required":["b","a"]}"#.to_owned(),
        ),
        // The same schema in another draft, with the keywords of each.
        (
            in_draft_7(r#"{"type":"array","items":[{"type":"string"}],"additionalItems":false}"#),
            r#"{"type":"array","prefixItems":[{"type":"string"}],"items":false}"#.to_owned(),
        ),
        (
            in_draft_7(r#"{"properties":{"a":{},"b":{}},"dependencies":{"a":["b"]}}"#),
            r#"{"properties":{"a":{},"b":{}},"dependentRequired":{"a":["b"]}}"#.to_owned(),
        ),
    ] {
        assert_eq!(bump(&one, &other), Bump::Patch, "{one} and {other}");
        assert_eq!(bump(&other, &one), Bump::Patch, "{other} and {one}");
    }
}

#[test]
fn the_version_written_into_a_schema_is_no_change() {
    for (older, newer) in [
        (r#"{"const":"1.0.0"}"#, r#"{"const":"1.1.0"}"#),
        (r#"{"enum":["1.0.0"]}"#, r#"{"enum":["1.1.0"]}"#),
        (
            r#"{"type":"string","enum":["1.0.0"],"default":"1.0.0"}"#,
            r#"{"type":"string","enum":["1.1.0"],"default":"1.1.0"}"#,
        ),
        (r#"{"const":"1.0"}"#, r#"{"const":"1.1"}"#),
        (r#"{"const":"v1.0"}"#, r#"{"const":"v1.1"}"#),
    ] {
        let text = |property: &str, more: &str| {
            format!(
                r#"{{"properties":{{"meta":{{"properties":{{"version":{property}{more}}},"required":["version"]}}}}}}"#
            )
        };
        let more = r#","note":{"type":"string"}"#;
        let report = checked_as(
            ("1.0.0", &text(older, "")),
            ("1.1.0", &text(newer, more)),
            Mode::BackwardTransitive,
            Lenient,
        );
        assert!(report.is_accepted(), "{older} -> {newer}: {report:#?}");
        assert_eq!(report.masked.len(), 1);
        assert_eq!(report.masked[0].as_str(), "/properties/meta/properties/version");
        assert_eq!(bump(&text(older, ""), &text(newer, "")), Bump::Patch, "{older} -> {newer}");
    }
    // A pre-release may contain its own version too.
    let tagged = checked_as(
        ("3.0.0", r#"{"properties":{"version":{"const":"3.0"}}}"#),
        ("3.1.0-RC3", r#"{"properties":{"version":{"const":"3.1-RC3"}}}"#),
        Mode::BackwardTransitive,
        Lenient,
    );
    assert_eq!((tagged.verdict, tagged.masked.len()), (Verdict::Compatible, 1));
    // A constant other than the version is an ordinary value.
    let other = checked_as(
        ("1.0.0", r#"{"properties":{"version":{"const":"7.0.0"}}}"#),
        ("1.1.0", r#"{"properties":{"version":{"const":"8.0.0"}}}"#),
        Mode::BackwardTransitive,
        Lenient,
    );
    assert_eq!((other.verdict, other.masked.len()), (Verdict::Incompatible, 0));
}

/// Tests all subsets of a history, for every mode and for candidates at each place.
#[test]
fn the_baselines_that_are_enough_give_the_same_report() {
    let versions = history(&[
        ("0.9.0", WIDE),
        ("1.0.0", NARROW),
        ("1.1.0", MIDDLE),
        ("-1.2.0", NARROW),
        ("1.3.0-rc.1", NARROW),
        ("1.4.0", MIDDLE),
        ("-2.0.0", NARROW),
        ("2.1.0", WIDE),
        ("3.0.0-a", NARROW),
    ]);
    let mut left_out = 0;
    for (candidate, text) in [
        ("0.1.0", WIDE),
        ("1.0.1", NARROW),
        ("1.1.1", MIDDLE),
        ("1.5.0", WIDE),
        ("2.2.0", MIDDLE),
        ("4.0.0", NARROW),
    ] {
        let candidate = resolved(candidate, text);
        for (mode, chosen) in
            Mode::ALL.into_iter().flat_map(|mode| (0..1 << versions.len()).map(move |c| (mode, c)))
        {
            let all: Vec<Baseline> = (0..versions.len())
                .filter(|place| chosen >> place & 1 == 1)
                .map(|place| versions[place].clone())
                .collect();
            let at = &candidate.schema().at().version;
            let enough: Vec<Baseline> =
                crate::check::baselines(at, mode, &all, Baseline::about).into_iter().cloned().collect();
            left_out += all.len() - enough.len();
            let settings = settings(mode, Lenient);
            let is_taken = |version: &Version| all.iter().any(|baseline| baseline.version() == version);
            let report = |history: &[Baseline]| {
                let mut report = check(&candidate, history, &settings, &Waivers::default());
                // The selected versions do not show which numbers are free.
                report.required_version =
                    crate::check::advise(&candidate, &report, history, &is_taken, &settings);
                report
            };
            assert_eq!(report(&enough), report(&all), "{mode:?} {at}");
        }
    }
    assert_ne!(left_out, 0);
}
