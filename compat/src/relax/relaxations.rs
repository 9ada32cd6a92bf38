//! Records the nodes that the engine created when it relaxed a reader.

use std::rc::Rc;

use foldhash::HashMap;

use crate::assertion::Assertion;
use crate::obligation::{Obligation, Step};
use crate::tree::Id;

/// The nodes that the engine created when it relaxed a reader, with the nodes from which it created them.
#[derive(Debug, Default)]
pub(crate) struct Relaxations {
    /// The relaxed unions, by the number of the union's node.
    pub(super) unions: HashMap<u32, Rc<RelaxedUnion>>,
    /// The step to the reader's root. Every way begins with it.
    pub(crate) root: Option<Step>,
    /// The node as written, by the number of the relaxed node.
    pub(super) originals: HashMap<u32, Id>,
}

/// The union `anyOf [assertion, W]`, where `W` are the values of the writer that a finding reports.
#[derive(Debug)]
pub(crate) struct RelaxedUnion {
    pub(super) assertion: Assertion,
    /// The branch with the assertion. If the engine cannot separate the assertion from the rest of the node, the list
    /// also has a branch with that rest.
    pub(super) tried: Vec<Id>,
}

impl RelaxedUnion {
    /// Returns the branches in which the search looks for other breaks.
    pub(crate) fn tried(&self) -> Vec<Id> {
        self.tried.clone()
    }
}

impl Relaxations {
    /// Returns the relaxed union at a node, if the node is one.
    pub(crate) fn union(&self, id: Id) -> Option<Rc<RelaxedUnion>> {
        self.unions.get(&id.index()).cloned()
    }

    /// Returns the way from the reader's root to an obligation.
    pub(crate) fn way(&self, obligation: &Obligation) -> Vec<Step> {
        self.root.map_or_else(Vec::new, |root| obligation.way(root))
    }

    /// Converts an obligation at a relaxed node to the obligation at the node as written.
    pub(crate) fn as_written(&self, mut obligation: Obligation) -> Obligation {
        if let Some(union) = self.unions.get(&obligation.reader.index()) {
            obligation.assertion = union.assertion.clone();
        }
        if let Some(original) = self.originals.get(&obligation.reader.index()) {
            obligation.reader = *original;
        }
        obligation.path = self.way(&obligation).into_iter().skip(1).rev().collect();
        obligation
    }
}
