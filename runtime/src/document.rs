//! Schema documents that generated code embeds.

#[cfg(feature = "explain")]
use std::sync::OnceLock;

use crate::program::{NodeRef, Program};

/// A schema document that is embedded in generated code, with all documents that it refers to.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "explain"),
    expect(dead_code, reason = "only the feature `explain` reads all fields")
)]
pub struct Document {
    /// The URI that resolves relative references of the document.
    pub(crate) base: &'static str,
    pub(crate) draft: Draft,
    pub(crate) text: &'static str,
    /// All documents to which this document refers, directly or indirectly. The list has one entry for each URI of each
    /// document.
    pub(crate) references: &'static [(&'static str, &'static Document)],
    pub(crate) asserts_formats: bool,
    /// The program of the document, and the number of its root node.
    root: (&'static Program, u32),
    #[cfg(feature = "explain")]
    pub(crate) compiled: OnceLock<Result<jsonschema::Validator, String>>,
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
        asserts_formats: bool,
        root: (&'static Program, u32),
    ) -> Self {
        Self {
            base,
            draft,
            text,
            references,
            asserts_formats,
            root,
            #[cfg(feature = "explain")]
            compiled: OnceLock::new(),
        }
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

    /// Returns the draft that the document uses.
    pub const fn draft(&self) -> Draft {
        self.draft
    }
}
