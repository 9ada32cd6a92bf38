//! The two versions of a comparison, with their roles in the report.

use evschema_model::Resolved;

use crate::report::{Direction, Severity};

/// A pair of versions with their roles in a report.
#[derive(Clone, Copy)]
pub(crate) struct Sides<'a> {
    pub(crate) candidate: &'a Resolved,
    pub(crate) baseline: &'a Resolved,
    pub(crate) direction: Direction,
    pub(crate) severity: Severity,
}

impl<'a> Sides<'a> {
    /// Returns the writer and the reader. The direction treats `candidate` as the newer version.
    pub(crate) fn writer_and_reader(&self) -> (&'a Resolved, &'a Resolved) {
        match self.direction {
            Direction::Backward => (self.baseline, self.candidate),
            Direction::Forward => (self.candidate, self.baseline),
        }
    }
}
