use serde_json::{Value, json};

use super::render::Render;
use super::report::counted;
use crate::terminal::Terminal;
use crate::terminal::escape::one_line;

/// A list of subjects.
pub(crate) struct SubjectList(pub(crate) Vec<SubjectRow>);

/// A subject in a list.
pub(crate) struct SubjectRow {
    /// The name.
    pub(crate) subject: String,
    /// The latest version, if the subject has a release.
    pub(crate) latest: Option<String>,
    /// The number of versions.
    pub(crate) versions: usize,
    /// The description.
    pub(crate) description: Option<String>,
}

impl Render for SubjectList {
    fn print_text(&self, terminal: &mut Terminal) {
        let Self(rows) = self;
        let width = |of: fn(&SubjectRow) -> usize| rows.iter().map(of).max().unwrap_or_default();
        let subject = width(|row| row.subject.len());
        let latest = width(|row| row.latest.as_deref().unwrap_or("-").len());
        for row in rows {
            let description = terminal.dim(&row.description.as_deref().map(one_line).unwrap_or_default());
            let text = format!(
                "{:subject$}  {:latest$}  {:>3}  {description}",
                row.subject,
                row.latest.as_deref().unwrap_or("-"),
                row.versions,
            );
            terminal.print(text.trim_end());
        }
        terminal.info(counted(rows.len(), "subject"));
    }

    fn print_short(&self, terminal: &mut Terminal) {
        self.0.iter().for_each(|row| terminal.print(&row.subject));
    }

    fn json(&self) -> Value {
        let rows = self.0.iter().map(|row| {
            json!({
                "subject": row.subject,
                "latest": row.latest,
                "versions": row.versions,
                "description": row.description,
            })
        });
        json!({ "subjects": rows.collect::<Vec<_>>() })
    }
}
