//! The state that the content models need during one comparison.

use std::rc::Rc;

use foldhash::HashMap;

use super::open::Opening;
use super::way::Way;
use crate::tree::{Class, Origin};

/// The state of the content models.
#[derive(Default)]
pub(crate) struct Closer {
    /// The ways in which the schemas of each place can hold, by the number of the place's node.
    pub(in crate::content) ways: HashMap<u32, Rc<Vec<Way>>>,
    /// Places that stay open to undeclared properties, because they have no value with only declared properties.
    pub(in crate::content) opened_places: Vec<Origin>,
    /// The places that the engine currently closes, the outermost first.
    pub(in crate::content) closings_in_progress: Vec<Class>,
    /// The schemas of tolerant readers without the keywords that reject undeclared properties.
    pub(in crate::content) opened_readers: Opening,
    /// Whether the engine currently finds the ways of a node with many conditions. If so, it does not split the
    /// conditions into cases.
    pub(in crate::content) keeps_conditions: bool,
    /// Validators of single nodes, by the number of the node; `None` if the node cannot be exported or compiled.
    pub(in crate::content) validators: HashMap<u32, Option<Rc<jsonschema::Validator>>>,
}
