use evschema_compat::{Change, ChangeKind, Diff};
use serde_json::Value;

use super::render::Render;
use super::report::Report;
use crate::terminal::Terminal;
use crate::terminal::escape::one_line;

/// The comparison of two versions: their changes, and the findings.
pub(crate) struct VersionDiff {
    /// The changes, and the verdict for each direction.
    pub(crate) diff: Diff,
    /// The findings.
    pub(crate) report: Report,
}

impl Render for VersionDiff {
    fn print_text(&self, terminal: &mut Terminal) {
        let Self { diff, report } = self;
        for change in &diff.changes {
            let pointer = if change.pointer.as_str().is_empty() { "(root)" } else { change.pointer.as_str() };
            terminal.print(format!("{} {} {}", sign(change), one_line(pointer), one_line(&change.message)));
        }
        if !diff.changes.is_empty() {
            terminal.print("");
        }
        terminal.print(format!(
            "backward: {}  forward: {}  required bump: {}  (content model {})",
            diff.backward, diff.forward, diff.required_bump, diff.content_model
        ));
        if !diff.findings.is_empty() {
            terminal.print("");
        }
        report.print_text(terminal);
    }

    fn print_short(&self, terminal: &mut Terminal) {
        self.report.print_short(terminal);
    }

    fn json(&self) -> Value {
        self.report.json()
    }
}

/// Returns the character that marks this kind of change.
fn sign(change: &Change) -> char {
    match change.kind {
        ChangeKind::Added => '+',
        ChangeKind::Removed => '-',
        ChangeKind::Widened => '>',
        ChangeKind::Narrowed => '<',
        ChangeKind::Changed => '~',
        ChangeKind::Annotation => '"',
    }
}
