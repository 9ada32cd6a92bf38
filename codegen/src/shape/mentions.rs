//! Finds properties that a schema examines but whose types it does not describe.
//!
//! A struct drops properties that it does not know. A `not`, an `if` or a branch of a `oneOf` may examine a dropped
//! property. In this case, the schema could accept the event that the struct reads, and reject the event that the
//! struct writes.

use std::collections::BTreeSet;

use evschema_model::Draft;
use serde_json::Value;

use super::{Conjunction, Expression, Shapes};
use crate::atlas::Place;

impl<'c> Shapes<'_, 'c> {
    /// Returns the subschemas of a place's own keywords that examine the same value but do not describe its type.
    pub(super) fn judges(&self, place: Place) -> Vec<Place> {
        let mut judges: Vec<Place> = ["not", "if", "then", "else"]
            .iter()
            .filter_map(|keyword| self.atlas.child(place, keyword))
            .collect();
        let is_old = self.atlas.draft(place).has_dependencies();
        let dependencies = if is_old { "dependencies" } else { "dependentSchemas" };
        judges.extend(self.atlas.map(place, dependencies).into_iter().map(|(_, schema)| schema));
        judges
    }

    /// Returns a place, and the places of all schemas that this schema applies to the same value.
    pub(super) fn in_place(&self, start: Place) -> Vec<Place> {
        let mut found = vec![start];
        let mut seen = BTreeSet::from([start]);
        let mut at = 0;
        while at < found.len() {
            let place = found[at];
            at += 1;
            let mut next = self.judges(place);
            next.extend(self.atlas.target(place).flatten());
            for keyword in ["allOf", "anyOf", "oneOf"] {
                next.extend(self.atlas.list(place, keyword));
            }
            found.extend(next.into_iter().filter(|place| seen.insert(*place)));
        }
        found
    }

    /// Returns the places of the schemas that examine the value but do not describe its type. They come from the
    /// conjunction's mentions, or from keywords of its own places.
    pub(super) fn onlookers(&self, conjunction: &Conjunction) -> Vec<Place> {
        let mut onlookers = Vec::new();
        for place in &conjunction.mentions {
            onlookers.extend(self.in_place(*place));
        }
        for place in &conjunction.own {
            for judge in self.judges(*place) {
                onlookers.extend(self.in_place(judge));
            }
        }
        onlookers
    }

    /// Returns the names of properties in a place's own keywords, in document order.
    pub(super) fn spoken_names(&self, place: Place) -> Vec<&'c str> {
        spoken_names(self.atlas.value(place), self.atlas.draft(place))
    }

    /// Returns whether the result of a schema could change if the type drops a property that no keyword names.
    pub(super) fn counts_members(&self, place: Place, negated: bool) -> bool {
        let says = |keyword: &str| self.atlas.keyword(place, keyword);
        let is_schema = |value: &Value| value.as_object().is_some_and(|members| !members.is_empty());
        let least = says("minProperties").and_then(Value::as_f64).unwrap_or(0.0);
        let required = says("required").and_then(Value::as_array).map_or(0, Vec::len);
        let positive = (required as f64) < least
            || says("patternProperties").is_some_and(is_schema)
            || says("additionalProperties").is_some_and(is_schema)
            || says("unevaluatedProperties").is_some_and(is_schema);
        let negative = ["maxProperties", "propertyNames", "additionalProperties", "unevaluatedProperties"];
        positive || (negated && (0.0 < least || negative.iter().any(|keyword| says(keyword).is_some())))
    }

    /// Returns whether the schema at a place compares whole objects or arrays.
    pub(super) fn compares_whole(&self, place: Place) -> bool {
        let nested = |value: &Value| value.is_object() || value.is_array();
        self.atlas.keyword(place, "const").is_some_and(nested)
            || self
                .atlas
                .keyword(place, "enum")
                .and_then(Value::as_array)
                .is_some_and(|values| values.iter().any(nested))
    }

    /// Returns an [`Expression::Mention`] for each place in these alternatives.
    pub(super) fn mentions_of(&self, alternatives: &[Expression]) -> Vec<Expression> {
        let mut found = Vec::new();
        let mut open: Vec<&Expression> = alternatives.iter().rev().collect();
        while let Some(next) = open.pop() {
            match next {
                Expression::Schema(place) | Expression::Own(place) | Expression::Mention(place) => {
                    found.push(Expression::Mention(*place));
                }
                Expression::All(parts) | Expression::Any(parts) => open.extend(parts.iter().rev()),
                Expression::Whole => found.push(Expression::Whole),
                Expression::Anything | Expression::Kinds(_) | Expression::Opaque => {}
            }
        }
        found
    }
}

/// Returns the names of properties in a schema's own keywords, in document order, each once.
pub(crate) fn spoken_names(schema: &Value, draft: Draft) -> Vec<&str> {
    fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
        value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }
    let keyword = |keyword: &str| schema.as_object()?.get(keyword);
    let keys =
        |name: &str| keyword(name).and_then(Value::as_object).into_iter().flat_map(|members| members.keys());
    let mut names: Vec<&str> = keys("properties").map(String::as_str).collect();
    names.extend(texts(keyword("required")));
    let dependencies: &[&str] =
        if draft.has_dependencies() { &["dependencies"] } else { &["dependentRequired", "dependentSchemas"] };
    for name in dependencies {
        for others in
            keyword(name).and_then(Value::as_object).into_iter().flat_map(|members| members.values())
        {
            names.extend(texts(Some(others)));
        }
    }
    for name in dependencies {
        names.extend(keys(name).map(String::as_str));
    }
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    names
}
