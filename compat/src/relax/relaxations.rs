//! A record of the nodes that relaxing a reader created.

use std::rc::Rc;

use foldhash::HashMap;

use crate::assertion::Assertion;
use crate::obligation::{Obligation, Step};
use crate::tree::Id;

/// The nodes that relaxing created, with the nodes from which it created them.
#[derive(Debug, Default)]
pub(crate) struct Relaxations {
    /// By the number of the union's node.
    pub(super) unions: HashMap<u32, Rc<RelaxedUnion>>,
    /// The reader's root, where every way begins.
    pub(crate) root: Option<Step>,
    /// The node as written, by the number of the node that relaxing created from it.
    pub(super) originals: HashMap<u32, Id>,
}

/// The union `anyOf [assertion, W]`, where `W` are the values of the writer that a finding reports.
#[derive(Debug)]
pub(crate) struct RelaxedUnion {
    pub(super) assertion: Assertion,
    /// The branch with the assertion. If the rest of the node cannot be separated from the assertion, also a branch
    /// with that rest.
    pub(super) tried: Vec<Id>,
}

impl RelaxedUnion {
    /// Returns the branches in which the search looks for other breaks.
    pub(crate) fn tried(&self) -> Vec<Id> {
        self.tried.clone()
    }
}

impl Relaxations {
    /// Returns the relaxed union at a node, if relaxing created one.
    pub(crate) fn union(&self, id: Id) -> Option<Rc<RelaxedUnion>> {
        self.unions.get(&id.index()).cloned()
    }

    /// Returns the way from the reader's root to an obligation.
    pub(crate) fn way(&self, obligation: &Obligation) -> Vec<Step> {
        self.root.map_or_else(Vec::new, |root| obligation.way(root))
    }

    /// Returns the obligation at the node as written, with the assertion that this node has.
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
