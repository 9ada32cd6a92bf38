//! What values a schema may accept, as far as a type needs to know.
//!
//! Everything here may say *more* than the schema accepts and never less: the generated code
//! checks with the schema itself, a type only has to hold whatever got through. So a keyword that
//! no type can express is left out, and a reference nobody can follow means "anything".

mod conjunction;
mod facts;
mod kinds;
mod members;
mod mentions;

pub(crate) use conjunction::Conjunction;
pub(crate) use facts::Facts;
pub(crate) use kinds::Kinds;
pub(crate) use members::Elements;
pub(crate) use mentions::spoken_names;

use std::cell::Cell;
use std::collections::HashMap;

use crate::atlas::{Atlas, Place};

/// What a value has to satisfy, built from places in schemas.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Expression {
    /// Anything.
    Anything,
    /// The schema at a place, with everything it refers to.
    Schema(Place),
    /// The schema at a place without its `$ref`, `allOf`, `anyOf` and `oneOf`.
    Own(Place),
    /// One of these kinds.
    Kinds(Kinds),
    /// All of these.
    All(Vec<Expression>),
    /// At least one of these.
    Any(Vec<Expression>),
    /// Nothing more, but what the schema at this place looks at must not be dropped.
    Mention(Place),
    /// Nothing more, but no member may be dropped, at any depth: values are compared whole.
    Whole,
    /// Something only the validator knows.
    Opaque,
}

/// Most parts of an expression. One that grows beyond is a schema combined with itself again and
/// again; only the validator knows what it means.
const PARTS_MAX: usize = 2_000;

impl Expression {
    /// Tells whether the expression has more parts than are looked at.
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

/// Answers questions about expressions, and remembers the answers.
#[derive(Debug)]
pub(crate) struct Shapes<'a, 'c> {
    pub(crate) atlas: &'a Atlas<'c>,
    /// Whether objects keep the members that no schema names.
    keep_unknown: bool,
    facts: HashMap<Expression, Option<Facts<'c>>>,
    own_facts: HashMap<Place, Facts<'c>>,
    /// How often anything was followed: the measure of work.
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

    /// Returns how much work was done so far.
    pub(crate) fn steps(&self) -> usize {
        self.steps.get()
    }

    /// Follows references and `allOf`s of one that add nothing, to the place that says something.
    pub(crate) fn entry(&self, place: Place) -> Place {
        let mut at = place;
        // A chain longer than this is a cycle, or as good as one.
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

    /// Tells whether a schema has a keyword of its own that bears on the type.
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
        // A schema has fewer keywords than there are, and this is asked of every place again and again.
        let members = self.atlas.value(place).as_object();
        let is_said = |keyword: &str| {
            SAYING.contains(&keyword)
                && (keyword != "dependencies" || self.atlas.draft(place).has_dependencies())
        };
        members.is_some_and(|members| members.keys().any(|keyword| is_said(keyword)))
    }
}
