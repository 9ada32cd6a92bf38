//! Pages for people: the same answers as the JSON, to be read.

use evschema_api::Problem;

/// The templates, ready to be filled in.
#[derive(Debug)]
pub(crate) struct Pages {}

impl Pages {
    pub(crate) fn new() -> Self {
        Self {}
    }

    pub(crate) fn problem(&self, problem: &Problem) -> String {
        problem.status.to_string()
    }
}
