//! The result of one comparison.

use std::rc::Rc;

use crate::lowered_pair::Graphs;
use crate::obligation::Obligation;
use crate::report::Verdict;
use crate::tree::{Origin, Tree};
use crate::witness::Witness;

/// The answer to a question, with the evidence for it.
pub(crate) struct Decision<'a> {
    /// Incompatible if a witness exists. Otherwise undecided if an open place exists.
    pub(crate) verdict: Verdict,
    /// Events that break the reader, each with the change that causes the break.
    pub(crate) witnesses: Vec<(Witness, Change)>,
    /// Places without a proof and without a witness.
    pub(crate) open: Vec<Open>,
    /// Whether the reader provably accepts everything except what the witnesses and the open places report.
    pub(crate) is_settled: bool,
    /// Whether the change may have more findings than these witnesses and open places.
    pub(crate) may_have_more: bool,
    /// Places where the content model lets the writer send undeclared properties. No value with only declared
    /// properties exists there.
    pub(crate) opened: Vec<Origin>,
    /// The arena with both documents. The findings take their places and words from it.
    pub(crate) tree: Tree,
    /// The graphs of the pair; missing if the documents are equal, or if their references cannot be resolved.
    pub(crate) graphs: Option<Rc<Graphs<'a>>>,
}

/// A place with neither a proof nor a counterexample.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    /// The place; `None` stands for the whole comparison.
    pub(crate) obligation: Option<Obligation>,
    pub(crate) why: String,
    pub(crate) change: Change,
}

/// The change behind a finding, as canonical text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) text: String,
    /// Whether the engine could not express a part of the change as text. If so, the change counts as the change from
    /// one whole document to the other.
    pub(crate) is_of_documents: bool,
}

impl Change {
    /// Returns the change from one whole document to the other.
    pub(crate) fn of_documents() -> Self {
        Self { text: String::new(), is_of_documents: true }
    }
}
