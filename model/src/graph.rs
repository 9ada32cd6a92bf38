//! The meaning of a schema, in one form for all drafts.
//!
//! [`SchemaGraph::of`] reads a [`Resolved`] schema and everything that it refers to. Each subschema becomes a [`Node`].
//! Its [`Keyword`]s have the names and the meaning of JSON Schema 2020-12, whatever the draft of its document.
//! References lead to nodes, and annotations are left out. The differences between the drafts end here: they are in
//! `graph/normalize.rs`, and the keywords of each draft are in `keywords.rs`.
//!
//! [`Documents`] reads the same keywords for each place of many documents, without dynamic scopes. The code generator
//! uses it.
//!
//! A graph borrows its documents:
//!
//! ```
//! # use std::sync::Arc;
//! use evschema_model::graph::{Keyword, SchemaGraph};
//! # use evschema_model::{Catalog, Coordinates, Dialects, Formats, Schema, Subject, Version};
//! # let at = Coordinates { subject: Subject::parse("case").unwrap(), version: Version::new(1, 0, 0) };
//! let text = br#"{"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 0, "exclusiveMinimum": true}"#;
//! let schema = Schema::read(at, text, &Dialects::default()).unwrap();
//! let resolved = Catalog::default().resolve(&Arc::new(schema)).unwrap();
//!
//! let graph = SchemaGraph::of(&resolved, Formats::Assert).unwrap();
//! let root = graph.node(graph.root());
//! assert!(matches!(root.keywords[..], [Keyword::ExclusiveMinimum(_)]));
//! ```

mod documents;
mod keyword;
mod keyword_list;
mod node;
mod normalize;
mod reading;
mod scope;

use std::cell::OnceCell;

use foldhash::{HashMap, HashMapExt as _};
use referencing::Uri;
use serde_json::Value;

pub use documents::{DocumentId, Documents, Place, Reference};
pub use keyword::{ContainsMarks, Content, Keyword, Names, TypeNames, Unsupported};
pub use keyword_list::Keywords;
pub use node::{Node, NodeId};

use crate::diagnostic::Diagnostics;
use crate::formats::Formats;

use crate::pointer::Pointer;
use crate::reference::Target;
use crate::resolved::Resolved;
use crate::schema::Schema;
use node::address;
use reading::Reading;
use scope::Scope;

/// The subschemas that a schema reaches, each with its keywords.
#[derive(Debug)]
pub struct SchemaGraph<'r> {
    nodes: Vec<Node<'r>>,
    has_unevaluated: bool,
    documents: Vec<&'r Schema>,
    /// The places of all values by address, which stays the same while the documents are borrowed.
    places: OnceCell<HashMap<usize, ValuePlace>>,
}

/// The place of a subschema.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Location<'r> {
    /// The document.
    pub schema: &'r Schema,
    /// The place in the document.
    pub pointer: Pointer,
}

impl<'r> SchemaGraph<'r> {
    /// Reads a schema and everything that it refers to.
    ///
    /// # Errors
    ///
    /// If an embedded resource has an unusable identity.
    pub fn of(resolved: &'r Resolved, formats: Formats) -> Result<Self, Diagnostics> {
        let schema: &'r Schema = resolved.schema();
        let others = resolved.documents().into_iter().map(|document| &**document);
        let documents: Vec<&'r Schema> = std::iter::once(schema).chain(others).collect();
        let registry;
        let scope = if schema.is_plain() {
            Some(Scope::Plain(schema))
        } else {
            registry = resolved.registry()?;
            Uri::parse(schema.base_uri().into_owned())
                .ok()
                .map(|base| Scope::Library(registry.resolver(base)))
        };
        let tells_scopes_apart = has_dynamic_scopes(resolved);
        let Reading { nodes, has_unevaluated, .. } =
            Reading::of(schema, &documents, scope, tells_scopes_apart, formats);
        Ok(Self { nodes, has_unevaluated, documents, places: OnceCell::new() })
    }

    /// Returns the node of the whole schema.
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// Returns a node.
    pub fn node(&self, id: NodeId) -> &Node<'r> {
        &self.nodes[id.index()]
    }

    /// Returns all nodes; the root is the first.
    pub fn nodes(&self) -> &[Node<'r>] {
        &self.nodes
    }

    /// Returns the place of a node; `None` if it is in a metaschema of the specifications.
    pub fn location(&self, id: NodeId) -> Option<Location<'r>> {
        let places = self.places.get_or_init(|| places_of(&self.documents));
        let mut positions = Vec::new();
        let mut place = places.get(&address(self.node(id).value))?;
        while let Some((parent, position)) = place.within {
            positions.push(position);
            place = places.get(&parent)?;
        }
        let schema = self.documents.get(place.document)?;
        let mut pointer = Pointer::root();
        let mut value = schema.value();
        for position in positions.into_iter().rev() {
            if let Value::Array(items) = value {
                pointer.push(position);
                value = items.get(position)?;
            } else {
                let (name, member) = value.as_object()?.iter().nth(position)?;
                pointer.push_name(name);
                value = member;
            }
        }
        Some(Location { schema, pointer })
    }

    /// Returns the first node of the subschema at a place of the root's document.
    pub fn at(&self, pointer: &Pointer) -> Option<NodeId> {
        let value = pointer.find(self.documents.first()?.value())?;
        self.nodes.iter().find(|node| std::ptr::eq(node.value, value)).map(|node| node.first)
    }

    /// Returns whether a node has `unevaluatedItems` or `unevaluatedProperties`. Without such a node, it makes no
    /// difference which parts of a value are evaluated.
    pub fn has_unevaluated(&self) -> bool {
        self.has_unevaluated
    }
}

/// Returns whether the target of a dynamic reference can depend on the way to it.
fn has_dynamic_scopes(resolved: &Resolved) -> bool {
    let schema = resolved.schema();
    if schema.is_plain() {
        return false;
    }
    let mut anchors = Anchors::default();
    for document in resolved.documents().into_iter().chain([schema]) {
        anchors.count(document.value());
    }
    1 < anchors.recursive
        || anchors.dynamic.values().any(|count| 1 < *count)
        || schema.references().iter().any(|reference| reference.target == Target::Metaschema)
}

/// The anchors of dynamic references.
#[derive(Default)]
struct Anchors<'r> {
    dynamic: HashMap<&'r str, usize>,
    recursive: usize,
}

impl<'r> Anchors<'r> {
    fn count(&mut self, value: &'r Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(name)) = members.get("$dynamicAnchor") {
                    *self.dynamic.entry(name).or_default() += 1;
                }
                self.recursive += usize::from(members.get("$recursiveAnchor") == Some(&Value::Bool(true)));
                members.values().for_each(|member| self.count(member));
            }
            Value::Array(items) => items.iter().for_each(|item| self.count(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// The place of a value. A whole pointer for each value could take gigabytes, because a name can be as long as a
/// document.
#[derive(Debug, Clone, Copy)]
struct ValuePlace {
    document: usize,
    /// The address of the object or array around the value, and the position of the value in it.
    within: Option<(usize, usize)>,
}

/// Returns the places of all values of documents, by address.
fn places_of(documents: &[&Schema]) -> HashMap<usize, ValuePlace> {
    let mut places = HashMap::new();
    for (number, document) in documents.iter().enumerate() {
        let mut open = vec![(document.value(), None)];
        while let Some((value, within)) = open.pop() {
            let parent = address(value);
            places.insert(parent, ValuePlace { document: number, within });
            let below: Vec<&Value> = match value {
                Value::Object(members) => members.values().collect(),
                Value::Array(items) => items.iter().collect(),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => continue,
            };
            let below = below.into_iter().enumerate();
            open.extend(below.map(|(position, value)| (value, Some((parent, position)))));
        }
    }
    places
}
