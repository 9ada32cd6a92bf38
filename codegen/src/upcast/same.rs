//! Decides whether two schemas accept the same values because their texts are equal, without their annotations.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::atlas::{Atlas, Place};

/// Keywords that never reject a value, and containers of schemas that only references lead to.
const ANNOTATIONS: [&str; 19] = [
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$id",
    "$schema",
    "$vocabulary",
    "default",
    "definitions",
    "deprecated",
    "description",
    "example",
    "examples",
    "id",
    "nullable",
    "readOnly",
    "title",
    "writeOnly",
    "$recursiveAnchor",
];

/// Returns whether a keyword never rejects a value.
pub(super) fn is_annotation(keyword: &str) -> bool {
    ANNOTATIONS.contains(&keyword) || keyword.starts_with("x-")
}

/// Keywords whose value is one schema, a list of schemas, or a map of schemas.
const SCHEMAS: [&str; 21] = [
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "contains",
    "contentSchema",
    "dependencies",
    "dependentSchemas",
    "else",
    "if",
    "items",
    "not",
    "oneOf",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "$ref",
];

/// Keywords whose value is a map from names to schemas.
const MAPS: [&str; 4] = ["dependencies", "dependentSchemas", "patternProperties", "properties"];

/// Maximum number of pairs of schemas that are compared. More schemas count as different.
const PAIRS_MAX: usize = 20_000;

/// Returns whether two lists of schemas have equal conditions.
pub(super) fn same_conditions(atlas: &Atlas<'_>, old: &[Place], new: &[Place]) -> bool {
    old.len() == new.len() && {
        let mut comparison = Comparison { atlas, assumed: BTreeSet::new() };
        old.iter().zip(new).all(|(old, new)| comparison.places(*old, *new))
    }
}

/// A comparison of schemas. A pair that is being compared counts as equal, because only a difference elsewhere could
/// make it unequal.
struct Comparison<'a, 'c> {
    atlas: &'a Atlas<'c>,
    assumed: BTreeSet<(Place, Place)>,
}

impl Comparison<'_, '_> {
    fn places(&mut self, old: Place, new: Place) -> bool {
        if old == new {
            return true;
        }
        if PAIRS_MAX < self.assumed.len() || self.atlas.draft(old) != self.atlas.draft(new) {
            return false;
        }
        if !self.assumed.insert((old, new)) {
            return true;
        }
        match (self.atlas.value(old), self.atlas.value(new)) {
            (Value::Object(a), Value::Object(b)) => self.keywords(old, new, a, b),
            (a, b) => a == b,
        }
    }

    fn keywords(&mut self, old: Place, new: Place, a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
        let hides = self.atlas.draft(old).ref_hides_siblings();
        let counts = |members: &Map<String, Value>, keyword: &str| {
            let is_hidden = hides && members.contains_key("$ref") && keyword != "$ref";
            !is_hidden && !is_annotation(keyword)
        };
        let names = |members: &Map<String, Value>| {
            members.keys().filter(|keyword| counts(members, keyword)).cloned().collect::<BTreeSet<String>>()
        };
        let names_old = names(a);
        names_old == names(b)
            && names_old.iter().all(|keyword| match (a.get(keyword), b.get(keyword)) {
                (Some(one), Some(other)) => self.values(keyword, (old, one), (new, other)),
                (Some(_) | None, _) => false,
            })
    }

    fn values(&mut self, keyword: &str, old: (Place, &Value), new: (Place, &Value)) -> bool {
        match keyword {
            // The meaning depends on the path by which a validator reaches the schema.
            "$dynamicRef" | "$recursiveRef" => false,
            "$ref" => match (self.atlas.target(old.0), self.atlas.target(new.0)) {
                (Some(Some(a)), Some(Some(b))) => self.places(a, b),
                // The target is in a metaschema, and the drafts are equal.
                (Some(None), Some(None)) => old.1 == new.1,
                (_, _) => false,
            },
            _ if SCHEMAS.contains(&keyword) => match (old.1, new.1) {
                (Value::Array(a), Value::Array(b)) => {
                    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.inner(a, b))
                }
                (Value::Object(a), Value::Object(b)) if MAPS.contains(&keyword) => {
                    a.len() == b.len()
                        && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| self.inner(a, b)))
                }
                (a, b) => self.inner(a, b),
            },
            _ => old.1 == new.1,
        }
    }

    fn inner(&mut self, a: &Value, b: &Value) -> bool {
        match (self.atlas.place_of(a), self.atlas.place_of(b)) {
            // The list of names in `dependencies` is not a schema.
            (Some(_), Some(_)) if a.is_array() || b.is_array() => a == b,
            (Some(a), Some(b)) => self.places(a, b),
            (_, _) => false,
        }
    }
}
