//! Proves that values of an old schema meet the keywords of a new schema, keyword by keyword.

use std::cmp::Ordering;

use evschema_model::{Draft, Formats};
use serde_json::Value;

use super::describe::{literals, typed_kinds};
use crate::atlas::{Atlas, Place};
use crate::shape::Kinds;

/// Keywords that this module does not understand, with the kinds of values that they restrict.
const UNKNOWN: [(&str, Kinds); 21] = [
    ("not", Kinds::ALL),
    ("if", Kinds::ALL),
    ("then", Kinds::ALL),
    ("else", Kinds::ALL),
    ("contentEncoding", Kinds::STRING),
    ("contentMediaType", Kinds::STRING),
    ("contentSchema", Kinds::STRING),
    ("prefixItems", Kinds::ARRAY),
    ("additionalItems", Kinds::ARRAY),
    ("contains", Kinds::ARRAY),
    ("minContains", Kinds::ARRAY),
    ("maxContains", Kinds::ARRAY),
    ("unevaluatedItems", Kinds::ARRAY),
    ("uniqueItems", Kinds::ARRAY),
    ("patternProperties", Kinds::OBJECT),
    ("propertyNames", Kinds::OBJECT),
    ("dependencies", Kinds::OBJECT),
    ("dependentRequired", Kinds::OBJECT),
    ("dependentSchemas", Kinds::OBJECT),
    ("unevaluatedProperties", Kinds::OBJECT),
    ("maxProperties", Kinds::OBJECT),
];

/// Returns an error if values of these kinds may violate a keyword of the new schemas. Does not consider the
/// properties of objects, the items of arrays, and `minProperties`.
///
/// # Errors
///
/// The reason, as the end of a sentence.
pub(super) fn meets(
    atlas: &Atlas<'_>,
    (old, new): (&[Place], &[Place]),
    kinds: Kinds,
    formats: Formats,
) -> Result<(), String> {
    if !typed_kinds(atlas, new).has(kinds) {
        return Err("the new type does not accept all old values".to_owned());
    }
    if literals(atlas, new).is_some() {
        return Err("the new schema lists its values, and an old value may be another one".to_owned());
    }
    // In draft 4, `1.0` is not an integer.
    let is_draft4 = |place: &Place| atlas.draft(*place) == Draft::Draft4;
    if old.iter().chain(new).any(is_draft4) && !old.iter().chain(new).all(is_draft4) {
        return Err("one of the schemas is of draft 4".to_owned());
    }
    let pair = Pair { atlas, old, formats };
    new.iter().try_for_each(|place| pair.place(*place, kinds))
}

struct Pair<'a, 'c> {
    atlas: &'a Atlas<'c>,
    old: &'a [Place],
    formats: Formats,
}

impl Pair<'_, '_> {
    fn place(&self, new: Place, kinds: Kinds) -> Result<(), String> {
        let unknown = UNKNOWN.iter().find(|(keyword, restricts)| {
            let value = self.atlas.keyword(new, keyword);
            let is_idle = *keyword == "uniqueItems" && value == Some(&Value::Bool(false));
            kinds.meets(*restricts) && value.is_some() && !is_idle
        });
        if let Some((keyword, _)) = unknown {
            return Err(format!("the new schema has `{keyword}`"));
        }
        if kinds.meets(Kinds::ARRAY) && self.atlas.keyword(new, "items").is_some_and(Value::is_array) {
            return Err("the new schema has a list of `items`".to_owned());
        }
        if kinds.meets(Kinds::NUMBER) {
            self.bound(new, Side::Lower)?;
            self.bound(new, Side::Upper)?;
            self.multiple(new)?;
        }
        if kinds.meets(Kinds::STRING) {
            self.count(new, "minLength", "maxLength")?;
            self.equal(new, "pattern")?;
            if self.formats == Formats::Assert {
                self.equal(new, "format")?;
            }
        }
        if kinds.meets(Kinds::ARRAY) {
            self.count(new, "minItems", "maxItems")?;
        }
        Ok(())
    }

    /// Returns the values of a keyword in the old schemas.
    fn old<'s>(&'s self, keyword: &'s str) -> impl Iterator<Item = (Place, &'s Value)> {
        self.old.iter().filter_map(move |place| Some((*place, self.atlas.keyword(*place, keyword)?)))
    }

    /// Proves a keyword that an old schema has with the same value, in the same draft.
    fn equal(&self, new: Place, keyword: &str) -> Result<(), String> {
        let Some(value) = self.atlas.keyword(new, keyword) else { return Ok(()) };
        let has_it =
            |(place, old): (Place, &Value)| old == value && self.atlas.draft(place) == self.atlas.draft(new);
        if self.old(keyword).any(has_it) { Ok(()) } else { Err(format!("`{keyword}` is new or differs")) }
    }

    fn count(&self, new: Place, least: &str, most: &str) -> Result<(), String> {
        for (keyword, wider) in [(least, Ordering::Less), (most, Ordering::Greater)] {
            let Some(bound) = self.atlas.keyword(new, keyword) else { continue };
            let is_idle = keyword == least && compare(bound, &Value::from(0)) == Some(Ordering::Equal);
            let holds = |(_, old): (Place, &Value)| {
                compare(bound, old).is_some_and(|order| order == wider || order == Ordering::Equal)
            };
            if !is_idle && !self.old(keyword).any(holds) {
                return Err(format!("`{keyword}` is new or stricter"));
            }
        }
        Ok(())
    }

    fn multiple(&self, new: Place) -> Result<(), String> {
        let Some(step) = self.atlas.keyword(new, "multipleOf") else { return Ok(()) };
        let holds = |(_, old): (Place, &Value)| {
            old == step
                || old.as_u64().zip(step.as_u64()).is_some_and(|(old, step)| step != 0 && old % step == 0)
        };
        if self.old("multipleOf").any(holds) {
            Ok(())
        } else {
            Err("`multipleOf` is new or differs".to_owned())
        }
    }

    fn bound(&self, new: Place, side: Side) -> Result<(), String> {
        for (bound, is_strict) in bounds(self.atlas, new, side) {
            let implied = self.old.iter().flat_map(|place| bounds(self.atlas, *place, side)).any(
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
fn bounds<'c>(atlas: &Atlas<'c>, place: Place, side: Side) -> Vec<(&'c Value, bool)> {
    let (inclusive, exclusive) = match side {
        Side::Lower => ("minimum", "exclusiveMinimum"),
        Side::Upper => ("maximum", "exclusiveMaximum"),
    };
    let number = |keyword| atlas.keyword(place, keyword).filter(|value| value.is_number());
    if atlas.draft(place) == Draft::Draft4 {
        let is_strict = atlas.keyword(place, exclusive) == Some(&Value::Bool(true));
        return number(inclusive).map(|bound| (bound, is_strict)).into_iter().collect();
    }
    let inclusive = number(inclusive).map(|bound| (bound, false));
    inclusive.into_iter().chain(number(exclusive).map(|bound| (bound, true))).collect()
}

/// Returns the order of two numbers, if it is certain.
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    if !a.is_number() || !b.is_number() {
        return None;
    }
    if a == b {
        return Some(Ordering::Equal);
    }
    if let (Some(a), Some(b)) = (a.as_i64(), b.as_i64()) {
        return Some(a.cmp(&b));
    }
    // Rounding keeps the order of different floats. Equal floats may come from different numbers.
    let float = |value: &Value| value.to_string().parse::<f64>().ok().filter(|float| float.is_finite());
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
        assert_eq!(order("\"1\"", "1"), None);
    }
}
