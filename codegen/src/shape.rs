//! Shapes describe the values that a schema may accept, as far as a type depends on them.
//!
//! A shape may allow *more* values than the schema accepts, but never fewer. This is safe: generated code checks events
//! with the schema itself, and a type only has to hold accepted values. So a shape ignores a keyword that no Rust type
//! can express. A reference without a known target means "any value".

mod conjunction;
mod facts;
mod integer_range;
mod kinds;
mod members;
mod mentions;
mod whole;

pub(crate) use conjunction::Conjunction;
pub(crate) use facts::Facts;
pub(crate) use integer_range::IntegerRange;
pub(crate) use kinds::Kinds;
pub(crate) use members::Elements;
pub(crate) use mentions::spoken_names;
pub(crate) use whole::whole;

use std::cell::Cell;
use std::collections::HashMap;

use crate::atlas::{Atlas, Place};

/// A condition on values, built from places in schemas.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Expression {
    /// Accepts any value.
    Anything,
    /// The schema at a place, with all schemas that it refers to.
    Schema(Place),
    /// The schema at a place without its `$ref`, `allOf`, `anyOf` and `oneOf`.
    Own(Place),
    /// Accepts only values of these kinds.
    Kinds(Kinds),
    /// All of these expressions apply.
    All(Vec<Expression>),
    /// At least one of these expressions applies.
    Any(Vec<Expression>),
    /// Accepts any value, but the type must keep the properties that the schema at this place examines.
    Mention(Place),
    /// Accepts any value, but the type must keep all properties at any depth, because a schema compares whole values.
    Whole,
    /// A condition that only the validator understands.
    Opaque,
}

/// Maximum number of parts of an expression. A larger expression comes from a schema that is combined with itself again
/// and again. Only the validator understands such an expression.
const PARTS_MAX: usize = 2_000;

impl Expression {
    /// Returns whether the expression has more than `PARTS_MAX` parts.
    pub(crate) fn is_too_large(&self) -> bool {
        let mut open = vec![self];
        let mut parts = 0;
        while let Some(part) = open.pop() {
            parts += 1;
            if PARTS_MAX < parts + open.len() {
                return true;
            }
            if let Self::All(more) | Self::Any(more) = part {
                open.extend(more);
            }
        }
        false
    }
}

/// Derives facts from expressions, and caches them.
#[derive(Debug)]
pub(crate) struct Shapes<'a, 'c> {
    pub(crate) atlas: &'a Atlas<'c>,
    /// Whether structs keep properties that no schema names.
    keep_unknown: bool,
    facts: HashMap<Expression, Option<Facts<'c>>>,
    own_facts: HashMap<Place, Facts<'c>>,
    /// The number of expressions whose references were followed, as a measure of the work.
    steps: Cell<usize>,
    members: HashMap<(Expression, String), Option<Expression>>,
}

impl<'a, 'c> Shapes<'a, 'c> {
    pub(crate) fn new(atlas: &'a Atlas<'c>, keep_unknown: bool) -> Self {
        Self {
            atlas,
            keep_unknown,
            facts: HashMap::new(),
            own_facts: HashMap::new(),
            steps: Cell::new(0),
            members: HashMap::new(),
        }
    }

    /// Returns the number of expressions whose references were followed so far, as a measure of the work.
    pub(crate) fn steps(&self) -> usize {
        self.steps.get()
    }

    /// Returns the place of an equivalent schema that has its own conditions. If a schema has no conditions of its own,
    /// the function follows its `$ref`, or the only schema in its `allOf`.
    pub(crate) fn entry(&self, place: Place) -> Place {
        let mut at = place;
        // A longer chain of references is almost certainly a cycle.
        for _ in 0..64 {
            let says_something = self.says_something(at);
            let refers = self.atlas.target(at);
            let hides = refers.is_some() && self.atlas.draft(at).ref_hides_siblings();
            let parts = self.atlas.list(at, "allOf");
            let next = match (refers, parts.as_slice()) {
                (Some(Some(target)), _) if hides => target,
                (Some(Some(target)), []) if !says_something && !self.has_groups(at) => target,
                (None, [only]) if !says_something && !self.has_groups(at) => *only,
                (Some(_) | None, _) => return at,
            };
            at = next;
        }
        at
    }

    fn has_groups(&self, place: Place) -> bool {
        ["anyOf", "oneOf"].iter().any(|keyword| self.atlas.keyword(place, keyword).is_some())
    }

    /// Returns whether a schema has a keyword of its own that affects the type.
    fn says_something(&self, place: Place) -> bool {
        const SAYING: [&str; 23] = [
            "type",
            "enum",
            "const",
            "properties",
            "patternProperties",
            "additionalProperties",
            "required",
            "minProperties",
            "items",
            "prefixItems",
            "additionalItems",
            "minItems",
            "maxItems",
            "minimum",
            "maximum",
            "not",
            "if",
            "dependencies",
            "dependentSchemas",
            "dependentRequired",
            "unevaluatedProperties",
            "$dynamicRef",
            "$recursiveRef",
        ];
        // The planner calls this function very often. A schema has few keywords, so it is faster to search each of them
        // in the list.
        let members = self.atlas.value(place).as_object();
        let is_said = |keyword: &str| {
            SAYING.contains(&keyword)
                && (keyword != "dependencies" || self.atlas.draft(place).has_dependencies())
        };
        members.is_some_and(|members| members.keys().any(|keyword| is_said(keyword)))
    }
}
