//! The state that proofs need during one comparison.

use std::rc::Rc;

use foldhash::{HashMap, HashSet};

use super::discriminator::Discriminator;
use crate::tree::{Class, Id};

/// The state of proofs.
#[derive(Default)]
pub(crate) struct Prover {
    /// The discriminator of each union, if it has one.
    pub(in crate::prove) discriminators: HashMap<Vec<Id>, Option<Rc<Discriminator>>>,
    /// Pairs that the engine has proven, or assumes during their own proof.
    pub(in crate::prove) proven: HashSet<(Class, Class)>,
    /// The pairs of `proven` in the order of insertion. If an assumption fails, the engine removes the pairs after it.
    pub(in crate::prove) proof_order: Vec<(Class, Class)>,
    /// The pairs that the engine currently proves, the outermost first.
    pub(in crate::prove) proofs_in_progress: Vec<(Class, Class)>,
    /// Pairs without a proof. This does not mean that the reader rejects something: the rules of the engine are
    /// incomplete.
    pub(in crate::prove) unproven: HashSet<(Class, Class)>,
    /// The depth of nested proofs.
    pub(in crate::prove) proof_depth: usize,
    /// Nodes that the engine assumes to be empty while it proves that they have no value, the outermost first.
    pub(in crate::prove) assumed_empty: Vec<Id>,
    /// The depth of nested lists of values.
    pub(in crate::prove) listing_depth: usize,
    /// The depth of nested computations of evaluated properties and items.
    pub(in crate::prove) evaluation_depth: usize,
}
