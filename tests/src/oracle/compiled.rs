use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use evschema_model::{Formats, Resolved};

use super::documents::Documents;
use super::doubt::Doubt;

/// The documents of a schema, and the validators and cached results that all evaluations share.
#[derive(Debug)]
pub(super) struct Compiled<'d> {
    pub(super) documents: Documents<'d>,
    pub(super) formats: Formats,
    /// Validators of the assertions of each schema, by the address of the schema.
    pub(super) assertions: RefCell<HashMap<usize, Option<jsonschema::Validator>>>,
    /// Validators of patterns for names.
    pub(super) patterns: RefCell<HashMap<String, Option<jsonschema::Validator>>>,
    /// For each place, whether it is vacuous (see `vacuous.rs`), and the number of events for which the oracle examined
    /// the place.
    pub(super) vacuous: RefCell<HashMap<PlaceKey, (Option<bool>, usize)>>,
}

/// The key of a place: its schemas, the branches that hold, the doubt with the unusual answer, and whether the place is
/// in the event itself, not in a candidate.
pub(super) type PlaceKey = (Vec<(usize, bool)>, BTreeSet<(usize, bool)>, Option<Doubt>, bool);

impl<'d> Compiled<'d> {
    /// Returns the documents of a schema; `None` if the oracle cannot follow all references.
    pub(super) fn new(resolved: &'d Resolved, formats: Formats) -> Option<Self> {
        Some(Self {
            documents: Documents::of(resolved)?,
            formats,
            assertions: RefCell::default(),
            patterns: RefCell::default(),
            vacuous: RefCell::default(),
        })
    }
}
