//! Tests that a check accepts a candidate that follows the advice, for every history of up to three versions.

use super::*;
use evschema_model::ContentModel::Lenient;

const NARROW: &str = r#"{"type":"integer","minimum":5}"#;
const MIDDLE: &str = r#"{"type":"integer"}"#;
const TITLED: &str = r#"{"type":"integer","title":"a count"}"#;
const WIDE: &str = r#"{"type":"number"}"#;

/// The version numbers of a history: two lines, a patch, pre-releases, and a line of 0.x.
const NUMBERS: [&str; 8] = ["0.9.0", "1.0.0", "1.0.1", "1.1.0", "1.2.0-rc.1", "1.2.0", "2.0.0-rc.1", "2.0.0"];

fn baseline(version: &str, text: &str, standing: Standing) -> Baseline {
    Baseline { resolved: resolved(version, text), standing }
}

/// Returns every history of up to three of these numbers, with each content for each version. One content also occurs
/// as yanked, used or never used.
fn histories() -> Vec<Vec<Baseline>> {
    let mut histories: Vec<Vec<Baseline>> = vec![Vec::new()];
    let mut all = Vec::new();
    for number in NUMBERS {
        for shorter in histories.clone().iter().filter(|history| history.len() < 3) {
            for (text, standing) in [
                (NARROW, Standing::Current),
                (MIDDLE, Standing::Current),
                (WIDE, Standing::Current),
                (WIDE, Standing::Yanked),
                (MIDDLE, Standing::NeverUsed),
            ] {
                let mut longer = shorter.clone();
                longer.push(baseline(number, text, standing));
                histories.push(longer);
            }
        }
    }
    all.append(&mut histories);
    all
}

/// Checks a candidate, follows the advice, and returns the advised version, if it differs.
fn follow(version: &str, text: &str, history: &[Baseline], mode: Mode) -> Option<Version> {
    let settings = Settings { advises: false, ..settings(mode, Lenient) };
    let report = check(&resolved(version, text), history, &settings, &Waivers::default());
    let shown = || {
        let history: Vec<String> = history
            .iter()
            .map(|b| {
                format!(
                    "{}{} {}",
                    b.version(),
                    match b.standing {
                        Standing::Current => "",
                        Standing::Yanked => " (yanked)",
                        Standing::NeverUsed => " (never used)",
                    },
                    b.resolved.schema().value()
                )
            })
            .collect();
        format!("{version} {text} after {history:?} under {mode}: {}", report.required_version)
    };
    if report.is_accepted() {
        assert_eq!(report.required_version, report.version, "{}", shown());
        return None;
    }
    if report.required_version == report.version {
        return None;
    }
    let advice = report.required_version.clone();
    assert!(history.iter().all(|taken| *taken.version() != advice), "taken: {}", shown());
    assert_eq!(advice.is_prerelease(), report.version.is_prerelease(), "another kind: {}", shown());
    let again = check(&resolved(&advice.to_string(), text), history, &settings, &Waivers::default());
    assert!(again.is_accepted(), "refused again: {}", shown());
    Some(advice)
}

#[test]
fn advice_that_is_followed_is_accepted() {
    let mut followed = 0_usize;
    // With a prime stride, the tested part is as mixed as all combinations.
    let stride = if std::env::var_os("EVSCHEMA_EXHAUSTIVE").is_some() { 1 } else { 53 };
    let mut at = 0_usize;
    for history in histories() {
        for version in NUMBERS.into_iter().chain(["1.0.0-rc.1", "1.0.2", "1.1.0-rc.1", "1.3.0"]) {
            if history.iter().any(|taken| taken.version().to_string() == version) {
                continue;
            }
            for text in [NARROW, TITLED, WIDE] {
                for mode in [Mode::BackwardTransitive, Mode::Full, Mode::Forward, Mode::None] {
                    at += 1;
                    if at.is_multiple_of(stride) {
                        followed += usize::from(follow(version, text, &history, mode).is_some());
                    }
                }
            }
        }
    }
    assert!(500 < followed, "only {followed} of {at} got advice");
}

#[test]
fn late_versions_get_the_smallest_version_that_works() {
    for (history, candidate, expected) in [
        // A late patch that adds something finds no free version below 1.1.0.
        (vec![("1.0.0", MIDDLE), ("1.1.0", WIDE)], ("1.0.1", WIDE), Some("1.1.1")),
        (vec![("1.0.0", MIDDLE), ("1.1.0", TITLED)], ("1.0.1", WIDE), Some("1.2.0")),
        // Similar cases: the change is only a patch, or a version is free.
        (vec![("1.0.0", MIDDLE), ("1.1.0", WIDE)], ("1.0.1", TITLED), None),
        (vec![("1.0.0", MIDDLE), ("1.2.0", WIDE)], ("1.0.1", WIDE), Some("1.1.0")),
        // The candidate breaks the version above it, and would also break readers on top of the line.
        (vec![("1.0.0", MIDDLE), ("1.1.0", WIDE)], ("1.0.1", NARROW), Some("2.0.0")),
        (vec![("1.0.0", MIDDLE), ("1.1.0", WIDE), ("2.0.0", WIDE)], ("1.0.1", NARROW), Some("3.0.0")),
        // The candidate is below all versions of its line.
        (vec![("1.1.0", MIDDLE)], ("1.0.0", WIDE), Some("1.2.0")),
        (vec![("1.1.0", MIDDLE)], ("1.0.0", NARROW), None),
        // A late pre-release keeps its tag.
        (vec![("1.0.0", MIDDLE), ("1.1.0", TITLED)], ("1.1.0-rc.1", NARROW), Some("2.0.0-rc.1")),
        (vec![("1.0.0", MIDDLE), ("1.1.0", TITLED)], ("1.0.1-rc.1", WIDE), Some("1.2.0-rc.1")),
        // A line with pre-releases only is still free.
        (vec![("1.0.0", MIDDLE), ("2.0.0-rc.1", NARROW)], ("1.1.0", NARROW), Some("2.0.0")),
        (vec![("1.0.0", MIDDLE), ("2.1.0-rc.1", NARROW)], ("1.1.0", NARROW), Some("3.0.0")),
    ] {
        let history: Vec<Baseline> =
            history.into_iter().map(|(version, text)| baseline(version, text, Standing::Current)).collect();
        let advice = follow(candidate.0, candidate.1, &history, Mode::BackwardTransitive);
        assert_eq!(advice.map(|a| a.to_string()).as_deref(), expected, "{candidate:?}");
    }
}
