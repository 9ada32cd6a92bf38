//! Decides whether two schemas accept the same values because their texts are equal, without their annotations.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use evschema_model::graph::{Documents, Place};

/// Maximum number of pairs of schemas that are compared. More schemas count as different.
const PAIRS_MAX: usize = 20_000;

/// Returns whether two lists of schemas have equal conditions.
pub(super) fn same_conditions(documents: &Documents<'_>, old: &[Place], new: &[Place]) -> bool {
    old.len() == new.len() && {
        let mut comparison = Comparison { documents, assumed: BTreeSet::new() };
        old.iter().zip(new).all(|(old, new)| comparison.places(*old, *new))
    }
}

/// A comparison of schemas. A pair that is being compared counts as equal, because only a difference elsewhere could
/// make it unequal.
struct Comparison<'a, 'c> {
    documents: &'a Documents<'c>,
    assumed: BTreeSet<(Place, Place)>,
}

impl Comparison<'_, '_> {
    fn places(&mut self, old: Place, new: Place) -> bool {
        if old == new {
            return true;
        }
        if PAIRS_MAX < self.assumed.len() || self.documents.draft(old) != self.documents.draft(new) {
            return false;
        }
        if !self.assumed.insert((old, new)) {
            return true;
        }
        match (self.documents.value(old), self.documents.value(new)) {
            (Value::Object(_), Value::Object(_)) => self.keywords(old, new),
            (a, b) => a == b,
        }
    }

    fn keywords(&mut self, old: Place, new: Place) -> bool {
        let written = |place| -> BTreeMap<&str, &Value> {
            // OpenAPI's `nullable` is no keyword of JSON Schema.
            self.documents.effective(place).filter(|(name, _)| *name != "nullable").collect()
        };
        let (a, b) = (written(old), written(new));
        let schemas = [old, new].map(|place| self.documents.subschemas(place));
        a.keys().eq(b.keys())
            && a.into_iter().zip(b.into_values()).all(|((keyword, a), b)| match keyword {
                // The meaning depends on the path by which a validator reaches the schema.
                "$dynamicRef" | "$recursiveRef" => false,
                "$ref" => match (self.documents.target(old), self.documents.target(new)) {
                    (Some(Some(a)), Some(Some(b))) => self.places(a, b),
                    // The target is in a metaschema, and the drafts are equal.
                    (Some(None), Some(None)) => a == b,
                    (_, _) => false,
                },
                _ => self.values(&schemas, a, b),
            })
    }

    /// Compares two parts of the value of a keyword, which contains some of the subschemas.
    fn values(&mut self, schemas: &[Vec<Place>; 2], a: &Value, b: &Value) -> bool {
        let place_in =
            |schemas: &[Place], value| self.documents.place_of(value).filter(|place| schemas.contains(place));
        match (place_in(&schemas[0], a), place_in(&schemas[1], b)) {
            (Some(a), Some(b)) => return self.places(a, b),
            (None, None) => {}
            (_, _) => return false,
        }
        match (a, b) {
            (Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.values(schemas, a, b))
            }
            (Value::Object(a), Value::Object(b)) => {
                a.len() == b.len()
                    && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| self.values(schemas, a, b)))
            }
            (a, b) => a == b,
        }
    }
}
