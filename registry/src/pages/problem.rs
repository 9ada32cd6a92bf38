use evschema_api::{Problem, ProblemError};
use serde::Serialize;

use super::Pages;

#[derive(Serialize)]
struct View<'p> {
    status: u16,
    title_text: String,
    detail: String,
    help: Option<&'p str>,
    errors: Vec<Row<'p>>,
    code: &'static str,
    request_id: Option<&'p str>,
}

#[derive(Serialize)]
struct Row<'p> {
    line: Option<u32>,
    column: Option<u32>,
    detail: &'p str,
    pointer: &'p str,
}

impl Pages {
    /// Returns the page of an error.
    pub(crate) fn problem(&self, problem: &Problem) -> String {
        let view = View {
            status: problem.status,
            title_text: capitalized(&problem.title),
            detail: capitalized(&problem.detail),
            help: problem.help.as_deref(),
            errors: problem.errors.iter().map(row).collect(),
            code: problem.code.as_str(),
            request_id: problem.request_id.as_deref(),
        };
        self.render("problem", &view.title_text, "", &view)
    }
}

fn row(error: &ProblemError) -> Row<'_> {
    Row { line: error.line, column: error.column, detail: &error.detail, pointer: error.pointer.as_str() }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
