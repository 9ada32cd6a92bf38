//! Reads a schema and everything that it refers to, by dynamic scope.

use foldhash::{HashMap, HashMapExt as _};
use serde_json::Value;

use super::keyword::{Keyword, Unsupported};
use super::node::{Node, NodeId, address};
use super::normalize::{Links, keywords_of};
use super::scope::{Found, Lent, Scope, in_metaschema};
use crate::dialect::Draft;
use crate::formats::Formats;
use crate::schema::Schema;

/// The maximum number of dynamic scopes that a graph distinguishes.
const SCOPES_MAX: usize = 64;
/// If a graph has more nodes, it distinguishes no further scopes.
const NODES_MAX: usize = 400_000;

/// The state while a graph is read.
pub(super) struct Reading<'r, 'l> {
    formats: Formats,
    pub(super) nodes: Vec<Node<'r>>,
    /// Nodes by the address of their value, which stays the same while the documents are borrowed, the number of their
    /// dynamic scope, and their draft.
    known: HashMap<(usize, usize, Draft), NodeId>,
    /// The first node of each value, if a value can have several nodes.
    first: HashMap<usize, NodeId>,
    /// Nodes of schemas of [another draft](Unsupported::OtherDraft). The key also contains how the schema is reached.
    foreign: HashMap<(usize, usize, Draft, bool), NodeId>,
    /// Nodes whose keywords are not read yet.
    open: Vec<Open<'r, 'l>>,
    /// The values of the documents by address, to find those that the library returns.
    values: HashMap<usize, &'r Value>,
    tells_scopes_apart: bool,
    /// Whether a value can have several nodes.
    has_copies: bool,
    /// The dynamic scopes so far, each as its resources, outermost first.
    scopes: Vec<Vec<String>>,
    pub(super) has_unevaluated: bool,
}

/// A node whose keywords are not read yet.
struct Open<'r, 'l> {
    id: NodeId,
    scope: Scope<'r, 'l>,
}

/// The links of a schema that is reached in a dynamic scope.
struct InScope<'a, 'r, 'l> {
    reading: &'a mut Reading<'r, 'l>,
    scope: &'a Scope<'r, 'l>,
    draft: Draft,
}

impl<'r> Links<'r> for InScope<'_, 'r, '_> {
    type Schema = NodeId;
    type Target = NodeId;

    fn subschema(&mut self, schema: &'r Value) -> NodeId {
        self.reading.node(schema, self.scope, self.draft, false)
    }

    fn reference(&mut self, keyword: &'static str, written: &'r Value, keywords: &mut Vec<Keyword<'r>>) {
        if written.as_str() == Some("") {
            keywords.push(Keyword::Unsupported(Unsupported::EmptyReference { keyword }));
            // The validator ignores an empty reference, but not this one.
            if keyword != "$recursiveRef" {
                return;
            }
        }
        let Value::String(reference) = written else {
            keywords.push(Keyword::Unsupported(Unsupported::NotAReference { keyword }));
            return;
        };
        let target = self.scope.follow(keyword, reference).and_then(|found| {
            let schema = self.reading.own(&found, reference)?;
            let draft = found.draft.unwrap_or(self.draft);
            Some(self.reading.node(schema, &found.scope, draft, true))
        });
        keywords.push(match target {
            Some(target) => Keyword::Reference(target),
            None => Keyword::Unsupported(Unsupported::MissingTarget { keyword, reference }),
        });
    }
}

impl<'r, 'l> Reading<'r, 'l> {
    /// Reads a schema, which is the first of the documents. Without a scope, its identity is unusable.
    pub(super) fn of(
        schema: &'r Schema,
        documents: &[&'r Schema],
        scope: Option<Scope<'r, 'l>>,
        tells_scopes_apart: bool,
        formats: Formats,
    ) -> Self {
        let mut reading = Self {
            formats,
            nodes: Vec::with_capacity(schema.nodes()),
            known: HashMap::with_capacity(schema.nodes()),
            first: HashMap::new(),
            foreign: HashMap::new(),
            open: Vec::new(),
            values: if schema.is_plain() { HashMap::new() } else { values_of(documents) },
            tells_scopes_apart,
            has_copies: !schema.is_plain(),
            scopes: Vec::new(),
            has_unevaluated: false,
        };
        match scope {
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
        reading
    }

    /// Returns the target of a reference, borrowed from the documents or from the specifications.
    fn own(&self, found: &Found<'r, 'l>, reference: &str) -> Option<&'r Value> {
        let value = match found.schema {
            Lent::Documents(value) => return Some(value),
            Lent::Library(value) => value,
        };
        if let Some(own) = self.values.get(&address(value)) {
            return Some(own);
        }
        let (_, fragment) = reference.split_once('#').unwrap_or_default();
        in_metaschema(&format!("{}#{fragment}", found.scope.base()?)).map(|found| found.contents())
    }

    fn node(&mut self, value: &'r Value, scope: &Scope<'r, 'l>, around: Draft, is_referred: bool) -> NodeId {
        let Some(number) = self.number_of(scope) else {
            return self.unsupported(value, around, Unsupported::TooManyScopes);
        };
        let address = address(value);
        let draft = scope.draft_within(value).unwrap_or(around);
        if scope.names_other_draft(value, around) {
            let key = (address, number, around, is_referred);
            if let Some(known) = self.foreign.get(&key) {
                return *known;
            }
            let id = self.unsupported(value, draft, Unsupported::OtherDraft { around, is_referred });
            self.foreign.insert(key, id);
            // The graph reads the schema by both drafts, so that a cost is an upper bound.
            for draft in [draft, around] {
                let reading = self.reading(value, scope, number, draft);
                self.nodes[id.index()].keywords.push(Keyword::Reference(reading));
            }
            return id;
        }
        self.reading(value, scope, number, draft)
    }

    /// Returns the node of a schema that is read by a draft.
    fn reading(&mut self, value: &'r Value, scope: &Scope<'r, 'l>, number: usize, draft: Draft) -> NodeId {
        let key = (address(value), number, draft);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        if self.tells_scopes_apart && NODES_MAX < self.nodes.len() {
            return self.unsupported(value, draft, Unsupported::TooManyScopes);
        }
        let id = self.open(value, scope, draft);
        self.known.insert(key, id);
        id
    }

    /// Adds a node, whose keywords are read later.
    fn open(&mut self, value: &'r Value, scope: &Scope<'r, 'l>, draft: Draft) -> NodeId {
        let id = self.push(value, Vec::new(), draft);
        self.open.push(Open { id, scope: scope.clone() });
        id
    }

    /// Reads the keywords of a node.
    fn fill(&mut self, Open { id, scope: outer }: Open<'r, 'l>) {
        let Node { value, draft, .. } = &self.nodes[id.index()];
        let (value, draft) = (*value, *draft);
        let keywords = match outer.within(value, draft) {
            Some(scope) => {
                let formats = self.formats;
                keywords_of(value, draft, formats, &mut InScope { reading: self, scope: &scope, draft })
            }
            None => vec![Keyword::Unsupported(Unsupported::Identity)],
        };
        self.has_unevaluated |= keywords.iter().any(|keyword| {
            matches!(keyword, Keyword::UnevaluatedItems(_) | Keyword::UnevaluatedProperties(_))
        });
        self.nodes[id.index()].keywords = keywords;
    }

    fn push(&mut self, value: &'r Value, keywords: Vec<Keyword<'r>>, draft: Draft) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        let first = if self.has_copies { *self.first.entry(address(value)).or_insert(id) } else { id };
        self.nodes.push(Node { value, keywords, first, draft });
        id
    }

    fn unsupported(&mut self, value: &'r Value, draft: Draft, why: Unsupported<'r>) -> NodeId {
        self.push(value, vec![Keyword::Unsupported(why)], draft)
    }

    /// Returns the number of the dynamic scope in which a schema is reached; `None` if there are too many scopes.
    fn number_of(&mut self, scope: &Scope<'r, 'l>) -> Option<usize> {
        if !self.tells_scopes_apart {
            return Some(0);
        }
        let resources = scope.resources();
        if let Some(known) = self.scopes.iter().position(|known| *known == resources) {
            return Some(known);
        }
        if SCOPES_MAX <= self.scopes.len() {
            return None;
        }
        self.scopes.push(resources);
        Some(self.scopes.len() - 1)
    }
}

/// Returns the values of documents that can be schemas, by address.
fn values_of<'r>(documents: &[&'r Schema]) -> HashMap<usize, &'r Value> {
    let mut values = HashMap::new();
    let mut open: Vec<&'r Value> = documents.iter().map(|document| document.value()).collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => open.extend(members.values()),
            Value::Array(items) => open.extend(items),
            Value::Bool(_) => {}
            Value::Null | Value::Number(_) | Value::String(_) => continue,
        }
        values.insert(address(value), value);
    }
    values
}
