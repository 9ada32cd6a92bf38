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
pub(crate) use facts::{Facts, own_kinds, own_literals};
pub(crate) use integer_range::IntegerRange;
pub(crate) use kinds::Kinds;
pub(crate) use members::Elements;
pub(crate) use mentions::spoken_names;
pub(crate) use whole::whole;

use std::cell::Cell;
use std::collections::HashMap;

use evschema_model::graph::{Documents, Keyword, Keywords, Place, Reference};

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
    pub(crate) documents: &'a Documents<'c>,
    /// Whether structs keep properties that no schema names.
    keep_unknown: bool,
    facts: HashMap<Expression, Option<Facts<'c>>>,
    own_facts: HashMap<Place, Facts<'c>>,
    /// The number of expressions whose references were followed, as a measure of the work.
    steps: Cell<usize>,
    members: HashMap<(Expression, String), Option<Expression>>,
}

impl<'a, 'c> Shapes<'a, 'c> {
    pub(crate) fn new(documents: &'a Documents<'c>, keep_unknown: bool) -> Self {
        Self {
            documents,
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
            let keywords = self.documents.keywords(at);
            let next = match (self.documents.target(at), keywords.all_of()) {
                _ if self.affects_type(at) || has_groups(keywords) => return at,
                (Some(Some(target)), []) => target,
                (None, [only]) => *only,
                (Some(_) | None, _) => return at,
            };
            at = next;
        }
        at
    }

    /// Returns whether a schema has a keyword of its own that affects the type.
    fn affects_type(&self, place: Place) -> bool {
        self.documents.keywords(place).iter().any(|keyword| match keyword {
            Keyword::Reference(reference) => !reference.is_plain(),
            Keyword::Type { .. }
            | Keyword::Enum(_)
            | Keyword::Const(_)
            | Keyword::Not(_)
            | Keyword::If { .. }
            | Keyword::Minimum(_)
            | Keyword::Maximum(_)
            | Keyword::MinItems(_)
            | Keyword::MaxItems(_)
            | Keyword::PrefixItems(_)
            | Keyword::Items(_)
            | Keyword::MinProperties(_)
            | Keyword::Required(_)
            | Keyword::Properties(_)
            | Keyword::PatternProperties(_)
            | Keyword::AdditionalProperties(_)
            | Keyword::DependentRequired(_)
            | Keyword::DependentSchemas(_)
            | Keyword::UnevaluatedProperties(_) => true,
            Keyword::False
            | Keyword::Unsupported(_)
            | Keyword::AllOf(_)
            | Keyword::AnyOf(_)
            | Keyword::OneOf(_)
            | Keyword::ExclusiveMinimum(_)
            | Keyword::ExclusiveMaximum(_)
            | Keyword::MultipleOf(_)
            | Keyword::MinLength(_)
            | Keyword::MaxLength(_)
            | Keyword::Pattern(_)
            | Keyword::Format(_)
            | Keyword::Content(_)
            | Keyword::UniqueItems
            | Keyword::Contains { .. }
            | Keyword::UnevaluatedItems(_)
            | Keyword::MaxProperties(_)
            | Keyword::PropertyNames(_) => false,
        })
    }
}

/// The keywords of a schema in a document.
pub(crate) type SchemaKeywords<'c> = Keywords<'c, Place, Reference<'c>>;

fn has_groups(keywords: &SchemaKeywords<'_>) -> bool {
    keywords.iter().any(|keyword| matches!(keyword, Keyword::AnyOf(_) | Keyword::OneOf(_)))
}
