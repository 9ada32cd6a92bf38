//! Finds a version number under which a check accepts a rejected candidate.

use evschema_model::{Bump, Resolved, Version};

use super::selection::Selection;
use super::{Baseline, Settings, check_as};
use crate::report::{Report, Verdict};
use crate::waivers::Waivers;

/// Returns a version under which the check accepts a candidate. If the report accepts the candidate, the function
/// returns the candidate's own version. Otherwise it returns the smallest version that it has verified. A pre-release
/// keeps its tag.
///
/// `history` must have the versions that [`baselines`](super::baselines) selects, and `is_taken` must know every
/// registered version. The advice assumes that version constants of the document change together with the version.
pub fn advise(
    candidate: &Resolved,
    report: &Report,
    history: &[Baseline],
    is_taken: &dyn Fn(&Version) -> bool,
    settings: &Settings,
) -> Version {
    let at = &report.version;
    if report.is_accepted() {
        return at.clone();
    }
    let around = Selection::of(at, settings.policy.mode, history, Baseline::about);
    let free = |version: Version| next_free(version, at, is_taken);
    // If only the version number changes and its two neighbours stay the same, the verdict also stays the same.
    if report.verdict == Verdict::Compatible
        && let Some(before) = around.line_previous
    {
        let next = free(before.version().next(report.required_bump));
        let has_same_neighbours = around.line_next.is_none_or(|after| next < *after.version());
        if next.line() == before.version().line() && has_same_neighbours {
            return next;
        }
    }
    // The line has later versions, so no version between the neighbours is free. Above the newest version of its line,
    // the candidate has other neighbours.
    if let Some(newest) = around.line_newest.filter(|newest| at < newest.version()) {
        let settings = Settings { advises: false, ..*settings };
        let mut bump = Bump::Patch;
        loop {
            let next = free(newest.version().next(bump));
            let on_top = check_as(&next, candidate, history, &settings, &Waivers::default());
            if on_top.is_accepted() {
                return next;
            }
            if on_top.verdict != Verdict::Compatible || on_top.required_bump <= bump {
                break;
            }
            bump = on_top.required_bump;
        }
    }
    // A new line has no baselines.
    around.highest.map_or_else(|| at.clone(), |highest| free(new_line(highest.version())))
}

/// Returns the first version of a line above every registered version.
fn new_line(highest: &Version) -> Version {
    if highest.is_prerelease() {
        // If a line has only pre-releases, no release has its version number yet.
        let release = highest.next(Bump::Patch);
        let line = release.line();
        if release == Version::new(line.major, line.minor, 0) {
            return release;
        }
    }
    highest.next(Bump::Major)
}

/// Returns the first free version that is not below `version`, with the pre-release tag of `like`. The search increases
/// the patch number.
fn next_free(mut version: Version, like: &Version, is_taken: &dyn Fn(&Version) -> bool) -> Version {
    loop {
        let tagged = version.tagged_like(like);
        if !is_taken(&tagged) {
            return tagged;
        }
        version = version.next(Bump::Patch);
    }
}
