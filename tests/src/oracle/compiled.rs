use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use evschema_model::{Formats, Resolved};

use super::documents::Documents;
use super::doubt::Doubt;

/// The documents of a schema, with the validators and results that all evaluations share.
#[derive(Debug)]
pub(super) struct Compiled<'d> {
    pub(super) documents: Documents<'d>,
    pub(super) formats: Formats,
    /// Validators of the assertions of each schema, by the address of the schema.
    pub(super) assertions: RefCell<HashMap<usize, Option<jsonschema::Validator>>>,
    /// Validators of patterns for names.
    pub(super) patterns: RefCell<HashMap<String, Option<jsonschema::Validator>>>,
    /// Whether places are empty under the content model, and the number of events that examined each place.
    pub(super) vacuous: RefCell<HashMap<PlaceKey, (Option<bool>, usize)>>,
}

/// The schemas of a place, its branches, the interpretation of the definition, and whether the place belongs to the
/// event itself.
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
