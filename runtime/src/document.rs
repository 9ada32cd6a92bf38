//! Schema documents that generated code embeds.

use std::sync::OnceLock;

use crate::json::Json;
use crate::program::{NodeRef, Program};

/// A schema document that is embedded in generated code, with all documents that it refers to.
#[derive(Debug)]
pub struct Document {
    /// The URI of the document.
    pub(crate) base: &'static str,
    pub(crate) draft: Draft,
    pub(crate) text: &'static str,
    /// All documents to which this document refers, directly or indirectly. The list has one entry for each URI of each
    /// document.
    pub(crate) references: &'static [(&'static str, &'static Document)],
    /// The program of the document, and the number of its root node.
    root: (&'static Program, u32),
    /// The parsed text. The explanation of the first rejected event parses it.
    parsed: OnceLock<Option<Json>>,
}

/// The draft of JSON Schema that a document uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draft {
    /// Draft 4.
    Draft4,
    /// Draft 6.
    Draft6,
    /// Draft 7.
    Draft7,
    /// Draft 2019-09.
    Draft201909,
    /// Draft 2020-12.
    Draft202012,
}

impl Document {
    /// Returns the document with this text. Only generated code calls this function, so the text is a valid schema.
    pub const fn new(
        base: &'static str,
        draft: Draft,
        text: &'static str,
        references: &'static [(&'static str, &'static Self)],
        root: (&'static Program, u32),
    ) -> Self {
        Self { base, draft, text, references, root, parsed: OnceLock::new() }
    }

    /// Returns the text as it was registered.
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// Returns the root node of the program. The node has the conditions that an event must meet.
    #[inline]
    pub fn root(&self) -> NodeRef {
        self.root.0.node(self.root.1)
    }

    /// Returns the parsed text; `None` if it nests too deeply.
    pub(crate) fn value(&'static self) -> Option<&'static Json> {
        self.parsed.get_or_init(|| Json::parse(self.text).ok()).as_ref()
    }

    /// Returns the draft that the document uses.
    pub const fn draft(&self) -> Draft {
        self.draft
    }
}
