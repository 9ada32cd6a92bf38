//! Proves that values of an old schema meet the keywords of a new schema, keyword by keyword.

use std::cmp::Ordering;

use evschema_model::Formats;
use evschema_model::graph::{Documents, Keyword, Place, Reference};
use serde_json::Number;

use super::describe::{literals, typed_kinds};
use crate::shape::{Kinds, SchemaKeywords};

/// Keywords that can be idle, or have another name in 2020-12. The proof does not cover them even if they are idle.
const UNPROVEN: [(&str, Kinds); 4] = [
    ("contentEncoding", Kinds::STRING),
    ("contentMediaType", Kinds::STRING),
    ("additionalItems", Kinds::ARRAY),
    ("dependencies", Kinds::OBJECT),
];

/// Returns the kinds of values that a keyword restricts, if this module does not understand the keyword.
fn unproven(keyword: &Keyword<'_, Place, Reference<'_>>) -> Option<Kinds> {
    match keyword {
        Keyword::Not(_) | Keyword::If { .. } => Some(Kinds::ALL),
        Keyword::Content(_) => Some(Kinds::STRING),
        Keyword::PrefixItems(_)
        | Keyword::Contains { .. }
        | Keyword::UnevaluatedItems(_)
        | Keyword::UniqueItems => Some(Kinds::ARRAY),
        Keyword::PatternProperties(_)
        | Keyword::PropertyNames(_)
        | Keyword::DependentRequired(_)
        | Keyword::DependentSchemas(_)
        | Keyword::UnevaluatedProperties(_)
        | Keyword::MaxProperties(_) => Some(Kinds::OBJECT),
        // The callers compare these, or `meets` does.
        Keyword::False
        | Keyword::Unsupported(_)
        | Keyword::Reference(_)
        | Keyword::Type { .. }
        | Keyword::Enum(_)
        | Keyword::Const(_)
        | Keyword::AllOf(_)
        | Keyword::AnyOf(_)
        | Keyword::OneOf(_)
        | Keyword::Minimum(_)
        | Keyword::ExclusiveMinimum(_)
        | Keyword::Maximum(_)
        | Keyword::ExclusiveMaximum(_)
        | Keyword::MultipleOf(_)
        | Keyword::MinLength(_)
        | Keyword::MaxLength(_)
        | Keyword::Pattern(_)
        | Keyword::Format(_)
        | Keyword::MinItems(_)
        | Keyword::MaxItems(_)
        | Keyword::Items(_)
        | Keyword::MinProperties(_)
        | Keyword::Required(_)
        | Keyword::Properties(_)
        | Keyword::AdditionalProperties(_) => None,
    }
}

/// Reads the number of a keyword.
type Count = for<'k> fn(&'k SchemaKeywords<'_>) -> Option<&'k Number>;

/// Returns an error if values of these kinds may violate a keyword of the new schemas. Does not consider the
/// properties of objects, the items of arrays, and `minProperties`.
///
/// # Errors
///
/// The reason, as the end of a sentence.
pub(super) fn meets(
    documents: &Documents<'_>,
    (old, new): (&[Place], &[Place]),
    kinds: Kinds,
    formats: Formats,
) -> Result<(), String> {
    if !typed_kinds(documents, new).has(kinds) {
        return Err("the new type does not accept all old values".to_owned());
    }
    if literals(documents, new).is_some() {
        return Err("the new schema lists its values, and an old value may be another one".to_owned());
    }
    // In draft 4, `1.0` is not an integer.
    let is_draft4 = |place: &Place| documents.draft(*place).has_lexical_integers();
    if old.iter().chain(new).any(is_draft4) && !old.iter().chain(new).all(is_draft4) {
        return Err("one of the schemas is of draft 4".to_owned());
    }
    let pair = Pair { documents, old, formats };
    new.iter().try_for_each(|place| pair.place(*place, kinds))
}

struct Pair<'a, 'c> {
    documents: &'a Documents<'c>,
    old: &'a [Place],
    formats: Formats,
}

impl Pair<'_, '_> {
    fn place(&self, new: Place, kinds: Kinds) -> Result<(), String> {
        let keywords = self.documents.keywords(new);
        let is_unproven = |keyword: &&Keyword<'_, _, _>| unproven(keyword).is_some_and(|of| kinds.meets(of));
        let name = keywords.iter().find(is_unproven).and_then(|keyword| keyword.names().first().copied());
        let mut others = UNPROVEN.iter().filter(|(_, restricts)| kinds.meets(*restricts));
        let other = others.find(|(name, _)| self.documents.effective(new).any(|(known, _)| known == *name));
        if let Some(name) = other.map(|(name, _)| *name).or(name) {
            return Err(format!("the new schema has `{name}`"));
        }
        if kinds.meets(Kinds::NUMBER) {
            self.bound(new, Side::Lower)?;
            self.bound(new, Side::Upper)?;
            self.multiple(new)?;
        }
        if kinds.meets(Kinds::STRING) {
            self.count(new, ("minLength", |all| all.min_length()), ("maxLength", |all| all.max_length()))?;
            self.equal(new, "pattern", |place| self.documents.keywords(place).pattern())?;
            if self.formats == Formats::Assert {
                self.equal(new, "format", |place| self.documents.annotation(place, "format"))?;
            }
        }
        if kinds.meets(Kinds::ARRAY) {
            self.count(new, ("minItems", |all| all.min_items()), ("maxItems", |all| all.max_items()))?;
        }
        Ok(())
    }

    /// Proves a keyword that an old schema has with the same value, in the same draft.
    fn equal<V: PartialEq>(
        &self,
        new: Place,
        name: &str,
        of: impl Fn(Place) -> Option<V>,
    ) -> Result<(), String> {
        let Some(value) = of(new) else { return Ok(()) };
        let has_it = |place: &Place| {
            of(*place).as_ref() == Some(&value) && self.documents.draft(*place) == self.documents.draft(new)
        };
        if self.old.iter().any(has_it) { Ok(()) } else { Err(format!("`{name}` is new or differs")) }
    }

    fn count(&self, new: Place, least: (&str, Count), most: (&str, Count)) -> Result<(), String> {
        for ((name, of), wider) in [(least, Ordering::Less), (most, Ordering::Greater)] {
            let Some(bound) = of(self.documents.keywords(new)) else { continue };
            let is_idle =
                wider == Ordering::Less && compare(bound, &Number::from(0)) == Some(Ordering::Equal);
            let holds = |old: &Number| {
                compare(bound, old).is_some_and(|order| order == wider || order == Ordering::Equal)
            };
            let mut old = self.old.iter().filter_map(|place| of(self.documents.keywords(*place)));
            if !is_idle && !old.any(holds) {
                return Err(format!("`{name}` is new or stricter"));
            }
        }
        Ok(())
    }

    fn multiple(&self, new: Place) -> Result<(), String> {
        let Some(step) = self.documents.keywords(new).multiple_of() else { return Ok(()) };
        let holds = |old: &Number| {
            old == step
                || old.as_u64().zip(step.as_u64()).is_some_and(|(old, step)| step != 0 && old % step == 0)
        };
        let mut old = self.old.iter().filter_map(|place| self.documents.keywords(*place).multiple_of());
        if old.any(holds) { Ok(()) } else { Err("`multipleOf` is new or differs".to_owned()) }
    }

    fn bound(&self, new: Place, side: Side) -> Result<(), String> {
        for (bound, is_strict) in bounds(self.documents, new, side) {
            let implied = self.old.iter().flat_map(|place| bounds(self.documents, *place, side)).any(
                |(old, old_is_strict)| match compare(old, bound) {
                    Some(Ordering::Equal) => old_is_strict || !is_strict,
                    Some(order) => order == side.inside(),
                    None => false,
                },
            );
            if !implied {
                return Err(format!("the {} is new or stricter", side.name()));
            }
        }
        Ok(())
    }
}

/// The side of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Lower,
    Upper,
}

impl Side {
    /// Returns the order of a bound of a narrower range, compared with the bound of a wider range.
    fn inside(self) -> Ordering {
        match self {
            Self::Lower => Ordering::Greater,
            Self::Upper => Ordering::Less,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Lower => "lower bound",
            Self::Upper => "upper bound",
        }
    }
}

/// Returns the bounds of a schema on one side, each with whether it excludes itself.
fn bounds<'c>(documents: &Documents<'c>, place: Place, side: Side) -> Vec<(&'c Number, bool)> {
    let keywords = documents.keywords(place);
    let (inclusive, exclusive) = match side {
        Side::Lower => (keywords.minimum(), keywords.exclusive_minimum()),
        Side::Upper => (keywords.maximum(), keywords.exclusive_maximum()),
    };
    let inclusive = inclusive.map(|bound| (bound, false));
    inclusive.into_iter().chain(exclusive.map(|bound| (bound, true))).collect()
}

/// Returns the order of two numbers, if it is certain.
fn compare(a: &Number, b: &Number) -> Option<Ordering> {
    if a == b {
        return Some(Ordering::Equal);
    }
    if let (Some(a), Some(b)) = (a.as_i64(), b.as_i64()) {
        return Some(a.cmp(&b));
    }
    // Rounding keeps the order of different floats. Equal floats may come from different numbers.
    let float = |number: &Number| number.to_string().parse::<f64>().ok().filter(|float| float.is_finite());
    float(a)?.partial_cmp(&float(b)?).filter(|order| *order != Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_uncertain_order_is_no_order() {
        let order =
            |a: &str, b: &str| compare(&serde_json::from_str(a).unwrap(), &serde_json::from_str(b).unwrap());
        assert_eq!(order("1", "2"), Some(Ordering::Less));
        assert_eq!(order("0.5", "0.25"), Some(Ordering::Greater));
        assert_eq!(order("9223372036854775807", "9223372036854775806"), Some(Ordering::Greater));
        assert_eq!(order("0.1", "0.10000000000000000001"), None);
        assert_eq!(order("18446744073709551615", "18446744073709551616"), None);
    }
}
