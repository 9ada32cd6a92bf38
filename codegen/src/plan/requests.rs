//! The settings of a plan, with the schemas that they apply to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use evschema_model::graph::Place;
use evschema_model::{Code, Diagnostic, Manifest, SchemaKey, TypeSettings};

use crate::disk::Problem;
use crate::options::TypeOptions;
use crate::shape::{Conjunction, Kinds};

/// The types, names and attributes that settings request.
#[derive(Debug, Default)]
pub(super) struct Requests {
    pub(super) options: TypeOptions,
    /// The settings for the type of each schema, with their key in the manifest.
    pub(super) settings: BTreeMap<Place, (SchemaKey, TypeSettings)>,
    /// The user's type for each schema, with its key in the manifest.
    pub(super) replaced: BTreeMap<Place, (SchemaKey, String)>,
    /// The schemas whose type is replaced or wrapped, by the key of the type that the planner would give them.
    pub(super) places: HashMap<Conjunction, Place>,
    /// The schemas that have settings, by the key of the type that the planner would give them.
    pub(super) asked: HashMap<Conjunction, Place>,
    /// The schemas whose scalar becomes a wrapper.
    pub(super) wrapped: BTreeSet<Place>,
    /// The replaced schemas that a type contains.
    pub(super) used: BTreeSet<Place>,
    pub(super) problems: Vec<Problem>,
}

impl Requests {
    /// Returns the settings for the type of a schema.
    pub(super) fn settings_of(&self, place: Option<Place>) -> Option<&TypeSettings> {
        self.settings.get(&place?).map(|(_, settings)| settings)
    }
}

/// Returns the key of the type that the schema alone has: without the schemas that only examine the value, and for all
/// kinds of values.
pub(super) fn alone(conjunction: &Conjunction) -> Conjunction {
    Conjunction { kinds: Kinds::ALL, ..conjunction.key().unwatched() }
}

/// Returns a problem of a setting in the manifest.
pub(super) fn wrong(setting: &str, message: &str, help: &str) -> Problem {
    let diagnostic = Diagnostic::new(Code::BadSetting, format!("`{setting}`: {message}")).help(help);
    Problem { path: Manifest::FILE_NAME.into(), diagnostic }
}
