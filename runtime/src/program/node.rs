//! The nodes of a program, with their keywords.

use super::bound::{Bound, Divisor};
use super::enum_values::EnumValues;
use super::node_id::NodeId;
use super::pattern::Pattern;
use super::property_conditions::{PropertyCondition, ValuePositions};
use super::property_index::PropertyIndex;
use crate::bit_set::BitSet;
use crate::format::{Encoding, FindEnd, Format};
use crate::kinds::Kinds;
use crate::lexer::{KnownName, NameHash};
use crate::reject::Reason;

/// Conditions on a value: the keywords of one schema.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) kinds: Kinds,
    pub(crate) string: Option<Box<StringKeywords>>,
    pub(crate) number: Option<Box<NumberKeywords>>,
    pub(crate) array: Option<Box<ArrayKeywords>>,
    pub(crate) object: Option<Box<ObjectKeywords>>,
    pub(crate) enum_values: Option<Box<EnumValues>>,
    pub(crate) applicators: Option<Box<Applicators>>,
    pub(crate) checks_while_reading: ChecksWhileReading,
    /// Whether the node has no conditions on objects except the keywords of [`ObjectKeywords::simple_required`].
    pub(crate) is_simple_object: bool,
    /// The node that checks all values other than `null`. A node with this field accepts `null`.
    pub(crate) unless_null: Option<NodeId>,
    /// The nodes that check the variants of the generated enum.
    pub(crate) variants: Box<[NodeId]>,
    /// Whether the node stands for a node that does not exist, or whose program has a defect.
    pub(crate) is_broken: bool,
    /// Only explanations of rejected events use this field.
    pub(crate) source: Box<NodeSource>,
}

/// The schemas of a node.
#[derive(Debug, Default)]
pub(crate) struct NodeSource {
    /// The location of the schema, a JSON Pointer in the document.
    pub(super) location: Option<Box<str>>,
    /// The locations of the schemas that the generator merged into the node. A location in the document of another
    /// program has the position of this program in the links.
    pub(super) parts: Box<[(Option<u16>, Box<str>)]>,
    /// All applicators of the schema, if the program checks some of them as property conditions.
    pub(super) applicators: Option<Applicators>,
}

/// The conditions of a node that its generated type checks while it reads the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChecksWhileReading {
    /// The type checks no keyword. The checker validates the value before the type reads it.
    None,
    /// The type checks all keywords except the applicators. The checker checks the applicators afterwards.
    OwnKeywords,
    /// The type checks all keywords.
    All,
}

#[derive(Debug, Default)]
pub(crate) struct StringKeywords {
    pub(crate) min_length: usize,
    pub(crate) max_length: Option<usize>,
    pub(crate) pattern: Option<Pattern>,
    pub(crate) format: Option<Format>,
    pub(crate) content_encoding: Option<Encoding>,
    pub(crate) content_is_json: bool,
    /// The function of the format that finds the end of the string. Set only if the format is the only keyword for
    /// strings.
    pub(crate) find_end: Option<FindEnd>,
}

#[derive(Debug, Default)]
pub(crate) struct NumberKeywords {
    pub(crate) minimum: Option<Bound>,
    pub(crate) maximum: Option<Bound>,
    pub(crate) exclusive_minimum: Option<Bound>,
    pub(crate) exclusive_maximum: Option<Bound>,
    pub(crate) multiple_of: Option<Divisor>,
}

#[derive(Debug, Default)]
pub(crate) struct ArrayKeywords {
    pub(crate) prefix_items: Box<[NodeId]>,
    pub(crate) items: Option<NodeId>,
    pub(crate) min_items: usize,
    pub(crate) max_items: Option<usize>,
    pub(crate) unique_items: bool,
    pub(crate) contains: Option<Contains>,
}

#[derive(Debug)]
pub(crate) struct Contains {
    pub(crate) node: NodeId,
    pub(crate) min: usize,
    pub(crate) max: Option<usize>,
    /// Whether items that match `contains` count as evaluated, as in draft 2020-12.
    pub(crate) evaluates: bool,
}

#[derive(Debug, Default)]
pub(crate) struct ObjectKeywords {
    /// Every property that a keyword names, declared ones first.
    pub(crate) properties: Box<[Property]>,
    pub(super) index: PropertyIndex,
    pub(crate) required: BitSet,
    pub(crate) patterns: Box<[(Pattern, NodeId)]>,
    pub(crate) additional: AdditionalProperties,
    pub(crate) property_names: Option<NodeId>,
    pub(crate) min_properties: usize,
    pub(crate) max_properties: Option<usize>,
    pub(crate) dependent_required: Box<[(u16, Box<[u16]>)]>,
    pub(crate) dependent_schemas: Box<[(u16, NodeId)]>,
    /// Conditions from applicators, each with the reason for objects that violate it.
    pub(crate) conditions: Vec<(PropertyCondition, Reason)>,
    /// The few properties whose values the conditions read.
    pub(crate) recorded: Box<[u16]>,
    /// If the object has no keywords except `properties`, `required` and `additionalProperties`: one bit for each
    /// required property.
    pub(crate) simple_required: Option<u64>,
}

/// A property that a keyword names.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: KnownName,
    /// Whether `properties` declares it. Otherwise another keyword names it, such as `required`.
    pub(crate) is_declared: bool,
    pub(crate) node: Option<NodeId>,
    /// The kinds of scalars that the node accepts whatever their value is.
    pub(crate) always_accepted: Kinds,
}

/// The keyword `additionalProperties`.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) enum AdditionalProperties {
    /// The keyword is missing.
    #[default]
    Unconstrained,
    /// `true`: accepts additional properties and evaluates them.
    Accepted,
    /// `false`
    Rejected,
    /// A schema.
    Checked(NodeId),
}

/// Keywords that need several passes over a value.
#[derive(Debug, Default, Clone)]
pub(crate) struct Applicators {
    pub(crate) all_of: Box<[NodeId]>,
    pub(crate) any_of: Box<[NodeId]>,
    pub(crate) one_of: Box<[NodeId]>,
    pub(crate) not: Option<NodeId>,
    /// `if`, `then` and `else`.
    pub(crate) condition: Option<(NodeId, Option<NodeId>, Option<NodeId>)>,
    /// A dynamic reference: the name of the anchor, and the default target.
    pub(crate) dynamic_ref: Option<(Box<str>, NodeId)>,
    /// The number of the schema resource in the document, if dynamic references may depend on it.
    pub(crate) resource: Option<u16>,
    pub(crate) unevaluated_properties: Option<NodeId>,
    pub(crate) unevaluated_items: Option<NodeId>,
}

impl Node {
    /// Returns a node that ends each check with an error.
    pub(super) fn broken() -> Self {
        Self {
            kinds: Kinds::NONE,
            string: None,
            number: None,
            array: None,
            object: None,
            enum_values: None,
            applicators: None,
            checks_while_reading: ChecksWhileReading::None,
            is_simple_object: false,
            unless_null: None,
            variants: Box::default(),
            is_broken: true,
            source: Box::default(),
        }
    }

    /// Returns the applicators of the schema, also those that the program checks as property conditions.
    pub(crate) fn all_applicators(&self) -> Option<&Applicators> {
        self.source.applicators.as_ref().or(self.applicators.as_deref())
    }

    /// Returns whether one pass over a value is enough to check it.
    #[inline]
    pub(crate) fn has_only_own_keywords(&self) -> bool {
        self.applicators.is_none() && self.unless_null.is_none()
    }

    /// Returns whether the node has a keyword that one pass over the value checks.
    pub(crate) fn has_own_keywords(&self) -> bool {
        self.kinds != Kinds::ALL
            || self.string.is_some()
            || self.number.is_some()
            || self.array.is_some()
            || self.object.is_some()
            || self.enum_values.is_some()
    }

    /// Returns whether the node has any keyword.
    pub(crate) fn has_keywords(&self) -> bool {
        self.has_own_keywords() || !self.has_only_own_keywords()
    }

    /// Returns the kinds of scalars that the node accepts whatever their value is.
    pub(super) fn always_accepted(&self) -> Kinds {
        if !self.has_only_own_keywords() || self.enum_values.is_some() {
            return Kinds::NONE;
        }
        let mut accepted = self.kinds.and(Kinds::SCALARS);
        if self.string.is_some() {
            accepted = accepted.without(Kinds::STRING);
        }
        if self.number.is_some() || !self.kinds.contains(Kinds::NUMBERS) {
            accepted = accepted.without(Kinds::NUMBERS);
        }
        accepted
    }
}

impl ObjectKeywords {
    /// Returns the value for [`ObjectKeywords::simple_required`].
    pub(super) fn required_if_simple(&self) -> Option<u64> {
        let is_simple = self.properties.len() <= 64
            && self.properties.iter().all(|property| property.is_declared)
            && self.patterns.is_empty()
            && self.property_names.is_none()
            && self.min_properties == 0
            && self.max_properties.is_none()
            && self.dependent_required.is_empty()
            && self.dependent_schemas.is_empty()
            && self.conditions.is_empty();
        is_simple.then(|| self.required.first_word())
    }

    /// Returns the number of a property. Tries the property after `expected` first, because the caller has already
    /// compared the name with property `expected`.
    #[inline]
    pub(crate) fn find_property(&self, name: &str, expected: usize) -> Option<usize> {
        let hash = NameHash::of(name);
        let is_match =
            |at: usize| self.properties.get(at).is_some_and(|property| property.name.equals(name, hash));
        if is_match(expected + 1) {
            return Some(expected + 1);
        }
        self.index.find(hash.to_u64(), is_match)
    }

    /// Records the position of a property's value, if a condition reads the value.
    #[inline]
    pub(crate) fn record_position(&self, positions: &mut ValuePositions, number: usize, position: usize) {
        if !self.recorded.is_empty() {
            self.record_some_position(positions, number, position);
        }
    }

    #[inline(never)]
    fn record_some_position(&self, positions: &mut ValuePositions, number: usize, position: usize) {
        let recorded = self.recorded.iter().position(|known| usize::from(*known) == number);
        if let Some(slot) = recorded.and_then(|recorded| positions.get_mut(recorded)) {
            // The limit for the length of an event keeps positions within 32 bits.
            *slot = u32::try_from(position).unwrap_or(0);
        }
    }
}
