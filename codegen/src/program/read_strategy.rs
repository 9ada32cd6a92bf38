//! Decides which conditions of a node a generated type checks while it parses, and how the type finds the nodes of its
//! parts.

use std::collections::BTreeSet;

use evschema_model::graph::{Keyword, Place};
use serde_json::Value;

use super::checked_keywords::{IDLE, SchemaKeyword, is_applicator, is_checked};
use crate::plan::{Body, Planner, RustType, TypeRef};
use crate::shape::{Expression, Kinds, own_literals, spoken_names};

/// The way in which the type of a schema parses and checks values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ReadStrategy {
    pub(crate) checks: ChecksWhileReading,
    /// The schema of each variant, if the type is an enum.
    pub(crate) variants: Vec<Place>,
    /// If the schema accepts `null` and leaves all other values to one other schema: this other schema.
    pub(crate) unless_null: Option<Place>,
}

/// The conditions of a schema that its type checks while it parses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ChecksWhileReading {
    /// The type checks nothing. The checker checks the value before the type parses it.
    #[default]
    None,
    /// The generated type checks only the schema's own conditions on properties. Afterwards, the checker checks the
    /// applicators.
    Members,
    All,
}

impl ChecksWhileReading {
    fn all_if(all: bool) -> Self {
        if all { Self::All } else { Self::None }
    }

    /// Returns the value of the keyword `streamed` in the linked form.
    pub(crate) fn keyword(self) -> Option<Value> {
        match self {
            Self::None => None,
            Self::Members => Some(Value::from("own")),
            Self::All => Some(Value::from(true)),
        }
    }
}

impl<'c> Planner<'_, 'c> {
    /// Returns the way in which the planned type of a schema parses and checks values.
    pub(crate) fn read_strategy(&mut self, place: Place) -> ReadStrategy {
        if !self.documents.value(place).is_object() {
            return ReadStrategy::default();
        }
        if self.documents.only_describes(place) {
            return ReadStrategy { checks: ChecksWhileReading::All, ..ReadStrategy::default() };
        }
        let Some(planned) = self.reader(place) else { return ReadStrategy::default() };
        let keywords: Vec<_> = self.documents.keywords(place).iter().collect();
        match keywords.as_slice() {
            [Keyword::AnyOf(group) | Keyword::OneOf(group)] if self.is_complete(place) => {
                self.strategy_of_group(group, &planned)
            }
            _ if self.reads_members_alone(place, &planned) => {
                ReadStrategy { checks: ChecksWhileReading::Members, ..ReadStrategy::default() }
            }
            _ => self.strategy_of_own(place, &planned),
        }
    }

    /// Returns whether the type of a schema is a struct that knows exactly these properties, in this order.
    pub(super) fn reads_members(&mut self, place: Place, names: &[&str]) -> bool {
        let Some(planned) = self.reader(place) else { return false };
        let RustType::Named(id) = self.inner_shape(&planned) else { return false };
        match &self.plan().definition(id).body {
            Body::Struct(body) => !planned.nullable && body.names == names,
            Body::Texts(_) | Body::Integers(_) | Body::Union(_) | Body::Newtype { .. } => false,
        }
    }

    fn strategy_of_own(&mut self, place: Place, planned: &TypeRef) -> ReadStrategy {
        let conjunction = self.shapes.conjunction(&Expression::Schema(place));
        let plain = conjunction.own == [place]
            && conjunction.groups.is_empty()
            && conjunction.mentions.is_empty()
            && !conjunction.whole
            && !conjunction.opaque
            && conjunction.kinds == Kinds::ALL;
        if !plain {
            return ReadStrategy::default();
        }
        let shape = self.inner_shape(planned);
        if let RustType::Named(id) = shape
            && let Body::Union(variants) = &self.plan().definition(id).body
        {
            let variants: Vec<RustType> =
                variants.iter().map(|variant| variant.value.shape.clone()).collect();
            let streamed = variants.iter().all(|shape| {
                let leaf = !matches!(shape, RustType::Json | RustType::Null | RustType::Tuple { .. });
                leaf && !self.is_enum(shape) && self.checks(place, |_| false, shape, true)
            });
            let variants = if streamed { vec![place; variants.len()] } else { Vec::new() };
            return ReadStrategy {
                checks: ChecksWhileReading::all_if(streamed),
                variants,
                unless_null: None,
            };
        }
        let checks = ChecksWhileReading::all_if(self.checks(place, |_| false, &shape, false));
        ReadStrategy { checks, ..ReadStrategy::default() }
    }

    /// Returns whether a struct checks all conditions of its schema except the applicators.
    fn reads_members_alone(&mut self, place: Place, planned: &TypeRef) -> bool {
        let keywords = self.documents.keywords(place);
        let shape = self.inner_shape(planned);
        let RustType::Named(id) = shape else { return false };
        let has_applicators = keywords.iter().any(is_applicator);
        if !has_applicators || planned.nullable || !self.checks(place, is_applicator, &shape, false) {
            return false;
        }
        let Body::Struct(body) = &self.plan().definition(id).body else { return false };
        if body.names != spoken_names(self.documents, place) || body.rest.is_some() {
            return false;
        }
        // If an applicator narrowed the type of a property, this type checks another node.
        let fields: Vec<(String, TypeRef)> = body
            .fields
            .iter()
            .zip(&body.names)
            .map(|(field, name)| (name.clone(), field.value.clone()))
            .collect();
        fields.into_iter().all(|(name, value)| {
            keywords.property(&name).is_some_and(|property| self.reads(property, &value))
        })
    }

    /// Returns whether a type checks the keywords of a schema while it parses, except those that `is_skipped` returns.
    /// `beside` states whether the type is one of several variants.
    fn checks(
        &self,
        place: Place,
        is_skipped: fn(&SchemaKeyword<'_>) -> bool,
        shape: &RustType,
        beside: bool,
    ) -> bool {
        let keywords = self.documents.keywords(place);
        match shape {
            RustType::Bool
            | RustType::Null
            | RustType::Fixed(_)
            | RustType::Integer
            | RustType::Number
            | RustType::String
            | RustType::List(_)
            | RustType::Array(..)
            | RustType::Map(_) => {}
            RustType::External(external) if external.is_string => {}
            RustType::Named(id) => match &self.plan().definition(*id).body {
                Body::Struct(body) if body.names == spoken_names(self.documents, place) => {}
                Body::Texts(_) | Body::Integers(_) => return !beside && self.is_plain_enum(place),
                Body::Struct(_) | Body::Union(_) | Body::Newtype { .. } => return false,
            },
            RustType::OnlyProperty { name, .. } => {
                if spoken_names(self.documents, place) != [name] {
                    return false;
                }
            }
            RustType::Text(_) => return !beside && self.is_plain_enum(place),
            // The user's type may check nothing, so the checker checks the value first.
            RustType::External(_) | RustType::Json | RustType::Tuple { .. } => return false,
        }
        // The runtime takes items as different if their Rust values differ. Equality of a user's type may be finer than
        // equality in JSON.
        if let RustType::List(item) | RustType::Array(item, _) = shape
            && keywords.has_unique_items()
            && self.plan().holds_replaced(item)
        {
            return false;
        }
        // Keywords for other kinds of values do not affect this kind.
        self.documents.other_names(place).all(|name| IDLE.contains(&name))
            && keywords.iter().filter(|keyword| !is_skipped(keyword)).all(is_checked)
    }

    /// Returns whether a schema is only a list of values.
    fn is_plain_enum(&self, place: Place) -> bool {
        let is_list = |keyword: &&SchemaKeyword<'_>| matches!(keyword, Keyword::Enum(_) | Keyword::Const(_));
        let keywords = self.documents.keywords(place);
        self.is_complete(place)
            && keywords.iter().filter(is_list).count() == 1
            && keywords.iter().all(|keyword| is_list(&keyword) || matches!(keyword, Keyword::Type { .. }))
    }

    /// Returns whether a schema has no keywords except those that the graph reads.
    fn is_complete(&self, place: Place) -> bool {
        self.documents.other_names(place).next().is_none()
    }

    fn is_enum(&self, shape: &RustType) -> bool {
        matches!(shape, RustType::Named(id) if !matches!(self.plan().definition(*id).body, Body::Struct(_)))
    }

    fn strategy_of_group(&mut self, all: &[Place], planned: &TypeRef) -> ReadStrategy {
        let (nulls, others): (Vec<Place>, Vec<Place>) = all.iter().partition(|place| self.is_null(**place));
        let takes_null =
            others.iter().any(|other| self.shapes.facts(&Expression::Schema(*other)).kinds.has(Kinds::NULL));
        // Only one branch of a `oneOf` may accept `null`.
        let null_is_plain = nulls.len() <= 1 && !takes_null;
        if let ([_], [other]) = (nulls.as_slice(), others.as_slice())
            && null_is_plain
            && planned.nullable
            // Otherwise, both alternatives would accept `null`, and the code could not distinguish them.
            && !self.plan().takes_null(&TypeRef::plain(planned.shape.clone()))
            && self.reads(*other, &TypeRef::plain(planned.shape.clone()))
        {
            return ReadStrategy {
                checks: ChecksWhileReading::All,
                variants: Vec::new(),
                unless_null: Some(*other),
            };
        }
        let shape = self.inner_shape(planned);
        let RustType::Named(id) = shape else { return ReadStrategy::default() };
        if matches!(&self.plan().definition(id).body, Body::Texts(_)) && !planned.nullable {
            return ReadStrategy {
                checks: ChecksWhileReading::all_if(self.lists_apart(all)),
                ..ReadStrategy::default()
            };
        }
        let Body::Union(variants) = &self.plan().definition(id).body else { return ReadStrategy::default() };
        let of: Option<Vec<Place>> = variants.iter().map(|variant| variant.place).collect();
        match of {
            // An alternative that accepts no value has no variant.
            Some(of) if null_is_plain && of.iter().all(|place| others.contains(place)) => {
                ReadStrategy { checks: ChecksWhileReading::All, variants: of, unless_null: None }
            }
            Some(_) | None => ReadStrategy::default(),
        }
    }

    /// Returns whether alternatives are only lists of strings, and no string is in two of them. An enum with all these
    /// strings then accepts the same values.
    fn lists_apart(&self, alternatives: &[Place]) -> bool {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        alternatives.iter().all(|place| {
            let types = self.documents.keywords(*place).types();
            let values = own_literals(self.documents, *place).unwrap_or_default();
            types.is_none_or(|names| names.iter().eq(["string"]))
                && self.is_plain_enum(*place)
                && values.into_iter().all(|value| value.as_str().is_some_and(|text| seen.insert(text)))
        })
    }

    fn is_null(&self, place: Place) -> bool {
        let mut keywords = self.documents.keywords(place).iter();
        let first = keywords.next().filter(|_| keywords.len() == 0 && self.is_complete(place));
        matches!(first, Some(Keyword::Type { names, .. }) if names.iter().eq(["null"]))
    }

    /// Returns the shape of a type, or of the inner type if it is a newtype.
    fn inner_shape(&self, planned: &TypeRef) -> RustType {
        let mut shape = planned.shape.clone();
        // A newtype can contain itself only through a box.
        for _ in 0..8 {
            match &shape {
                RustType::Named(id) => match &self.plan().definition(*id).body {
                    Body::Newtype { inner, .. } if !inner.nullable => shape = inner.shape.clone(),
                    Body::Newtype { .. }
                    | Body::Struct(_)
                    | Body::Texts(_)
                    | Body::Integers(_)
                    | Body::Union(_) => break,
                },
                RustType::Bool
                | RustType::Fixed(_)
                | RustType::Integer
                | RustType::Number
                | RustType::String
                | RustType::Null
                | RustType::Json
                | RustType::External(_)
                | RustType::List(_)
                | RustType::Map(_)
                | RustType::Array(..)
                | RustType::Tuple { .. }
                | RustType::OnlyProperty { .. }
                | RustType::Text(_) => break,
            }
        }
        shape
    }
}
