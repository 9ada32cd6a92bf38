//! The lowered form of a schema: one vocabulary for all drafts, references resolved to nodes.
//!
//! Writer and reader share one arena, and structurally equal nodes share a [`Class`], so that
//! what did not change is recognised by comparing two integers ("hash-consing": Filliâtre and
//! Conchon, "Type-safe modular hash-consing", 2006). A node keeps where it came from, because two
//! equal subschemas at two places are still two places in a report.

mod listed;
mod named;

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};

use serde_json::Value;

pub(crate) use listed::Listed;
pub(crate) use named::Named;

use crate::number::{Decimal, Numbers};

/// A node of the arena. Two are **equal when they are of one class**: when their schemas say the
/// same; [`Id::is`] asks whether they are one node, at one place.
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
    /// Tells whether this is the very node.
    pub(crate) fn is(self, other: Self) -> bool {
        self.index == other.index
    }

    /// Returns the number of the node, for keys of what depends on its place.
    pub(crate) fn index(self) -> u32 {
        self.index
    }

    /// Returns what tells it from nodes that say something else.
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

/// A property's name, shared between all that mention it.
pub(crate) type Name = Rc<str>;

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

/// What a schema says, every part of it required at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) types: Types,
    /// `enum` or `const`, each value with its numbers normalised and its names sorted.
    pub(crate) values: Option<Listed>,
    pub(crate) numbers: Numbers,
    pub(crate) strings: Strings,
    pub(crate) arrays: Arrays,
    pub(crate) objects: Objects,
    /// `allOf`, and the target of a `$ref`.
    pub(crate) all_of: Vec<Id>,
    /// Each `anyOf`; several after merging.
    pub(crate) any_of: Vec<Vec<Id>>,
    /// Each `oneOf`.
    pub(crate) one_of: Vec<Vec<Id>>,
    pub(crate) not: Vec<Id>,
    pub(crate) conditions: Vec<Condition>,
    /// A recursive reference: the node that stands in this slot.
    pub(crate) slot: Option<u32>,
    /// What cannot be lowered, in words; nothing is concluded through it.
    pub(crate) opaque: Option<Opaque>,
}

/// Something that could not be lowered. Equal ones mean the same wherever they stand.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Opaque {
    /// What it is, in words.
    pub(crate) why: String,
    beside: Beside,
}

/// What tells things that could not be lowered apart, beside their words.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Beside {
    Nothing,
    Place(Origin),
    Text(String),
}

impl Opaque {
    /// Returns it with these words.
    pub(crate) fn plain(why: impl Into<String>) -> Option<Self> {
        Some(Self { why: why.into(), beside: Beside::Nothing })
    }

    /// Returns it with these words, equal to no other.
    pub(crate) fn like_no_other(why: impl Into<String>, place: Origin) -> Option<Self> {
        Some(Self { why: why.into(), beside: Beside::Place(place) })
    }

    /// Returns it with these words, equal to what is written alike: for what means the same wherever
    /// the same text stands, whatever that is.
    pub(crate) fn like_its_text(why: impl Into<String>, text: String) -> Option<Self> {
        Some(Self { why: why.into(), beside: Beside::Text(text) })
    }
}

/// `if`, `then`, `else`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Condition {
    pub(crate) test: Id,
    pub(crate) then: Option<Id>,
    pub(crate) otherwise: Option<Id>,
}

/// What is asked of strings. Lengths count code points.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Strings {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    pub(crate) patterns: Vec<String>,
    /// Patterns that do not match; no keyword says this, a difference does.
    pub(crate) none: Vec<String>,
    /// Asserted formats, and contents as `contentEncoding=base64`.
    pub(crate) formats: Vec<String>,
}

/// What is asked of arrays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Arrays {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    pub(crate) unique: bool,
    pub(crate) prefix: Vec<Id>,
    pub(crate) items: Option<Id>,
    pub(crate) contains: Vec<Contains>,
    pub(crate) unevaluated: Option<Id>,
}

/// `contains` with its counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Contains {
    pub(crate) schema: Id,
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    /// Whether the items that match count as evaluated: they do since 2020-12.
    pub(crate) evaluates: bool,
}

/// What is asked of objects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Objects {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    /// Sorted.
    pub(crate) required: Vec<Name>,
    pub(crate) properties: Named,
    pub(crate) patterns: Named,
    pub(crate) additional: Option<Id>,
    pub(crate) names: Option<Id>,
    pub(crate) dependent_required: Vec<(Name, Vec<Name>)>,
    pub(crate) dependent_schemas: Named,
    pub(crate) unevaluated: Option<Id>,
}

impl Default for Node {
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

impl Strings {
    /// Tells whether nothing is said of strings.
    pub(crate) fn is_any(&self) -> bool {
        let Self { min, max, patterns, none, formats } = self;
        *min == 0 && max.is_none() && patterns.is_empty() && none.is_empty() && formats.is_empty()
    }

    /// Longest bound that is written out as a pattern.
    const BOUND_MAX: u64 = 4_000;

    /// Returns the patterns, and the lengths as one more.
    pub(crate) fn as_patterns(&self) -> Vec<String> {
        let mut patterns = self.patterns.clone();
        if (0 < self.min || self.max.is_some()) && self.min.max(self.max.unwrap_or(0)) <= Self::BOUND_MAX {
            let max = self.max.map_or(String::new(), |max| max.to_string());
            patterns.push(format!(r"^[\s\S]{{{},{max}}}$", self.min));
        }
        patterns
    }
}

impl Hash for Node {
    /// Leaves out what is not said: most nodes say little, and each is hashed.
    fn hash<H: Hasher>(&self, state: &mut H) {
        fn part<T: Hash, H: Hasher>(keyword: u8, part: &T, says_nothing: bool, state: &mut H) {
            if !says_nothing {
                keyword.hash(state);
                part.hash(state);
            }
        }
        self.types.hash(state);
        part(0, &self.values, self.values.is_none(), state);
        part(1, &self.numbers, self.numbers.is_any(), state);
        part(2, &self.strings, self.strings.is_any(), state);
        part(3, &self.arrays, self.arrays.is_any(), state);
        part(4, &self.objects, self.objects.is_any(), state);
        part(5, &self.all_of, self.all_of.is_empty(), state);
        part(6, &self.any_of, self.any_of.is_empty(), state);
        part(7, &self.one_of, self.one_of.is_empty(), state);
        part(8, &self.not, self.not.is_empty(), state);
        part(9, &self.conditions, self.conditions.is_empty(), state);
        part(10, &self.slot, self.slot.is_none(), state);
        part(11, &self.opaque, self.opaque.is_none(), state);
    }
}

impl Arrays {
    /// Tells whether nothing is said of arrays.
    pub(crate) fn is_any(&self) -> bool {
        let Self { min, max, unique, prefix, items, contains, unevaluated } = self;
        let rules = items.or(*unevaluated).is_some() || !prefix.is_empty() || !contains.is_empty();
        *min == 0 && max.is_none() && !unique && !rules
    }
}

impl Objects {
    /// Tells whether nothing is said of objects.
    pub(crate) fn is_any(&self) -> bool {
        let Self { min, max, required, properties, patterns, additional, names, .. } = self;
        let depends = !self.dependent_required.is_empty() || !self.dependent_schemas.is_empty();
        let rules = additional.or(*names).or(self.unevaluated).is_some() || depends;
        let named = !required.is_empty() || !properties.is_empty() || !patterns.is_empty();
        *min == 0 && max.is_none() && !named && !rules
    }
}

impl Node {
    /// Drops what is said twice, and a union of one branch.
    fn settle(&mut self) {
        for union in &mut self.any_of {
            keep_first_of_each(union);
            if let [only] = union.as_slice() {
                self.all_of.push(*only);
            }
        }
        self.any_of.retain(|union| union.len() != 1);
        self.all_of.retain(|part| part.class != Class::ANYTHING);
        keep_first_of_each(&mut self.all_of);
    }

    /// Tells whether a node is made of no others, which have places.
    fn has_no_parts(&self) -> bool {
        let Self { arrays, objects, .. } = self;
        let in_arrays = arrays.items.or(arrays.unevaluated).is_some()
            || !arrays.prefix.is_empty()
            || !arrays.contains.is_empty();
        let in_objects = objects.additional.or(objects.names).or(objects.unevaluated).is_some()
            || !objects.properties.is_empty()
            || !objects.patterns.is_empty()
            || !objects.dependent_schemas.is_empty();
        let beside = [&self.all_of, &self.not].iter().any(|parts| !parts.is_empty())
            || [&self.any_of, &self.one_of].iter().any(|unions| !unions.is_empty())
            || !self.conditions.is_empty();
        !(in_arrays || in_objects || beside || self.slot.is_some())
    }

    /// Tells whether a node says nothing itself, its `allOf` aside.
    fn is_bare(&self) -> bool {
        self.types == Types::ALL
            && self.values.is_none()
            && self.slot.is_none()
            && self.opaque.is_none()
            && self.any_of.is_empty()
            && self.one_of.is_empty()
            && self.not.is_empty()
            && self.conditions.is_empty()
            && self.numbers.is_any()
            && self.strings.is_any()
            && self.arrays.is_any()
            && self.objects.is_any()
    }
}

fn keep_first_of_each(list: &mut Vec<Id>) {
    if 1 < list.len() {
        let mut seen: HashSet<Class> = HashSet::new();
        list.retain(|id| seen.insert(id.class));
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
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Rc<Node>>,
    origins: Vec<Origin>,
    interned: HashMap<Rc<Node>, Class>,
    /// Long lists of values, by hash: the versions of a schema repeat them.
    lists: HashMap<u64, Listed>,
    /// The nodes that recursive references stand for.
    slots: Vec<Option<Id>>,
}

impl Default for Tree {
    fn default() -> Self {
        let mut tree = Self {
            nodes: Vec::new(),
            origins: Vec::new(),
            interned: HashMap::new(),
            lists: HashMap::new(),
            slots: Vec::new(),
        };
        for (types, class) in [(Types::ALL, Class::ANYTHING), (Types::NONE, Class::NOTHING)] {
            tree.interned.insert(Rc::new(Node { types, ..Node::default() }), class);
        }
        tree
    }
}

impl Tree {
    /// Makes room for so many more nodes.
    pub(crate) fn reserve(&mut self, nodes: usize) {
        self.nodes.reserve(nodes);
        self.origins.reserve(nodes);
        self.interned.reserve(nodes);
    }

    /// Returns the values of an `enum` as a list; the same one for the same values.
    pub(crate) fn listed(&mut self, values: &[Value]) -> Listed {
        /// Lists so short that they are quicker to make again.
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
        // A node that only refers to another says what that one says.
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
            // One node for both: there is nothing in it that has a place of its own.
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
        let mut kept = 0;
        for at in 0..parts.len() {
            let part = parts[at];
            if part.class != Class::ANYTHING && !parts[..kept].contains(&part) {
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

    /// Returns how many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns what a node negates, when it says nothing else.
    pub(crate) fn negated(&self, id: Id) -> Option<Id> {
        let node = self.node(id);
        match node.not.as_slice() {
            [only] if *node == (Node { not: vec![*only], ..Node::default() }) => Some(*only),
            _ => None,
        }
    }

    pub(crate) fn reserve_slot(&mut self) -> u32 {
        self.slots.push(None);
        u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
    }

    pub(crate) fn fill_slot(&mut self, slot: u32, id: Id) {
        self.slots[slot as usize] = Some(id);
    }

    pub(crate) fn node(&self, id: Id) -> &Node {
        &self.nodes[id.index as usize]
    }

    /// Returns a node to keep while the arena grows.
    pub(crate) fn shared(&self, id: Id) -> Rc<Node> {
        Rc::clone(&self.nodes[id.index as usize])
    }

    pub(crate) fn origin(&self, id: Id) -> Origin {
        self.origins[id.index as usize]
    }

    /// Returns what stands in a slot.
    pub(crate) fn in_slot(&self, slot: u32) -> Option<Id> {
        self.slots.get(slot as usize).copied().flatten()
    }

    /// Returns the nodes that recursive references stand for.
    pub(crate) fn slot_targets(&self) -> impl Iterator<Item = Id> {
        self.slots.iter().copied().flatten()
    }

    /// Tells whether the spelling of numbers counts somewhere.
    pub(crate) fn minds_spelling(&self) -> bool {
        self.nodes.iter().any(|node| node.numbers.is_spelt)
    }

    /// Tells whether a node is the schema that accepts everything.
    pub(crate) fn is_true(&self, id: Id) -> bool {
        id.class == Class::ANYTHING
    }

    /// Tells whether a node accepts nothing, at first sight.
    pub(crate) fn is_false(&self, id: Id) -> bool {
        id.class == Class::NOTHING
    }
}

/// Returns a value with its numbers in one spelling and its names sorted, so that values are
/// equal when JSON Schema calls them equal.
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
