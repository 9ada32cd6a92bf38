use evschema_compat::Severity;
use serde_json::Value;

use crate::Outcome;
use crate::finding::Finding;

/// What a command that looks for findings has to say.
#[derive(Debug)]
pub(crate) struct Report {
    /// The command's name.
    pub(crate) command: &'static str,
    /// What was looked at, `14 versions of 9 subjects`.
    pub(crate) looked_at: String,
    /// What it means that nothing was found: `every version is compatible with …`.
    pub(crate) clean: String,
    /// Everything found, in the order to show it.
    pub(crate) findings: Vec<Finding>,
    /// More for programs, by name; absent from the other formats.
    pub(crate) details: Vec<(&'static str, Value)>,
}

impl Report {
    /// Returns how the command ends.
    pub(crate) fn outcome(&self) -> Outcome {
        if self.findings.iter().any(Finding::counts) { Outcome::Findings } else { Outcome::Clean }
    }

    /// Returns the last line, for people: how many of what, or that all is well.
    pub(crate) fn summary(&self) -> String {
        let count = |severity| {
            let all = self.findings.iter().filter(|f| f.waived.is_none() && f.severity == severity);
            all.count()
        };
        let waived = self.findings.iter().filter(|f| f.waived.is_some()).count();
        let mut parts = Vec::new();
        for (severity, one) in
            [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")]
        {
            match count(severity) {
                0 => {}
                1 => parts.push(format!("1 {one}")),
                n => parts.push(format!("{n} {one}s")),
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

/// Returns `1 version` or `3 versions`.
pub(crate) fn counted(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}
