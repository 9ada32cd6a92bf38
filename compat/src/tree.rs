//! The lowered form of a schema: one vocabulary for all drafts, references resolved to nodes.
//!
//! Writer and reader share one arena, and structurally equal nodes share a [`Class`], so that
//! what did not change is recognised by comparing two integers. A node keeps where it came from,
//! because two equal subschemas at two places are still two places in a report.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value;

use crate::number::{Decimal, Numbers};

/// A node of the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id(pub(crate) u32);

/// All structurally equal nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Class(u32);

/// A set of JSON types; integers are numbers with a step of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Types(u8);

impl Types {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOLEAN: Self = Self(2);
    pub(crate) const NUMBER: Self = Self(4);
    pub(crate) const STRING: Self = Self(8);
    pub(crate) const ARRAY: Self = Self(16);
    pub(crate) const OBJECT: Self = Self(32);
    pub(crate) const ALL: Self = Self(63);

    /// Each type by itself, the shortest values first.
    pub(crate) const EACH: [Self; 6] =
        [Self::NULL, Self::BOOLEAN, Self::NUMBER, Self::STRING, Self::ARRAY, Self::OBJECT];

    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(_) => Self::NUMBER,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn each(self) -> impl Iterator<Item = Self> {
        Self::EACH.into_iter().filter(move |one| self.has(*one))
    }

    /// Returns the names, `string or null`.
    pub(crate) fn names(self, integer: bool) -> String {
        let names: Vec<&str> = self
            .each()
            .map(|one| match one {
                Self::NULL => "null",
                Self::BOOLEAN => "boolean",
                Self::NUMBER if integer => "integer",
                Self::NUMBER => "number",
                Self::STRING => "string",
                Self::ARRAY => "array",
                _ => "object",
            })
            .collect();
        match names.split_last() {
            None => "nothing".to_owned(),
            Some((last, [])) => (*last).to_owned(),
            Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        }
    }
}

/// What a schema says, every part of it required at once. `C` is how children are named: by
/// [`Id`] in the arena, by [`Class`] for comparison.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Node<C> {
    pub(crate) types: Types,
    /// `enum` or `const`, each value with its numbers normalised and its names sorted.
    pub(crate) values: Option<Vec<Value>>,
    pub(crate) numbers: Numbers,
    pub(crate) strings: Strings,
    pub(crate) arrays: Arrays<C>,
    pub(crate) objects: Objects<C>,
    /// `allOf`, and the target of a `$ref`.
    pub(crate) all_of: Vec<C>,
    /// Each `anyOf`; several after merging.
    pub(crate) any_of: Vec<Vec<C>>,
    /// Each `oneOf`.
    pub(crate) one_of: Vec<Vec<C>>,
    pub(crate) not: Vec<C>,
    pub(crate) conditions: Vec<Condition<C>>,
    /// A recursive reference: the node that stands in this slot.
    pub(crate) slot: Option<u32>,
    /// What cannot be lowered, in words; nothing is concluded through it.
    pub(crate) opaque: Option<Opaque>,
}

/// Something that could not be lowered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Opaque {
    /// What it is, in words.
    pub(crate) why: String,
    /// Zero when equal words mean the same wherever they stand; else a number of its own, so
    /// that no two such nodes are ever taken for equal.
    pub(crate) serial: usize,
}

impl Opaque {
    /// Returns what means the same wherever it stands.
    pub(crate) fn plain(why: impl Into<String>) -> Option<Self> {
        Some(Self { why: why.into(), serial: 0 })
    }
}

/// `if`, `then`, `else`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Condition<C> {
    pub(crate) test: C,
    pub(crate) then: Option<C>,
    pub(crate) otherwise: Option<C>,
}

/// What is asked of strings. Lengths count code points.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Strings {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    pub(crate) patterns: Vec<String>,
    /// Asserted formats, and contents as `contentEncoding=base64`.
    pub(crate) formats: Vec<String>,
}

/// What is asked of arrays.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Arrays<C> {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    pub(crate) unique: bool,
    pub(crate) prefix: Vec<C>,
    pub(crate) items: Option<C>,
    pub(crate) contains: Vec<Contains<C>>,
    pub(crate) unevaluated: Option<C>,
}

/// `contains` with its counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Contains<C> {
    pub(crate) schema: C,
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
}

/// What is asked of objects.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Objects<C> {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    /// Sorted.
    pub(crate) required: Vec<String>,
    /// Sorted by name.
    pub(crate) properties: Vec<(String, C)>,
    /// Sorted by pattern.
    pub(crate) patterns: Vec<(String, C)>,
    pub(crate) additional: Option<C>,
    pub(crate) names: Option<C>,
    pub(crate) dependent_required: Vec<(String, Vec<String>)>,
    pub(crate) dependent_schemas: Vec<(String, C)>,
    pub(crate) unevaluated: Option<C>,
}

impl<C> Default for Node<C> {
    fn default() -> Self {
        Self {
            types: Types::ALL,
            values: None,
            numbers: Numbers::default(),
            strings: Strings::default(),
            arrays: Arrays::default(),
            objects: Objects::default(),
            all_of: Vec::new(),
            any_of: Vec::new(),
            one_of: Vec::new(),
            not: Vec::new(),
            conditions: Vec::new(),
            slot: None,
            opaque: None,
        }
    }
}

impl<C> Default for Arrays<C> {
    fn default() -> Self {
        Self {
            min: 0,
            max: None,
            unique: false,
            prefix: Vec::new(),
            items: None,
            contains: Vec::new(),
            unevaluated: None,
        }
    }
}

impl<C> Default for Objects<C> {
    fn default() -> Self {
        Self {
            min: 0,
            max: None,
            required: Vec::new(),
            properties: Vec::new(),
            patterns: Vec::new(),
            additional: None,
            names: None,
            dependent_required: Vec::new(),
            dependent_schemas: Vec::new(),
            unevaluated: None,
        }
    }
}

impl<C: Copy> Node<C> {
    /// Returns the same node with its children named otherwise.
    pub(crate) fn map<D>(&self, f: &mut dyn FnMut(C) -> D) -> Node<D> {
        let named = |list: &[(String, C)], f: &mut dyn FnMut(C) -> D| -> Vec<(String, D)> {
            list.iter().map(|(name, c)| (name.clone(), f(*c))).collect()
        };
        Node {
            types: self.types,
            values: self.values.clone(),
            numbers: self.numbers.clone(),
            strings: self.strings.clone(),
            arrays: Arrays {
                min: self.arrays.min,
                max: self.arrays.max,
                unique: self.arrays.unique,
                prefix: self.arrays.prefix.iter().map(|c| f(*c)).collect(),
                items: self.arrays.items.map(&mut *f),
                contains: self
                    .arrays
                    .contains
                    .iter()
                    .map(|c| Contains { schema: f(c.schema), min: c.min, max: c.max })
                    .collect(),
                unevaluated: self.arrays.unevaluated.map(&mut *f),
            },
            objects: Objects {
                min: self.objects.min,
                max: self.objects.max,
                required: self.objects.required.clone(),
                properties: named(&self.objects.properties, f),
                patterns: named(&self.objects.patterns, f),
                additional: self.objects.additional.map(&mut *f),
                names: self.objects.names.map(&mut *f),
                dependent_required: self.objects.dependent_required.clone(),
                dependent_schemas: named(&self.objects.dependent_schemas, f),
                unevaluated: self.objects.unevaluated.map(&mut *f),
            },
            all_of: self.all_of.iter().map(|c| f(*c)).collect(),
            any_of: self.any_of.iter().map(|list| list.iter().map(|c| f(*c)).collect()).collect(),
            one_of: self.one_of.iter().map(|list| list.iter().map(|c| f(*c)).collect()).collect(),
            not: self.not.iter().map(|c| f(*c)).collect(),
            conditions: self
                .conditions
                .iter()
                .map(|c| Condition {
                    test: f(c.test),
                    then: c.then.map(&mut *f),
                    otherwise: c.otherwise.map(&mut *f),
                })
                .collect(),
            slot: self.slot,
            opaque: self.opaque.clone(),
        }
    }
}

/// Where a node was written: the address of its JSON value, which stays put while its document
/// is borrowed. Zero for nodes that nobody wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Origin(pub(crate) usize);

impl Origin {
    pub(crate) fn of(value: &Value) -> Self {
        Self(std::ptr::from_ref(value) as usize)
    }
}

/// The arena.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Rc<Node<Id>>>,
    classes: Vec<Class>,
    origins: Vec<Origin>,
    interned: HashMap<Node<Class>, Class>,
    /// The nodes that recursive references stand for.
    slots: Vec<Option<Id>>,
}

impl Tree {
    /// Adds a node.
    pub(crate) fn add(&mut self, node: Node<Id>, origin: Origin) -> Id {
        let key = node.map(&mut |child| self.classes[child.0 as usize]);
        let next = Class(u32::try_from(self.interned.len()).unwrap_or(u32::MAX));
        let class = *self.interned.entry(key).or_insert(next);
        let id = Id(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Rc::new(node));
        self.classes.push(class);
        self.origins.push(origin);
        id
    }

    /// Adds the schema that accepts everything, or nothing.
    pub(crate) fn boolean(&mut self, accept: bool, origin: Origin) -> Id {
        let types = if accept { Types::ALL } else { Types::NONE };
        self.add(Node { types, ..Node::default() }, origin)
    }

    /// Adds the conjunction of several nodes.
    pub(crate) fn all(&mut self, mut parts: Vec<Id>) -> Id {
        let mut seen = Vec::new();
        parts.retain(|id| {
            let class = self.classes[id.0 as usize];
            !seen.contains(&class) && {
                seen.push(class);
                true
            }
        });
        match parts.as_slice() {
            [one] => *one,
            _ => {
                let origin = parts.first().map_or_else(Origin::default, |id| self.origin(*id));
                self.add(Node { all_of: parts, ..Node::default() }, origin)
            }
        }
    }

    pub(crate) fn reserve_slot(&mut self) -> u32 {
        self.slots.push(None);
        u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
    }

    pub(crate) fn fill_slot(&mut self, slot: u32, id: Id) {
        self.slots[slot as usize] = Some(id);
    }

    pub(crate) fn node(&self, id: Id) -> &Node<Id> {
        &self.nodes[id.0 as usize]
    }

    /// Returns a node to keep while the arena grows.
    pub(crate) fn shared(&self, id: Id) -> Rc<Node<Id>> {
        Rc::clone(&self.nodes[id.0 as usize])
    }

    pub(crate) fn class(&self, id: Id) -> Class {
        self.classes[id.0 as usize]
    }

    pub(crate) fn origin(&self, id: Id) -> Origin {
        self.origins[id.0 as usize]
    }

    /// Returns what stands in a slot.
    pub(crate) fn in_slot(&self, slot: u32) -> Option<Id> {
        self.slots.get(slot as usize).copied().flatten()
    }

    /// Returns the nodes that recursive references stand for.
    pub(crate) fn slot_targets(&self) -> impl Iterator<Item = Id> {
        self.slots.iter().copied().flatten()
    }

    pub(crate) fn is_true(&self, id: Id) -> bool {
        *self.node(id) == Node::default()
    }

    pub(crate) fn is_false(&self, id: Id) -> bool {
        let node = self.node(id);
        node.types.is_empty() || node.values.as_ref().is_some_and(Vec::is_empty)
    }
}

/// Returns a value with its numbers in one spelling and its names sorted, so that values are
/// equal when JSON Schema calls them equal.
pub(crate) fn normalized(value: &Value) -> Value {
    match value {
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
