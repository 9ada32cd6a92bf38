//! Discriminators of unions.

use foldhash::HashMap;
use serde_json::Value;

use crate::tree::{Id, Name};

/// A property whose value selects one branch of a union: each branch requires the property and lists its values, and no
/// two branches list the same value.
///
/// Unions of events usually have such a property (`type`, `kind`, `action`). With a discriminator, the engine examines
/// one branch instead of hundreds.
#[derive(Debug)]
pub(crate) struct Discriminator {
    pub(super) name: Name,
    /// The branch for each value.
    pub(super) branches: HashMap<Value, Id>,
}
