//! The state that the search for candidates needs during one comparison.

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _};

use crate::candidate::Candidate;
use crate::tree::{Class, Origin};

/// How thoroughly the engine searches for witnesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Stop at the first witness.
    First,
    /// Search for a witness at each place that breaks.
    Each,
    /// Also make values of the difference between writer and reader, at every place.
    Deep,
}

/// The state of the search for candidates.
pub(crate) struct Refuter {
    /// How thoroughly the engine searches for witnesses.
    pub(in crate::refute) effort: Effort,
    /// The candidates of earlier searches, by the classes and places of writer and reader.
    pub(in crate::refute) known_candidates: HashMap<(Class, Class, Origin, Origin), Rc<Vec<Candidate>>>,
    /// The pairs that the engine currently refutes. If one of them occurs again, the recursion ends.
    pub(in crate::refute) refutations_in_progress: Vec<(Class, Class)>,
    /// Whether one witness is enough. If it is not, the engine searches for a witness at each place that breaks.
    pub(in crate::refute) is_brief: bool,
}

impl Refuter {
    pub(crate) fn new(is_brief: bool) -> Self {
        Self {
            effort: Effort::Each,
            known_candidates: HashMap::new(),
            refutations_in_progress: Vec::new(),
            is_brief,
        }
    }
}
