use evschema_compat::Severity;
use serde_json::Value;

use super::render::Render;
use super::{finding_line, finding_text, report_json};
use crate::finding::Finding;
use crate::outcome::Outcome;
use crate::terminal::Terminal;

/// The result of a command that searches for findings.
#[derive(Debug)]
pub(crate) struct Report {
    /// The name of the command.
    pub(crate) command: &'static str,
    /// The files, versions or events that the command examined: `14 versions of 9 subjects`.
    pub(crate) looked_at: String,
    /// The conclusion if the command has no findings: `every version is compatible with …`.
    pub(crate) clean: String,
    /// All findings, in the order in which to show them.
    pub(crate) findings: Vec<Finding>,
    /// Additional members of the JSON document, by name; the other formats leave them out.
    pub(crate) details: Vec<(&'static str, Value)>,
}

impl Report {
    /// Returns how the command ends.
    pub(crate) fn outcome(&self) -> Outcome {
        if self.findings.iter().any(Finding::is_blocking) { Outcome::Findings } else { Outcome::Clean }
    }

    /// Returns the last line for people: the number of findings, or the conclusion if the command has none.
    fn summary(&self) -> String {
        let count = |severity| {
            let all = self.findings.iter().filter(|f| f.waived.is_none() && f.severity == severity);
            all.count()
        };
        let waived = self.findings.iter().filter(|f| f.waived.is_some()).count();
        let mut parts = Vec::new();
        for (severity, name) in
            [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")]
        {
            match count(severity) {
                0 => {}
                number => parts.push(counted(number, name)),
            }
        }
        if 0 < waived {
            parts.push(format!("{waived} waived"));
        }
        match (self.outcome(), parts.is_empty()) {
            (Outcome::Clean, true) => format!("OK: {}, {}", self.looked_at, self.clean),
            (Outcome::Clean, false) => {
                format!("OK: {}, {} ({})", self.looked_at, self.clean, parts.join(", "))
            }
            (Outcome::Findings, _) => format!("{}: {}", self.looked_at, parts.join(", ")),
        }
    }
}

impl Render for Report {
    fn print_text(&self, terminal: &mut Terminal) {
        let renderer = terminal.renderer();
        for finding in &self.findings {
            terminal.print(finding_text::render_finding(finding, &renderer));
            terminal.print("");
        }
        terminal.info(self.summary());
    }

    fn print_short(&self, terminal: &mut Terminal) {
        for finding in &self.findings {
            terminal.print(finding_line::render_finding(finding));
        }
        terminal.info(self.summary());
    }

    fn json(&self) -> Value {
        report_json::document(self)
    }
}

/// Returns `1 version` or `3 versions`.
pub(crate) fn counted(number: usize, singular: &str) -> String {
    if number == 1 { format!("1 {singular}") } else { format!("{number} {singular}s") }
}
