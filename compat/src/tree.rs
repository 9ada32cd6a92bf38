//! The arena of a comparison. Its nodes are the subschemas of the writer and of the reader.
//!
//! Structurally equal nodes share a [`Class`]. So the engine recognises unchanged parts by a comparison of two integers
//! ("hash-consing": Filliâtre and Conchon, "Type-safe modular hash-consing", 2006). A node keeps its origin, because
//! two equal subschemas are two places in a report.

mod listed;
mod named;
mod node;
mod types;

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use evschema_model::graph::{self, NodeId};
use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use serde_json::Value;

pub(crate) use listed::Listed;
pub(crate) use named::Named;
pub(crate) use node::{Arrays, Condition, Contains, Node, Objects, Place, PlaceReader, Strings, Unsupported};
pub(crate) use types::Types;

use crate::number::Decimal;

/// A node of the arena. Two ids are **equal if their nodes have the same class**, that is, the same structure.
/// [`Id::is`] compares the nodes themselves, which have different places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Id {
    index: u32,
    class: Class,
}

/// All structurally equal nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Class(u32);

impl Class {
    const ANYTHING: Self = Self(0);
    const NOTHING: Self = Self(1);
}

impl Id {
    /// Returns whether both are the same node.
    pub(crate) fn is(self, other: Self) -> bool {
        self.index == other.index
    }

    /// Returns the number of the node. It is a key for results that depend on the place.
    pub(crate) fn index(self) -> u32 {
        self.index
    }

    /// Returns the class of the node.
    pub(crate) fn class(self) -> Class {
        self.class
    }
}

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        self.class == other.class
    }
}

impl Eq for Id {}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.class.hash(state);
    }
}

/// The name of a property. All nodes with the same name share one copy.
pub(crate) type Name = Rc<str>;

/// The subschema from which a node was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Origin {
    /// The engine made the node itself, so no document has the node's subschema.
    #[default]
    Engine,
    Schema(Side, NodeId),
    /// Stands for any subschema, if a comparison need not distinguish them.
    Any,
}

/// The side of a comparison to which a subschema belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    Writer,
    Reader,
    /// A schema that the oracle made.
    Difference,
}

impl Origin {
    /// Returns the origin of a node that comes from a schema graph.
    pub(crate) fn of(side: Side, node: &graph::Node<'_>) -> Self {
        Self::Schema(side, node.first)
    }

    /// Returns the subschema, if it belongs to this side.
    pub(crate) fn on(self, side: Side) -> Option<NodeId> {
        match self {
            Self::Schema(own, node) if own == side => Some(node),
            Self::Schema(..) | Self::Engine | Self::Any => None,
        }
    }
}

/// The arena of a comparison.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    nodes: Vec<Rc<Node>>,
    origins: Vec<Origin>,
    interned: HashMap<Rc<Node>, Class>,
    /// Long lists of values, by hash. The tree shares them, because versions of a schema repeat the same lists.
    lists: HashMap<u64, Listed>,
    /// The targets of recursive references.
    recursive_refs: Vec<Option<Id>>,
}

impl Default for Tree {
    fn default() -> Self {
        let mut tree = Self {
            nodes: Vec::new(),
            origins: Vec::new(),
            interned: HashMap::new(),
            lists: HashMap::new(),
            recursive_refs: Vec::new(),
        };
        for (types, class) in [(Types::ALL, Class::ANYTHING), (Types::NONE, Class::NOTHING)] {
            tree.interned.insert(Rc::new(Node { types, ..Node::default() }), class);
        }
        tree
    }
}

impl Tree {
    /// Reserves memory for this number of nodes.
    pub(crate) fn reserve(&mut self, nodes: usize) {
        self.nodes.reserve(nodes);
        self.origins.reserve(nodes);
        self.interned.reserve(nodes);
    }

    /// Returns the values of an `enum` as a list. Nodes with equal values share one long list.
    pub(crate) fn listed(&mut self, values: &[Value]) -> Listed {
        /// The maximum length of a list that the tree does not share. Making such a short list again is faster than
        /// looking it up.
        const SHORT_MAX: usize = 8;
        if values.len() <= SHORT_MAX {
            return Listed::of(values.iter().map(normalized));
        }
        let hash = Listed::hash_of(values);
        if let Some(known) = self.lists.get(&hash).filter(|known| ***known == *values) {
            return known.clone();
        }
        let listed = Listed::of(values.iter().map(normalized));
        self.lists.insert(hash, listed.clone());
        listed
    }

    /// Adds a node.
    pub(crate) fn add(&mut self, mut node: Node, origin: Origin) -> Id {
        node.settle();
        let (node, class) = self.intern(node);
        let index = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(node);
        self.origins.push(origin);
        Id { index, class }
    }

    fn intern(&mut self, node: Node) -> (Rc<Node>, Class) {
        // A node that only refers to another node has the class of that node.
        if let [only] = node.all_of.as_slice()
            && node.is_bare()
        {
            let class = only.class;
            return (Rc::new(node), class);
        }
        if node.types.is_empty() || node.values.as_ref().is_some_and(|values| values.is_empty()) {
            return (Rc::new(node), Class::NOTHING);
        }
        match self.interned.get_key_value(&node) {
            // Both ids share one node, because the node has no parts with places of their own.
            Some((known, class)) if node.has_no_parts() => (Rc::clone(known), *class),
            Some((_, class)) => (Rc::new(node), *class),
            None => {
                let next = Class(u32::try_from(self.interned.len()).unwrap_or(u32::MAX));
                let node = Rc::new(node);
                self.interned.insert(Rc::clone(&node), next);
                (node, next)
            }
        }
    }

    /// Adds the schema that accepts everything, or nothing.
    pub(crate) fn boolean(&mut self, accept: bool, origin: Origin) -> Id {
        let types = if accept { Types::ALL } else { Types::NONE };
        self.add(Node { types, ..Node::default() }, origin)
    }

    /// Adds the conjunction of several nodes.
    pub(crate) fn all(&mut self, mut parts: Vec<Id>) -> Id {
        let origin = parts.first().map_or_else(Origin::default, |id| self.origin(*id));
        if let Some(nothing) = parts.iter().find(|part| part.class == Class::NOTHING) {
            return *nothing;
        }
        /// The maximum number of parts for which the function finds duplicates by direct comparison, without a hash
        /// set.
        const FEW: usize = 32;
        let mut seen: HashSet<Class> = HashSet::new();
        let is_long = FEW < parts.len();
        let mut kept = 0;
        for at in 0..parts.len() {
            let part = parts[at];
            let is_new = |kept: &[Id]| !kept.contains(&part);
            let is_new = if is_long { seen.insert(part.class) } else { is_new(&parts[..kept]) };
            if part.class != Class::ANYTHING && is_new {
                parts[kept] = part;
                kept += 1;
            }
        }
        if kept == 0
            && let Some(anything) = parts.first()
        {
            return *anything;
        }
        parts.truncate(kept);
        match parts.as_slice() {
            [one] => *one,
            _ => self.add(Node { all_of: parts, ..Node::default() }, origin),
        }
    }

    /// Returns the number of nodes.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// If a node consists only of a negation, returns the negated node.
    pub(crate) fn negated(&self, id: Id) -> Option<Id> {
        let node = self.node(id);
        match node.not.as_slice() {
            [only] if *node == (Node { not: vec![*only], ..Node::default() }) => Some(*only),
            _ => None,
        }
    }

    pub(crate) fn reserve_recursive_ref(&mut self) -> u32 {
        self.recursive_refs.push(None);
        u32::try_from(self.recursive_refs.len() - 1).unwrap_or(u32::MAX)
    }

    pub(crate) fn resolve_recursive_ref(&mut self, recursive_ref: u32, id: Id) {
        self.recursive_refs[recursive_ref as usize] = Some(id);
    }

    pub(crate) fn node(&self, id: Id) -> &Node {
        &self.nodes[id.index as usize]
    }

    /// Returns a node that stays usable while the arena grows.
    pub(crate) fn shared(&self, id: Id) -> Rc<Node> {
        Rc::clone(&self.nodes[id.index as usize])
    }

    pub(crate) fn origin(&self, id: Id) -> Origin {
        self.origins[id.index as usize]
    }

    /// Returns the origin of the node at the end of a chain of references. For a node that is not only a reference,
    /// returns its own origin.
    pub(crate) fn target(&self, id: Id) -> Origin {
        /// The maximum number of references that the function follows.
        const CHAIN_MAX: usize = 16;
        let mut at = id;
        for _ in 0..CHAIN_MAX {
            let node = self.node(at);
            let next = match (node.all_of.as_slice(), node.recursive_ref) {
                ([only], None) if node.is_bare() => Some(*only),
                ([], Some(recursive_ref)) => self.recursive_target(recursive_ref),
                _ => None,
            };
            let Some(next) = next else { break };
            at = next;
        }
        self.origin(at)
    }

    /// Returns whether a schema of the tree refers to itself.
    pub(crate) fn has_recursive_refs(&self) -> bool {
        !self.recursive_refs.is_empty()
    }

    /// Returns the target of a recursive reference.
    pub(crate) fn recursive_target(&self, recursive_ref: u32) -> Option<Id> {
        self.recursive_refs.get(recursive_ref as usize).copied().flatten()
    }

    /// Returns the targets of all recursive references.
    pub(crate) fn recursive_targets(&self) -> impl Iterator<Item = Id> {
        self.recursive_refs.iter().copied().flatten()
    }

    /// Returns whether any node of the tree has `unevaluatedItems` or `unevaluatedProperties`.
    pub(crate) fn has_unevaluated(&self) -> bool {
        self.nodes.iter().any(|node| node.objects.unevaluated.or(node.arrays.unevaluated).is_some())
    }

    /// Returns whether any node of the tree has a condition.
    pub(crate) fn has_conditions(&self) -> bool {
        self.nodes.iter().any(|node| !node.conditions.is_empty())
    }

    /// Returns whether any node of the tree distinguishes `1.0` from `1`.
    pub(crate) fn requires_integer_lexeme(&self) -> bool {
        self.nodes.iter().any(|node| node.numbers.requires_lexeme)
    }

    /// Returns whether a node is the schema that accepts everything.
    pub(crate) fn is_true(&self, id: Id) -> bool {
        id.class == Class::ANYTHING
    }

    /// Returns whether a node obviously accepts nothing.
    pub(crate) fn is_false(&self, id: Id) -> bool {
        id.class == Class::NOTHING
    }
}

/// Returns a value with normalized numbers and sorted names. Two such values are equal if JSON Schema defines them as
/// equal.
pub(crate) fn normalized(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.as_i64().is_some_and(|small| small != 0) => value.clone(),
        Value::Number(number) => {
            Value::Number(Decimal::of(number).map_or_else(|| number.clone(), |decimal| decimal.to_number()))
        }
        Value::Array(items) => items.iter().map(normalized).collect(),
        Value::Object(members) => {
            let mut sorted: Vec<_> =
                members.iter().map(|(name, value)| (name.clone(), normalized(value))).collect();
            sorted.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(sorted.into_iter().collect())
        }
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
    }
}
