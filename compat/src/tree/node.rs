//! The meaning of one schema, in one vocabulary for all drafts.
//!
//! A node does not contain its place, because the arena keeps the places. So two nodes at different places are equal if
//! they have the same structure.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use foldhash::{HashSet, HashSetExt as _};

use super::{Class, Id, Listed, Name, Named, Origin, Tree, Types};
use crate::format;
use crate::number::Numbers;

/// A schema. A value must satisfy every part of it.
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
    /// The branches of each `anyOf`. A node can have several, because the engine merges schemas.
    pub(crate) any_of: Vec<Vec<Id>>,
    /// The branches of each `oneOf`.
    pub(crate) one_of: Vec<Vec<Id>>,
    pub(crate) not: Vec<Id>,
    pub(crate) conditions: Vec<Condition>,
    /// Each `if` without `then` and `else`. It rejects nothing, but content models use it as a declaration.
    pub(crate) tests: Vec<Id>,
    /// A recursive reference, as a number. The arena resolves this number to a node after it has lowered that node.
    pub(crate) recursive_ref: Option<u32>,
    /// A part of the schema that the engine does not support. The engine proves nothing about such a node.
    pub(crate) unsupported: Option<Unsupported>,
    /// A place of the event under a content model. A node with a place has no other part.
    pub(crate) place: Option<Rc<Place>>,
}

/// A place of a writer's events under a content model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// The conjunction of all schemas that hold at the place.
    pub(crate) schema: Id,
    /// Schemas that may hold at the place too, sorted by class. They declare properties, but their assertions do not
    /// apply.
    pub(crate) maybe: Vec<Id>,
    /// Under `tolerant`: the reader's schemas for the place. The reader removes the properties that they do not
    /// declare.
    pub(crate) reader: Option<PlaceReader>,
}

/// The schemas of a reader for a place, sorted by class.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct PlaceReader {
    /// The schemas that certainly apply, whatever the event is.
    pub(crate) surely: Vec<Id>,
    /// The schemas that may apply.
    pub(crate) maybe: Vec<Id>,
}

/// A part of a schema that the engine does not support. If two values of this type are equal, their parts have the same
/// meaning.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Unsupported {
    /// A description for people.
    pub(crate) why: String,
    beside: Beside,
}

/// The property of an unsupported schema that, together with its description, distinguishes it from other unsupported
/// schemas.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Beside {
    Nothing,
    Place(Origin),
    Text(String),
}

impl Unsupported {
    /// Returns a value with this description.
    pub(crate) fn plain(why: impl Into<String>) -> Option<Self> {
        Some(Self { why: why.into(), beside: Beside::Nothing })
    }

    /// Returns a value with this description. The value is equal to no value from another place.
    pub(crate) fn like_no_other(why: impl Into<String>, place: Origin) -> Option<Self> {
        Some(Self { why: why.into(), beside: Beside::Place(place) })
    }

    /// Returns a value with this description. It is equal to values with the same description and the same schema text.
    /// The text must have the same meaning everywhere.
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

/// The assertions about strings. Lengths are numbers of code points.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Strings {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    pub(crate) patterns: Vec<String>,
    /// Patterns that no string may match. No keyword expresses this, but subtraction can lead to such assertions.
    pub(crate) none: Vec<String>,
    /// Asserted formats, and asserted contents such as `contentEncoding=base64`.
    pub(crate) formats: Vec<String>,
}

impl Strings {
    /// Returns whether these assertions accept every string.
    pub(crate) fn is_any(&self) -> bool {
        let Self { min, max, patterns, none, formats } = self;
        *min == 0 && max.is_none() && patterns.is_empty() && none.is_empty() && formats.is_empty()
    }

    /// Returns the patterns of these assertions, and patterns that every string with the asserted formats matches.
    pub(crate) fn with_formats(&self) -> Vec<String> {
        let languages = self.formats.iter().filter_map(|name| format::language(name));
        let theirs = languages.flat_map(|language| &language.over);
        self.patterns.iter().chain(theirs).cloned().collect()
    }

    /// Returns whether the strings have a format and also a pattern or another format. If so, it is possible that no
    /// string satisfies both.
    pub(crate) fn formats_meet_others(&self) -> bool {
        let others = self.patterns.len() + self.none.len() + self.formats.len().saturating_sub(1);
        !self.formats.is_empty() && 0 < others
    }

    /// The maximum length that the engine expresses as a pattern.
    const BOUND_MAX: u64 = 4_000;

    /// Returns the patterns of these assertions, and one more pattern for the lengths.
    pub(crate) fn as_patterns(&self) -> Vec<String> {
        let mut patterns = self.patterns.clone();
        if (0 < self.min || self.max.is_some()) && self.min.max(self.max.unwrap_or(0)) <= Self::BOUND_MAX {
            let max = self.max.map_or(String::new(), |max| max.to_string());
            patterns.push(format!(r"^[\s\S]{{{},{max}}}$", self.min));
        }
        patterns
    }
}

/// The assertions about arrays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Arrays {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    pub(crate) unique: bool,
    pub(crate) prefix: Vec<Id>,
    pub(crate) items: Option<Id>,
    pub(crate) contains: Vec<Contains>,
    pub(crate) unevaluated: Option<Id>,
    /// Whether the schema for all further items is neither `true` nor `false`. Only content models use this.
    pub(crate) has_real_rest: bool,
}

/// `contains` with its counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Contains {
    pub(crate) schema: Id,
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    /// Whether the matching items count as evaluated, as in drafts since 2020-12.
    pub(crate) evaluates: bool,
}

impl Arrays {
    /// Returns whether these assertions accept every array.
    pub(crate) fn is_any(&self) -> bool {
        let Self { min, max, unique, prefix, items, contains, unevaluated, .. } = self;
        let rules = items.or(*unevaluated).is_some() || !prefix.is_empty() || !contains.is_empty();
        *min == 0 && max.is_none() && !unique && !rules
    }
}

/// The assertions about objects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Objects {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    /// The required names, sorted.
    pub(crate) required: Vec<Name>,
    pub(crate) properties: Named,
    pub(crate) patterns: Named,
    pub(crate) additional: Option<Id>,
    pub(crate) names: Option<Id>,
    pub(crate) dependent_required: Vec<(Name, Vec<Name>)>,
    pub(crate) dependent_schemas: Named,
    pub(crate) unevaluated: Option<Id>,
    /// Whether `additionalProperties` is neither `true` nor `false`. Only content models use this.
    pub(crate) has_real_rest: bool,
    /// Whether `unevaluatedProperties` is neither `true` nor `false`. Only content models use this.
    pub(crate) has_real_unevaluated: bool,
    /// Patterns that match every name and whose schemas accept everything. They declare nothing.
    pub(crate) idle_patterns: Vec<Name>,
}

impl Objects {
    /// Returns whether these assertions accept every object.
    pub(crate) fn is_any(&self) -> bool {
        let Self { min, max, required, properties, patterns, additional, names, .. } = self;
        let depends = !self.dependent_required.is_empty() || !self.dependent_schemas.is_empty();
        let rules = additional.or(*names).or(self.unevaluated).is_some() || depends;
        let named = !required.is_empty() || !properties.is_empty() || !patterns.is_empty();
        *min == 0 && max.is_none() && !named && !rules
    }
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
            tests: Vec::new(),
            recursive_ref: None,
            unsupported: None,
            place: None,
        }
    }
}

impl Hash for Node {
    /// Skips the parts without an assertion. The engine hashes every node, and most nodes have few assertions.
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
        part(10, &self.recursive_ref, self.recursive_ref.is_none(), state);
        part(11, &self.unsupported, self.unsupported.is_none(), state);
        part(12, &self.place, self.place.is_none(), state);
        part(13, &self.tests, self.tests.is_empty(), state);
    }
}

impl Node {
    /// Returns the target of a recursive reference, if the node is one and its target is lowered.
    pub(crate) fn recursive_target(&self, tree: &Tree) -> Option<Id> {
        tree.recursive_target(self.recursive_ref?)
    }

    /// Removes duplicates, and replaces a union with one branch by this branch.
    pub(super) fn settle(&mut self) {
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

    /// Returns whether a node contains no other nodes, which would have their own places.
    pub(super) fn has_no_parts(&self) -> bool {
        let Self { arrays, objects, .. } = self;
        let in_arrays = arrays.items.or(arrays.unevaluated).is_some()
            || !arrays.prefix.is_empty()
            || !arrays.contains.is_empty();
        let in_objects = objects.additional.or(objects.names).or(objects.unevaluated).is_some()
            || !objects.properties.is_empty()
            || !objects.patterns.is_empty()
            || !objects.dependent_schemas.is_empty();
        let beside = [&self.all_of, &self.not, &self.tests].iter().any(|parts| !parts.is_empty())
            || [&self.any_of, &self.one_of].iter().any(|unions| !unions.is_empty())
            || !self.conditions.is_empty();
        !(in_arrays || in_objects || beside || self.recursive_ref.is_some() || self.place.is_some())
    }

    /// Returns whether a node has no assertion of its own, except for `allOf`.
    pub(super) fn is_bare(&self) -> bool {
        self.types == Types::ALL
            && self.values.is_none()
            && self.recursive_ref.is_none()
            && self.unsupported.is_none()
            && self.place.is_none()
            && self.any_of.is_empty()
            && self.one_of.is_empty()
            && self.not.is_empty()
            && self.conditions.is_empty()
            && self.tests.is_empty()
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
