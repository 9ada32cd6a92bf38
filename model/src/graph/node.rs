//! A subschema in a graph.

use serde_json::Value;

use super::keyword::Keyword;
use super::normalize;
use crate::dialect::Draft;
use crate::keywords::{self, Role};

/// The number of a node in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// A subschema.
///
/// A value is valid if it satisfies all keywords. A schema without keywords accepts every value.
#[derive(Debug)]
#[non_exhaustive]
pub struct Node<'r> {
    /// The subschema as it was written.
    pub value: &'r Value,
    /// Its keywords, in the order of [`Keyword`]'s variants.
    pub keywords: Vec<Keyword<'r>>,
    /// The first node of this subschema. It is another node if the subschema is reached in several dynamic scopes.
    pub first: NodeId,
    pub(super) draft: Draft,
}

impl NodeId {
    /// Returns the position of the node in `SchemaGraph::nodes`.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Node<'_> {
    /// Returns whether the schema has a keyword that can reject a value, apart from `{"not": {}}`, which is `false`.
    ///
    /// The schema is examined as it was written: a format counts even if formats only annotate.
    pub fn asserts(&self) -> bool {
        let Value::Object(members) = self.value else { return false };
        let mut asserting = members.iter().filter(|(name, _)| asserts(name, self.draft));
        match (asserting.next(), asserting.next()) {
            (None, _) => false,
            (Some((name, not)), None) if name == "not" => not.as_object().is_none_or(|not| !not.is_empty()),
            (Some(_), _) => true,
        }
    }
}

/// Returns whether a keyword can reject a value in a draft.
fn asserts(name: &str, draft: Draft) -> bool {
    // The validator checks contents in these two drafts.
    let is_content = matches!(name, "contentEncoding" | "contentMediaType");
    if is_content {
        return normalize::checks_content(draft);
    }
    keywords::keyword(name, draft).is_some_and(|keyword| keyword.role == Role::Asserts)
}

/// Returns the address of a value, which stays the same while its document is borrowed.
pub(super) fn address(value: &Value) -> usize {
    std::ptr::from_ref(value) as usize
}
