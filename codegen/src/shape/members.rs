//! Derives the expressions for the properties and elements of accepted values.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Conjunction, Expression, Kinds, Shapes};
use crate::atlas::Place;

/// The elements of an array.
#[derive(Debug, Clone)]
pub(crate) enum Elements {
    /// Any number of elements, each with this expression.
    Each(Expression),
    /// Exactly this number of elements, each with this expression.
    Exactly(usize, Expression),
    /// At most these elements. Only the first `required` elements must exist.
    Tuple { items: Vec<Expression>, required: usize },
}

impl<'c> Shapes<'_, 'c> {
    /// Returns the expression for a property of the accepted objects.
    pub(crate) fn member(&mut self, conjunction: &Conjunction, name: &str) -> Expression {
        let mut all = Vec::new();
        for place in &conjunction.own {
            all.extend(self.own_member(*place, name).map(Expression::Schema));
        }
        let typed = all.iter().any(|part| !self.conjunction(part).is_anything());
        for group in &conjunction.groups {
            if typed {
                all.extend(self.mentioned_member(&self.mentions_of(&group.alternatives), name));
            } else {
                all.push(self.member_of_any(&group.alternatives, name));
            }
        }
        let onlookers: Vec<Expression> =
            self.onlookers(conjunction).into_iter().map(Expression::Mention).collect();
        all.extend(self.mentioned_member(&onlookers, name));
        self.add_whole(conjunction, &mut all);
        simplified(all)
    }

    fn member_of_any(&mut self, alternatives: &[Expression], name: &str) -> Expression {
        let mut any = Vec::new();
        for alternative in alternatives {
            if !self.facts(alternative).kinds.meets(Kinds::OBJECT) {
                continue;
            }
            let member = self.member_of(alternative, name);
            if self.conjunction(&member).is_anything() {
                let mentions = self.mentions_of(alternatives);
                return simplified(self.mentioned_member(&mentions, name));
            }
            if !any.contains(&member) {
                any.push(member);
            }
        }
        match any.len() {
            0 => Expression::Anything,
            1 => any.remove(0),
            _ => Expression::Any(any),
        }
    }

    fn member_of(&mut self, expression: &Expression, name: &str) -> Expression {
        if expression.is_too_large() {
            return Expression::Opaque;
        }
        let key = (expression.clone(), name.to_owned());
        match self.members.get(&key) {
            Some(Some(known)) => return known.clone(),
            // The schema is an alternative of itself, so nothing is known about the property.
            Some(None) => return Expression::Anything,
            None => {}
        }
        self.members.insert(key.clone(), None);
        let conjunction = self.conjunction(expression);
        let member = if conjunction.opaque { Expression::Opaque } else { self.member(&conjunction, name) };
        self.members.insert(key, Some(member.clone()));
        member
    }

    fn own_member(&self, place: Place, name: &str) -> Option<Place> {
        let members = |keyword| self.atlas.keyword(place, keyword).and_then(Value::as_object);
        if let Some(schema) = members("properties").and_then(|properties| properties.get(name)) {
            return Some(self.atlas.at(place, schema));
        }
        // A pattern may apply instead of `additionalProperties`, so the schema of the property is not certain.
        if members("patternProperties").is_some_and(|patterns| !patterns.is_empty()) {
            return None;
        }
        self.atlas.child(place, "additionalProperties")
    }

    fn mentioned_member(&self, mentions: &[Expression], name: &str) -> Vec<Expression> {
        let mut found = Vec::new();
        for mention in mentions {
            let Expression::Mention(place) = mention else { continue };
            for place in self.in_place(*place) {
                found.extend(self.own_member(place, name).map(Expression::Mention));
            }
        }
        found
    }

    /// Returns the expression for properties that no schema names.
    pub(crate) fn rest(&self, conjunction: &Conjunction) -> Expression {
        let mut all = Vec::new();
        for place in &conjunction.own {
            let patterns = self.atlas.map(*place, "patternProperties");
            let mut any: Vec<Expression> =
                patterns.into_iter().map(|(_, schema)| Expression::Schema(schema)).collect();
            match self.atlas.child(*place, "additionalProperties") {
                Some(other) if self.atlas.value(other) == &Value::Bool(false) => {}
                Some(other) => any.push(Expression::Schema(other)),
                None => continue,
            }
            match any.len() {
                0 => {}
                1 => all.append(&mut any),
                _ => all.push(Expression::Any(any)),
            }
        }
        for mention in self.onlookers(conjunction) {
            all.extend(self.atlas.child(mention, "additionalProperties").map(Expression::Mention));
            all.extend(
                self.atlas.map(mention, "patternProperties").into_iter().map(|(_, s)| Expression::Mention(s)),
            );
        }
        self.add_whole(conjunction, &mut all);
        simplified(all)
    }

    /// Returns the expressions for the elements of the accepted arrays.
    pub(crate) fn elements(&mut self, conjunction: &Conjunction) -> Elements {
        if let Some(tuple) = self.tuple(conjunction) {
            return tuple;
        }
        let element = self.element(conjunction, 0);
        match self.fixed_length(conjunction) {
            Some(length) => Elements::Exactly(length, element),
            None => Elements::Each(element),
        }
    }

    /// Returns the length of the arrays, if all of them have the same length and one schema for all elements.
    fn fixed_length(&self, conjunction: &Conjunction) -> Option<usize> {
        /// Longer arrays do not implement `Default` and other traits of the standard library.
        const LENGTH_MAX: u64 = 32;
        let [place] = conjunction.own.as_slice() else { return None };
        let number = |keyword| self.atlas.keyword(*place, keyword).and_then(Value::as_u64);
        let length = number("minItems").filter(|least| Some(*least) == number("maxItems"))?;
        let (first, rest) = self.items(*place);
        let is_uniform = first.is_empty() && rest.is_some() && conjunction.groups.is_empty();
        if is_uniform && (1..=LENGTH_MAX).contains(&length) { usize::try_from(length).ok() } else { None }
    }

    fn element(&mut self, conjunction: &Conjunction, depth: usize) -> Expression {
        let mut all = Vec::new();
        for place in &conjunction.own {
            all.push(self.own_element(*place));
            all.extend(self.atlas.child(*place, "contains").map(Expression::Mention));
        }
        let typed = all.iter().any(|part| !self.conjunction(part).is_anything());
        for group in &conjunction.groups {
            // No person writes a schema with alternatives that are nested more deeply.
            if typed || 8 < depth {
                continue;
            }
            let mut any = Vec::new();
            for alternative in &group.alternatives {
                if self.facts(alternative).kinds.meets(Kinds::ARRAY) {
                    let alternative = self.conjunction(alternative);
                    any.push(self.element(&alternative, depth + 1));
                }
            }
            if !any.iter().any(|element| self.conjunction(element).is_anything()) && !any.is_empty() {
                all.push(Expression::Any(any));
            }
        }
        let mut onlookers = self.onlookers(conjunction);
        for group in &conjunction.groups {
            for mention in self.mentions_of(&group.alternatives) {
                if let Expression::Mention(place) = mention {
                    onlookers.extend(self.in_place(place));
                }
            }
        }
        for place in onlookers {
            for keyword in ["items", "additionalItems", "contains", "unevaluatedItems"] {
                all.extend(self.atlas.child(place, keyword).map(Expression::Mention));
                all.extend(self.atlas.list(place, keyword).into_iter().map(Expression::Mention));
            }
            all.extend(self.atlas.list(place, "prefixItems").into_iter().map(Expression::Mention));
        }
        self.add_whole(conjunction, &mut all);
        let is_set = |place: &Place| self.atlas.keyword(*place, "uniqueItems") == Some(&Value::Bool(true));
        let element = simplified(all);
        // If the type of the elements drops properties, two different elements could become equal.
        if conjunction.own.iter().any(is_set) && self.loses(&element) {
            return Expression::All(vec![element, Expression::Whole]);
        }
        element
    }

    /// Returns whether the type of an expression drops properties, at any depth.
    fn loses(&mut self, expression: &Expression) -> bool {
        /// Maximum number of parts that the function examines. If the type has more parts, the function assumes that
        /// the type drops properties.
        const PARTS_MAX: usize = 500;
        let mut seen = BTreeSet::new();
        let mut open = vec![expression.clone()];
        while let Some(next) = open.pop() {
            let conjunction = self.conjunction(&next);
            if conjunction.is_anything() || !seen.insert(conjunction.key()) {
                continue;
            }
            let facts = self.facts_of(&conjunction);
            if facts.kinds.meets(Kinds::OBJECT) {
                let drops = facts.known.is_none() && !facts.names.is_empty() && !facts.keeps_rest;
                if drops || PARTS_MAX < seen.len() {
                    return true;
                }
                open.extend(facts.names.iter().map(|name| self.member(&conjunction, name)));
                open.push(self.rest(&conjunction));
            }
            if facts.kinds.meets(Kinds::ARRAY) && !conjunction.own.is_empty() {
                for place in &conjunction.own {
                    open.push(self.own_element(*place));
                }
            }
        }
        false
    }

    fn own_element(&self, place: Place) -> Expression {
        let (first, rest) = self.items(place);
        if first.is_empty() {
            return rest.map_or(Expression::Anything, Expression::Schema);
        }
        let Some(rest) = rest else { return Expression::Anything };
        let mut any: Vec<Expression> = first.into_iter().map(Expression::Schema).collect();
        if self.atlas.value(rest) != &Value::Bool(false) {
            any.push(Expression::Schema(rest));
        }
        if any.iter().any(|part| self.conjunction(part).is_anything()) {
            Expression::Anything
        } else {
            Expression::Any(any)
        }
    }

    /// Returns the schemas of the first elements, and the schema of all other elements.
    fn items(&self, place: Place) -> (Vec<Place>, Option<Place>) {
        let modern = evschema_model::Draft::Draft202012 <= self.atlas.draft(place);
        let items = self.atlas.child(place, "items");
        if modern {
            return (self.atlas.list(place, "prefixItems"), items);
        }
        match self.atlas.keyword(place, "items") {
            Some(Value::Array(_)) => {
                (self.atlas.list(place, "items"), self.atlas.child(place, "additionalItems"))
            }
            Some(_) | None => (Vec::new(), items),
        }
    }

    /// Returns the elements of a tuple, which is an array with a schema for each of its elements.
    fn tuple(&mut self, conjunction: &Conjunction) -> Option<Elements> {
        let [place] = conjunction.own.as_slice() else { return None };
        let number = |keyword| self.atlas.keyword(*place, keyword).and_then(Value::as_u64);
        let (first, rest) = self.items(*place);
        let length = u64::try_from(first.len()).ok()?;
        let no_more = number("maxItems").is_some_and(|most| most <= length)
            || rest.is_some_and(|rest| self.atlas.value(rest) == &Value::Bool(false));
        let is_watched =
            self.atlas.keyword(*place, "contains").is_some() || !self.onlookers(conjunction).is_empty();
        // The standard library implements its traits for tuples of at most twelve elements.
        if !(2..=12).contains(&length) || !no_more || is_watched || !conjunction.groups.is_empty() {
            return None;
        }
        let required = usize::try_from(number("minItems").unwrap_or(0).min(length)).ok()?;
        let is_set = self.atlas.keyword(*place, "uniqueItems") == Some(&Value::Bool(true));
        let mut items = Vec::new();
        for place in first {
            let mut all = vec![Expression::Schema(place)];
            self.add_whole(conjunction, &mut all);
            // If the type of an item drops properties, two different items could become equal.
            if is_set && self.loses(&all[0]) {
                all.push(Expression::Whole);
            }
            items.push(simplified(all));
        }
        Some(Elements::Tuple { items, required })
    }

    fn add_whole(&self, conjunction: &Conjunction, all: &mut Vec<Expression>) {
        let compares = |place: &Place| self.compares_whole(*place);
        if conjunction.whole
            || conjunction.own.iter().any(compares)
            || self.onlookers(conjunction).iter().any(compares)
        {
            all.push(Expression::Whole);
        }
    }
}

fn simplified(mut all: Vec<Expression>) -> Expression {
    all.retain(|part| *part != Expression::Anything);
    match all.len() {
        0 => Expression::Anything,
        1 => all.remove(0),
        _ => Expression::All(all),
    }
}
