//! Derives the expressions for the properties and elements of accepted values.

use std::collections::BTreeSet;

use evschema_model::graph::Place;
use serde_json::Number;

use super::{Conjunction, Expression, Kinds, Shapes};

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
        let observers: Vec<Expression> =
            self.observers(conjunction).into_iter().map(Expression::Mention).collect();
        all.extend(self.mentioned_member(&observers, name));
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
        let keywords = self.documents.keywords(place);
        if let Some(schema) = keywords.property(name) {
            return Some(schema);
        }
        // A pattern may apply instead of `additionalProperties`, so the schema of the property is not certain.
        keywords.additional_properties().filter(|_| keywords.pattern_properties().is_empty())
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
            let keywords = self.documents.keywords(*place);
            let patterns = keywords.pattern_properties().iter();
            let mut any: Vec<Expression> = patterns.map(|(_, schema)| Expression::Schema(*schema)).collect();
            match keywords.additional_properties() {
                Some(other) if self.is_false(other) => {}
                Some(other) => any.push(Expression::Schema(other)),
                None => continue,
            }
            match any.len() {
                0 => {}
                1 => all.append(&mut any),
                _ => all.push(Expression::Any(any)),
            }
        }
        for mention in self.observers(conjunction) {
            let keywords = self.documents.keywords(mention);
            all.extend(keywords.additional_properties().map(Expression::Mention));
            all.extend(keywords.pattern_properties().iter().map(|(_, schema)| Expression::Mention(*schema)));
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
        let keywords = self.documents.keywords(*place);
        let number = |number: Option<&Number>| number.and_then(Number::as_u64);
        let length = number(keywords.min_items()).filter(|min| Some(*min) == number(keywords.max_items()))?;
        let has_one_schema = keywords.prefix_items().is_empty() && keywords.items().is_some();
        let is_uniform = has_one_schema && conjunction.groups.is_empty();
        if is_uniform && (1..=LENGTH_MAX).contains(&length) { usize::try_from(length).ok() } else { None }
    }

    fn element(&mut self, conjunction: &Conjunction, depth: usize) -> Expression {
        let mut all = Vec::new();
        for place in &conjunction.own {
            all.push(self.own_element(*place));
            all.extend(self.documents.keywords(*place).contains().map(Expression::Mention));
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
        let mut observers = self.observers(conjunction);
        for group in &conjunction.groups {
            for mention in self.mentions_of(&group.alternatives) {
                if let Expression::Mention(place) = mention {
                    observers.extend(self.in_place(place));
                }
            }
        }
        for place in observers {
            let keywords = self.documents.keywords(place);
            let each = [keywords.items(), keywords.contains(), keywords.unevaluated_items()];
            let first = keywords.prefix_items().iter().copied();
            all.extend(each.into_iter().flatten().chain(first).map(Expression::Mention));
        }
        self.add_whole(conjunction, &mut all);
        let is_set = |place: &Place| self.documents.keywords(*place).has_unique_items();
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
        let keywords = self.documents.keywords(place);
        let (first, rest) = (keywords.prefix_items(), keywords.items());
        if first.is_empty() {
            return rest.map_or(Expression::Anything, Expression::Schema);
        }
        let Some(rest) = rest else { return Expression::Anything };
        let mut any: Vec<Expression> = first.iter().copied().map(Expression::Schema).collect();
        if !self.is_false(rest) {
            any.push(Expression::Schema(rest));
        }
        if any.iter().any(|part| self.conjunction(part).is_anything()) {
            Expression::Anything
        } else {
            Expression::Any(any)
        }
    }

    /// Returns the elements of a tuple, which is an array with a schema for each of its elements.
    fn tuple(&mut self, conjunction: &Conjunction) -> Option<Elements> {
        let [place] = conjunction.own.as_slice() else { return None };
        let keywords = self.documents.keywords(*place);
        let number = |number: Option<&Number>| number.and_then(Number::as_u64);
        let first = keywords.prefix_items();
        let length = u64::try_from(first.len()).ok()?;
        let no_more = number(keywords.max_items()).is_some_and(|most| most <= length)
            || keywords.items().is_some_and(|rest| self.is_false(rest));
        let is_watched = keywords.contains().is_some() || !self.observers(conjunction).is_empty();
        // The standard library implements its traits for tuples of at most twelve elements.
        if !(2..=12).contains(&length) || !no_more || is_watched || !conjunction.groups.is_empty() {
            return None;
        }
        let required = usize::try_from(number(keywords.min_items()).unwrap_or(0).min(length)).ok()?;
        let is_set = keywords.has_unique_items();
        let mut items = Vec::new();
        for place in first {
            let mut all = vec![Expression::Schema(*place)];
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
            || self.observers(conjunction).iter().any(compares)
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
