//! Finds properties that a schema examines but whose types it does not describe.
//!
//! A struct drops properties that it does not know. A `not`, an `if` or a branch of a `oneOf` may examine a dropped
//! property. In this case, the schema could accept the event that the struct reads, and reject the event that the
//! struct writes.

use std::collections::BTreeSet;

use evschema_model::graph::{Documents, Names, Place};
use serde_json::{Number, Value};

use super::{Conjunction, Expression, Shapes};

impl<'c> Shapes<'_, 'c> {
    /// Returns the subschemas of a place's own keywords that examine the same value but do not describe its type.
    pub(super) fn conditions(&self, place: Place) -> Vec<Place> {
        let keywords = self.documents.keywords(place);
        let mut conditions = Vec::from_iter(keywords.not());
        conditions.extend(keywords.branches());
        conditions.extend(keywords.dependent_schemas().iter().map(|(_, schema)| *schema));
        conditions
    }

    /// Returns a place, and the places of all schemas that this schema applies to the same value.
    pub(super) fn in_place(&self, start: Place) -> Vec<Place> {
        let mut found = vec![start];
        let mut seen = BTreeSet::from([start]);
        let mut at = 0;
        while at < found.len() {
            let place = found[at];
            at += 1;
            let keywords = self.documents.keywords(place);
            let mut next = self.conditions(place);
            next.extend(self.documents.target(place).flatten());
            next.extend([keywords.all_of(), keywords.any_of(), keywords.one_of()].concat());
            found.extend(next.into_iter().filter(|place| seen.insert(*place)));
        }
        found
    }

    /// Returns the places of the schemas that examine the value but do not describe its type. They come from the
    /// conjunction's mentions, or from keywords of its own places.
    pub(super) fn observers(&self, conjunction: &Conjunction) -> Vec<Place> {
        let mut observers = Vec::new();
        for place in &conjunction.mentions {
            observers.extend(self.in_place(*place));
        }
        for place in &conjunction.own {
            for condition in self.conditions(*place) {
                observers.extend(self.in_place(condition));
            }
        }
        observers
    }

    /// Returns the names of properties in a place's own keywords, in document order.
    pub(super) fn spoken_names(&self, place: Place) -> Vec<&'c str> {
        spoken_names(self.documents, place)
    }

    /// Returns whether the result of a schema could change if the type drops a property that no keyword names.
    pub(super) fn counts_members(&self, place: Place, negated: bool) -> bool {
        let keywords = self.documents.keywords(place);
        let (others, rest) = (keywords.additional_properties(), keywords.unevaluated_properties());
        let is_condition = |schema: Place| {
            self.documents.value(schema).as_object().is_some_and(|members| !members.is_empty())
        };
        let least = keywords.min_properties().and_then(Number::as_f64).unwrap_or(0.0);
        let required = keywords.required().map_or(0, |names| names.iter().count());
        let positive = (required as f64) < least
            || !keywords.pattern_properties().is_empty()
            || others.is_some_and(is_condition)
            || rest.is_some_and(is_condition);
        let has_negative = keywords.max_properties().is_some()
            || keywords.property_names().is_some()
            || others.is_some()
            || rest.is_some();
        positive || (negated && (0.0 < least || has_negative))
    }

    /// Returns whether the schema at a place compares whole objects or arrays.
    pub(super) fn compares_whole(&self, place: Place) -> bool {
        let is_nested = |value: &Value| value.is_object() || value.is_array();
        let keywords = self.documents.keywords(place);
        keywords.constant().is_some_and(is_nested)
            || keywords.values().is_some_and(|values| values.iter().any(is_nested))
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
pub(crate) fn spoken_names<'c>(documents: &Documents<'c>, place: Place) -> Vec<&'c str> {
    let keywords = documents.keywords(place);
    let mut names: Vec<&str> = keywords.properties().iter().map(|(name, _)| *name).collect();
    names.extend(keywords.required().into_iter().flat_map(Names::iter));
    names.extend(keywords.dependent_required().iter().flat_map(|(_, names)| names.iter()));
    names.extend(documents.dependency_names(place));
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    names
}
