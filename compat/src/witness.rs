//! Confirmed witnesses.

use evschema_model::Pointer;
use serde_json::Value;

use crate::obligation::Obligation;

/// A value that the validator accepted under the writer's schema and rejected under the reader's schema.
#[derive(Debug, Clone)]
pub(crate) struct Witness {
    pub(crate) value: Value,
    pub(crate) obligation: Obligation,
    /// The violation that the validator reported; `None` in a brief comparison.
    pub(crate) objection: Option<Objection>,
}

/// A violation of the reader's schema, as the validator reported it.
#[derive(Debug, Clone)]
pub(crate) struct Objection {
    pub(crate) message: String,
    /// The place in the event.
    pub(crate) place: Pointer,
}
