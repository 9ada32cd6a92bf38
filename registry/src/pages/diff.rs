use evschema_compat::{Change, ChangeKind, Diff, Direction, Finding};
use evschema_model::Version;
use serde::Serialize;

use super::{Pages, pointer_text};

#[derive(Serialize)]
struct View {
    subject: String,
    from: String,
    to: String,
    backward: &'static str,
    forward: &'static str,
    required_bump: &'static str,
    content_model: &'static str,
    findings: Vec<FindingRow>,
    may_have_more: bool,
    changes: Vec<ChangeRow>,
}

#[derive(Serialize)]
struct FindingRow {
    rule: String,
    severity: &'static str,
    direction: &'static str,
    place: String,
    message: String,
    witness: Option<String>,
    witness_means: String,
    refusal: Option<String>,
    help: String,
}

#[derive(Serialize)]
struct ChangeRow {
    kind: &'static str,
    place: String,
    message: String,
}

impl Pages {
    /// Returns the page with the comparison of two versions.
    pub(crate) fn diff(&self, diff: Diff) -> String {
        let title = format!("{} {} to {}", diff.subject, diff.from, diff.to);
        let (from, to) = (diff.from, diff.to);
        let view = View {
            subject: diff.subject.to_string(),
            backward: diff.backward.as_str(),
            forward: diff.forward.as_str(),
            required_bump: diff.required_bump.as_str(),
            content_model: diff.content_model.as_str(),
            may_have_more: diff.may_have_more,
            findings: diff.findings.into_iter().map(|finding| finding_row(finding, &from, &to)).collect(),
            changes: diff.changes.into_iter().map(change_row).collect(),
            from: from.to_string(),
            to: to.to_string(),
        };
        self.render("diff", &title, "", &view)
    }
}

fn finding_row(finding: Finding, from: &Version, to: &Version) -> FindingRow {
    let (writer, reader) = match finding.direction {
        Direction::Backward => (from, to),
        Direction::Forward => (to, from),
    };
    FindingRow {
        rule: finding.rule,
        severity: finding.severity.as_str(),
        direction: finding.direction.as_str(),
        place: pointer_text(&finding.pointer),
        message: finding.message,
        witness: finding.witness.and_then(|witness| serde_json::to_string_pretty(&witness).ok()),
        witness_means: format!("This event is valid under {writer} and rejected by {reader}:"),
        refusal: finding.refusal,
        help: finding.help,
    }
}

fn change_row(change: Change) -> ChangeRow {
    let kind = match change.kind {
        ChangeKind::Added => "added",
        ChangeKind::Removed => "removed",
        ChangeKind::Widened => "widened",
        ChangeKind::Narrowed => "narrowed",
        ChangeKind::Changed => "changed",
        ChangeKind::Annotation => "annotation",
    };
    ChangeRow { kind, place: pointer_text(&change.pointer), message: change.message }
}
