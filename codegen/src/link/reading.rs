//! Decides which conditions of a node a generated type checks while it parses, and how the type finds the nodes of its
//! parts.

use std::collections::BTreeSet;

use evschema_model::Draft;
use serde_json::Value;

use super::spot::is_annotation;
use crate::atlas::Place;
use crate::plan::{Body, Planner, RustType, TypeRef};
use crate::shape::{Expression, Kinds, spoken_names};

/// The way in which the type of a schema parses and checks values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) streamed: Streamed,
    /// The schema of each variant, if the type is an enum.
    pub(crate) variants: Vec<Place>,
    /// If the schema accepts `null` and leaves all other values to one other schema: this other schema.
    pub(crate) unless_null: Option<Place>,
}

/// The conditions of a schema that its type checks while it parses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Streamed {
    /// The type checks nothing. The checker checks the value before the type parses it.
    #[default]
    Nothing,
    /// The generated type checks only the schema's own conditions on properties. Afterwards, the checker checks the
    /// applicators.
    Own,
    All,
}

impl Streamed {
    fn all_if(all: bool) -> Self {
        if all { Self::All } else { Self::Nothing }
    }

    /// Returns the value of the keyword `streamed` in the linked form.
    pub(crate) fn keyword(self) -> Option<Value> {
        match self {
            Self::Nothing => None,
            Self::Own => Some(Value::from("own")),
            Self::All => Some(Value::from(true)),
        }
    }
}

/// The keywords that the types check while they parse. Each list has the keywords for one kind of value.
const TEXT: [&str; 6] =
    ["minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType"];
const NUMBER: [&str; 5] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
const ARRAY: [&str; 7] =
    ["items", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains"];
const OBJECT: [&str; 6] =
    ["properties", "required", "additionalProperties", "minProperties", "maxProperties", "dependentRequired"];

/// Keywords that the checker checks after a struct is parsed.
const APPLICATORS: [&str; 8] = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "$ref"];

fn says_nothing(keyword: &str) -> bool {
    is_annotation(keyword) || matches!(keyword, "$id" | "$recursiveAnchor")
}

impl<'c> Planner<'_, 'c> {
    /// Returns the way in which the planned type of a schema parses and checks values.
    pub(crate) fn reading(&mut self, place: Place) -> Reading {
        let Some(members) = self.atlas.value(place).as_object() else { return Reading::default() };
        let keywords: Vec<&'c str> =
            members.keys().map(String::as_str).filter(|keyword| !says_nothing(keyword)).collect();
        if keywords.is_empty() {
            return Reading { streamed: Streamed::All, ..Reading::default() };
        }
        let Some(planned) = self.reader(place) else { return Reading::default() };
        match keywords.as_slice() {
            [group @ ("anyOf" | "oneOf")] => self.reading_of_group(place, group, &planned),
            _ if self.reads_own(place, &keywords, &planned) => {
                Reading { streamed: Streamed::Own, ..Reading::default() }
            }
            _ => self.reading_of_own(place, &keywords, &planned),
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

    fn reading_of_own(&mut self, place: Place, keywords: &[&str], planned: &TypeRef) -> Reading {
        let conjunction = self.shapes.conjunction(&Expression::Schema(place));
        let plain = conjunction.own == [place]
            && conjunction.groups.is_empty()
            && conjunction.mentions.is_empty()
            && !conjunction.whole
            && !conjunction.opaque
            && conjunction.kinds == Kinds::ALL;
        if !plain {
            return Reading::default();
        }
        let shape = self.inner_shape(planned);
        if let RustType::Named(id) = shape
            && let Body::Union(variants) = &self.plan().definition(id).body
        {
            let variants: Vec<RustType> =
                variants.iter().map(|variant| variant.value.shape.clone()).collect();
            let streamed = variants.iter().all(|shape| {
                let leaf = !matches!(shape, RustType::Json | RustType::Null | RustType::Tuple { .. });
                leaf && !self.is_enum(shape) && self.checks(place, keywords, shape, true)
            });
            let variants = if streamed { vec![place; variants.len()] } else { Vec::new() };
            return Reading { streamed: Streamed::all_if(streamed), variants, unless_null: None };
        }
        let streamed = Streamed::all_if(self.checks(place, keywords, &shape, false));
        Reading { streamed, ..Reading::default() }
    }

    /// Returns whether a struct checks all conditions of its schema except the applicators.
    fn reads_own(&mut self, place: Place, keywords: &[&str], planned: &TypeRef) -> bool {
        let (rest, own): (Vec<&str>, Vec<&str>) =
            keywords.iter().partition(|keyword| APPLICATORS.contains(keyword));
        let shape = self.inner_shape(planned);
        let RustType::Named(id) = shape else { return false };
        if rest.is_empty()
            || planned.nullable
            || self.atlas.draft(place).ref_hides_siblings() && rest.contains(&"$ref")
            || !self.checks(place, &own, &shape, false)
        {
            return false;
        }
        let Body::Struct(body) = &self.plan().definition(id).body else { return false };
        if body.names != spoken_names(self.atlas.value(place), self.atlas.draft(place)) || body.rest.is_some()
        {
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
            let property = self.atlas.map(place, "properties").into_iter().find(|(own, _)| *own == name);
            property.is_some_and(|(_, property)| self.reads(property, &value))
        })
    }

    /// Returns whether a type checks these keywords while it parses. `beside` states whether the type is one of several
    /// variants.
    fn checks(&self, place: Place, keywords: &[&str], shape: &RustType, beside: bool) -> bool {
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
                Body::Struct(body)
                    if body.names == spoken_names(self.atlas.value(place), self.atlas.draft(place)) => {}
                Body::Texts(_) | Body::Integers(_) => return !beside && self.is_plain_enum(place, keywords),
                Body::Struct(_) | Body::Union(_) | Body::Newtype { .. } => return false,
            },
            RustType::OnlyProperty { name, .. } => {
                if spoken_names(self.atlas.value(place), self.atlas.draft(place)) != [name] {
                    return false;
                }
            }
            RustType::Text(_) => return !beside && self.is_plain_enum(place, keywords),
            // The user's type may check nothing, so the checker checks the value first.
            RustType::External(_) | RustType::Json | RustType::Tuple { .. } => return false,
        }
        // Keywords for other kinds of values do not affect this kind.
        const ALL: [&[&str]; 4] = [&TEXT, &NUMBER, &ARRAY, &OBJECT];
        // The runtime takes items as different if their Rust values differ. Equality of a user's type may be finer than
        // equality in JSON.
        if let RustType::List(item) | RustType::Array(item, _) = shape
            && keywords.contains(&"uniqueItems")
            && self.plan().holds_replaced(item)
        {
            return false;
        }
        let modern_items = !self.atlas.keyword(place, "items").is_some_and(Value::is_array);
        modern_items
            && keywords.iter().all(|keyword| {
                *keyword == "type"
                    || ALL.iter().any(|known| known.contains(keyword))
                    || (*keyword == "patternProperties" && self.atlas.map(place, keyword).is_empty())
            })
    }

    /// Returns whether a schema is only a list of values.
    fn is_plain_enum(&self, place: Place, keywords: &[&str]) -> bool {
        let lists = keywords.iter().filter(|keyword| matches!(**keyword, "enum" | "const")).count();
        // Draft 4 has no `const`.
        let knows_all = !keywords.contains(&"const") || Draft::Draft6 <= self.atlas.draft(place);
        knows_all
            && lists == 1
            && keywords.iter().all(|keyword| matches!(*keyword, "enum" | "const" | "type"))
    }

    fn is_enum(&self, shape: &RustType) -> bool {
        matches!(shape, RustType::Named(id) if !matches!(self.plan().definition(*id).body, Body::Struct(_)))
    }

    fn reading_of_group(&mut self, place: Place, group: &str, planned: &TypeRef) -> Reading {
        let all = self.atlas.list(place, group);
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
            return Reading { streamed: Streamed::All, variants: Vec::new(), unless_null: Some(*other) };
        }
        let shape = self.inner_shape(planned);
        let RustType::Named(id) = shape else { return Reading::default() };
        if matches!(&self.plan().definition(id).body, Body::Texts(_)) && !planned.nullable {
            return Reading { streamed: Streamed::all_if(self.lists_apart(&all)), ..Reading::default() };
        }
        let Body::Union(variants) = &self.plan().definition(id).body else { return Reading::default() };
        let of: Option<Vec<Place>> = variants.iter().map(|variant| variant.place).collect();
        match of {
            // An alternative that accepts no value has no variant.
            Some(of) if null_is_plain && of.iter().all(|place| others.contains(place)) => {
                Reading { streamed: Streamed::All, variants: of, unless_null: None }
            }
            Some(_) | None => Reading::default(),
        }
    }

    /// Returns whether alternatives are only lists of strings, and no string is in two of them. An enum with all these
    /// strings then accepts the same values.
    fn lists_apart(&self, alternatives: &[Place]) -> bool {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        alternatives.iter().all(|place| {
            let Some(members) = self.atlas.value(*place).as_object() else { return false };
            let keywords: Vec<&str> =
                members.keys().map(String::as_str).filter(|keyword| !says_nothing(keyword)).collect();
            let is_text = self.atlas.keyword(*place, "type").is_none_or(|kind| kind == "string");
            let values = self.shapes.own_literals(*place).unwrap_or_default();
            is_text
                && self.is_plain_enum(*place, &keywords)
                && values.into_iter().all(|value| value.as_str().is_some_and(|text| seen.insert(text)))
        })
    }

    fn is_null(&self, place: Place) -> bool {
        let Some(members) = self.atlas.value(place).as_object() else { return false };
        let mut keywords = members.iter().filter(|(keyword, _)| !says_nothing(keyword));
        matches!((keywords.next(), keywords.next()), (Some((keyword, Value::String(name))), None)
            if keyword == "type" && name == "null")
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
