//! Candidates: values that may become witnesses.

use serde_json::Value;

use crate::obligation::Obligation;

/// A value of the writer that the reader probably rejects, and the obligation that the value is meant to violate.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) value: Value,
    pub(crate) obligation: Obligation,
}
