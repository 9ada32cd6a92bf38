//! The state that expanding nodes needs during one comparison.

use std::rc::Rc;

use foldhash::HashMap;

use super::Alternative;

/// The state of expanding nodes into alternatives.
#[derive(Default)]
pub(crate) struct Expander {
    /// The alternative that accepts everything. Other alternatives share its parts.
    pub(in crate::alternatives) anything: Alternative,
    /// The alternatives of each node, by the number of the node. Two equal nodes at different places do not share
    /// alternatives, because their children have different places.
    pub(in crate::alternatives) alternatives: HashMap<u32, Rc<Vec<Alternative>>>,
    /// The alternatives of the parts of a node with many conditions, while the engine expands that node.
    pub(in crate::alternatives) alternatives_of_parts: Option<HashMap<u32, Rc<Vec<Alternative>>>>,
    /// How often the engine has replaced alternatives by wider ones, because of a recursion or a limit.
    pub(in crate::alternatives) truncations: usize,
}
