//! Converts the reports of the compatibility engine into the findings that the command shows.

use evschema_compat::{Diff, Report, Severity, Verdict};
use evschema_model::{Bump, Mode, Version};

use crate::finding::{Finding, Source};

/// Returns the findings of a check. An undecided verdict and a version number that is too small are findings too.
///
/// `published` returns the file of a version that the candidate was compared with.
pub(crate) fn findings<'s>(
    report: &Report,
    candidate: &Source<'_>,
    published: &dyn Fn(&Version) -> Option<Source<'s>>,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = report
        .findings
        .iter()
        .map(|found| Finding::from_compat(found, candidate, published(&found.baseline).as_ref()))
        .collect();
    let is_rejected = findings.iter().any(Finding::is_blocking);
    if !is_rejected && report.verdict == Verdict::Undecided {
        let help = if report.required_version == report.version {
            "simplify the schema".to_owned()
        } else {
            format!("publish the change as {}, or simplify the schema", report.required_version)
        };
        findings.push(undecided(candidate).help(help));
    }
    // The finding of a breaking change already names the required version.
    if !is_rejected && report.verdict == Verdict::Compatible && report.version_too_small {
        findings.push(version_too_small(report, candidate));
    }
    if report.may_have_more {
        findings.push(search_incomplete(candidate));
    }
    findings.into_iter().map(|finding| finding.with_required_version(report)).collect()
}

/// Returns the findings of a comparison of two versions. If the mode checks a direction, and this direction is
/// undecided, the function also returns a finding for this.
pub(crate) fn findings_from_diff(
    diff: &Diff,
    mode: Mode,
    older: &Source<'_>,
    newer: &Source<'_>,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        diff.findings.iter().map(|found| Finding::from_compat(found, newer, Some(older))).collect();
    let is_undecided = (mode.checks_backward() && diff.backward != Verdict::Compatible)
        || (mode.checks_forward() && diff.forward != Verdict::Compatible);
    if is_undecided && !findings.iter().any(Finding::is_blocking) {
        findings.push(undecided(newer).help("treat the change as a break, or simplify the schema"));
    }
    if diff.may_have_more {
        findings.push(search_incomplete(newer));
    }
    findings
}

/// Returns a finding with this message: the list of findings may be incomplete.
fn search_incomplete(candidate: &Source<'_>) -> Finding {
    let message = format!("{} may have more findings than these", candidate.schema.at());
    let mut finding = Finding::error("search-incomplete", message, candidate.whole())
        .help("change the schema, and check again");
    finding.severity = Severity::Note;
    finding
}

fn undecided(candidate: &Source<'_>) -> Finding {
    let message = format!("cannot decide whether {} is compatible", candidate.schema.at());
    Finding::error("undecided", message, candidate.whole())
        .note("the check rejects an undecided change, although the change may be compatible")
}

fn version_too_small(report: &Report, candidate: &Source<'_>) -> Finding {
    let bump = match report.required_bump {
        Bump::Patch => "a new patch version",
        Bump::Minor => "a new minor version",
        Bump::Major => "a new major version",
    };
    let message = format!(
        "the number {} is too small for this change; the change needs {}",
        report.version, report.required_version
    );
    Finding::error("version-too-small", message, candidate.whole())
        .note(format!("the change requires {bump} (mode {})", report.mode))
        .help("`evschema check --against … --fix` renames the file")
}
