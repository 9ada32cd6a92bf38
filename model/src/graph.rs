//! The meaning of a schema, in one form for all drafts.
//!
//! [`SchemaGraph::of`] reads a [`Resolved`] schema and everything that it refers to. Each subschema becomes a [`Node`].
//! Its [`Keyword`]s have the names and the meaning of JSON Schema 2020-12, whatever the draft of its document. References
//! lead to nodes, and annotations are left out. The differences between the drafts end here: they are in
//! `graph/normalize.rs`, and the keywords of each draft are in `keywords.rs`.
//!
//! A graph borrows its documents:
//!
//! ```
//! # use std::sync::Arc;
//! use evschema_model::graph::{Keyword, SchemaGraph, Settings, Sources};
//! # use evschema_model::{Catalog, Coordinates, Dialects, Formats, Schema, Subject, Version};
//! # let at = Coordinates { subject: Subject::parse("case").unwrap(), version: Version::new(1, 0, 0) };
//! let text = br#"{"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 0, "exclusiveMinimum": true}"#;
//! let schema = Schema::read(at, text, &Dialects::default()).unwrap();
//! let resolved = Catalog::default().resolve(&Arc::new(schema)).unwrap();
//!
//! let sources = Sources::of(&resolved).unwrap();
//! let graph = SchemaGraph::of(&sources, Settings { formats: Formats::Assert, tells_scopes_apart: true });
//! let root = graph.node(graph.root());
//! assert!(matches!(root.keywords[..], [Keyword::ExclusiveMinimum(_)]));
//! ```

mod keyword;
mod normalize;
mod scope;
mod written;

use foldhash::{HashMap, HashMapExt as _};
use referencing::{Registry, Uri};
use serde_json::Value;

pub use keyword::{ContainsMarks, Content, Keyword, Names, TypeNames, Unsupported};

use crate::keywords::{self, Role};
use crate::{Diagnostics, Draft, Formats, Resolved, Target};
use scope::Scope;

/// The subschemas that a schema reaches, each with its keywords.
#[derive(Debug)]
pub struct SchemaGraph<'r> {
    nodes: Vec<Node<'r>>,
    has_unevaluated: bool,
}

/// The number of a node in its graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

/// A subschema.
///
/// A value is valid if it satisfies all keywords. A schema without keywords accepts every value.
#[derive(Debug)]
pub struct Node<'r> {
    /// The subschema as it was written.
    pub value: &'r Value,
    /// Its keywords, in the order of [`Keyword`]'s variants.
    pub keywords: Vec<Keyword<'r>>,
    draft: Draft,
}

/// How a graph is read.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Whether `format` asserts.
    pub formats: Formats,
    /// Whether a subschema has a node of its own for each dynamic scope in which it is reached. Otherwise, it has one
    /// node, and a dynamic reference leads to its target in the first of these scopes.
    pub tells_scopes_apart: bool,
}

/// A schema and what its references need.
#[derive(Debug)]
pub struct Sources<'r> {
    resolved: &'r Resolved,
    /// Missing if the schema [is plain](crate::Schema::is_plain).
    registry: Option<Registry<'r>>,
}

/// At most this many dynamic scopes are told apart.
const SCOPES_MAX: usize = 64;
/// If a graph has more nodes, it tells no further scopes apart.
const NODES_MAX: usize = 400_000;

impl NodeId {
    /// Returns the position of the node in [`SchemaGraph::nodes`].
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

impl<'r> Sources<'r> {
    /// Collects the documents that a schema reaches.
    ///
    /// # Errors
    ///
    /// If an embedded resource has an unusable identity.
    pub fn of(resolved: &'r Resolved) -> Result<Self, Diagnostics> {
        let registry = if resolved.schema().is_plain() { None } else { Some(resolved.registry()?) };
        Ok(Self { resolved, registry })
    }

    /// Returns the scope of the root; `None` if the identity of the document is not a URI.
    fn scope(&'r self) -> Option<Scope<'r>> {
        let schema = self.resolved.schema();
        let Some(registry) = &self.registry else { return Some(Scope::Plain(schema)) };
        Some(Scope::Library(registry.resolver(Uri::parse(schema.base_uri().into_owned()).ok()?)))
    }
}

impl<'r> SchemaGraph<'r> {
    /// Reads a schema and everything that it refers to.
    pub fn of(sources: &'r Sources<'r>, settings: Settings) -> Self {
        let schema = sources.resolved.schema();
        let mut reading = Reading {
            formats: settings.formats,
            nodes: Vec::with_capacity(schema.nodes()),
            known: HashMap::with_capacity(schema.nodes()),
            foreign: HashMap::new(),
            readings: HashMap::new(),
            open: Vec::new(),
            tells_scopes_apart: settings.tells_scopes_apart && has_dynamic_scopes(sources.resolved),
            scopes: Vec::new(),
            has_unevaluated: false,
        };
        match sources.scope() {
            Some(scope) => {
                reading.node(schema.value(), &scope, schema.draft(), false);
                while let Some(open) = reading.open.pop() {
                    reading.fill(open);
                }
            }
            None => {
                reading.unsupported(schema.value(), schema.draft(), Unsupported::RootIdentity);
            }
        }
        Self { nodes: reading.nodes, has_unevaluated: reading.has_unevaluated }
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

    /// Returns whether a node has `unevaluatedItems` or `unevaluatedProperties`: only then the keywords that mark parts
    /// of a value as evaluated matter.
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

/// A graph while it is read.
struct Reading<'r> {
    formats: Formats,
    nodes: Vec<Node<'r>>,
    /// Nodes by the address of their value, which stays the same while the documents are borrowed, and the number of
    /// their dynamic scope.
    known: HashMap<(usize, usize), NodeId>,
    /// Nodes of schemas of [another draft](Unsupported::OtherDraft), by how they are reached too.
    foreign: HashMap<(usize, usize, Draft, bool), NodeId>,
    /// The readings of such schemas, by draft.
    readings: HashMap<(usize, usize, Draft), NodeId>,
    /// Nodes whose keywords are not read yet.
    open: Vec<Open<'r>>,
    tells_scopes_apart: bool,
    /// The dynamic scopes so far, each as its resources, outermost first.
    scopes: Vec<Vec<String>>,
    has_unevaluated: bool,
}

/// A node whose keywords are not read yet.
struct Open<'r> {
    id: NodeId,
    scope: Scope<'r>,
}

impl<'r> Reading<'r> {
    fn node(&mut self, value: &'r Value, scope: &Scope<'r>, around: Draft, is_referred: bool) -> NodeId {
        let Some(number) = self.number_of(scope) else {
            return self.unsupported(value, around, Unsupported::TooManyScopes);
        };
        let address = std::ptr::from_ref(value) as usize;
        let draft = scope.draft_within(value).unwrap_or(around);
        if scope.names_other_draft(value, around) {
            let key = (address, number, around, is_referred);
            if let Some(known) = self.foreign.get(&key) {
                return *known;
            }
            let id = self.unsupported(value, draft, Unsupported::OtherDraft { around, is_referred });
            self.foreign.insert(key, id);
            // Both, so that a cost is an upper bound.
            for draft in [draft, around] {
                let key = (address, number, draft);
                let reading = self.readings.get(&key).copied();
                let reading = reading.unwrap_or_else(|| self.open(value, scope, draft));
                self.readings.insert(key, reading);
                self.nodes[id.index()].keywords.push(Keyword::Reference(reading));
            }
            return id;
        }
        if let Some(known) = self.known.get(&(address, number)) {
            return *known;
        }
        let id = self.open(value, scope, draft);
        self.known.insert((address, number), id);
        id
    }

    /// Adds a node, whose keywords are read later.
    fn open(&mut self, value: &'r Value, scope: &Scope<'r>, draft: Draft) -> NodeId {
        let keyword = match value {
            Value::Object(_) | Value::Bool(true) => None,
            Value::Bool(false) => Some(Keyword::False),
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Some(Keyword::Unsupported(Unsupported::NotASchema))
            }
        };
        let id = self.push(Node { value, keywords: Vec::from_iter(keyword), draft });
        if value.is_object() {
            self.open.push(Open { id, scope: scope.clone() });
        }
        id
    }

    fn push(&mut self, node: Node<'r>) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node);
        id
    }

    fn unsupported(&mut self, value: &'r Value, draft: Draft, why: Unsupported<'r>) -> NodeId {
        self.push(Node { value, keywords: vec![Keyword::Unsupported(why)], draft })
    }

    /// Returns the number of the dynamic scope in which a schema is reached; `None` if there are too many scopes.
    fn number_of(&mut self, scope: &Scope<'r>) -> Option<usize> {
        if !self.tells_scopes_apart {
            return Some(0);
        }
        let resources = scope.resources();
        if let Some(known) = self.scopes.iter().position(|known| *known == resources) {
            return Some(known);
        }
        self.scopes.push(resources);
        (self.scopes.len() <= SCOPES_MAX && self.nodes.len() <= NODES_MAX).then(|| self.scopes.len() - 1)
    }
}
