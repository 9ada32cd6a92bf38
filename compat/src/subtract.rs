//! Subtracts a schema from a writer: the values that the writer sends and the schema rejects, as alternatives.
//!
//! `writer ⊆ A ∪ B` holds if nothing is left of the writer after the subtraction of A and then of B. So subtraction
//! reduces every question about unions, negations and conditions to one question: is an alternative empty? Semantic
//! subtyping does the same (Frisch, Castagna and Benzaken, "Semantic subtyping", 2008).
//!
//! The alternatives that are left have **at least** the values of the difference. If no alternative can express the
//! opposite of an assertion, all values of the writer are left. So if no alternative is left, this is a proof.
//! Otherwise, the rest shows where to search for witnesses.

mod arrays;
mod objects;
pub(crate) mod state;

use std::rc::Rc;

use crate::alternatives::Alternative;
use crate::engine::Engine;
use crate::format;
use crate::number::{Bound, Numbers};
use crate::pattern::one_of_texts;
use crate::tree::{Condition, Id, Node, Origin, Strings, Types};
use crate::truth::Truth;

/// The maximum depth of nested subtractions.
const DEPTH_MAX: usize = 5;

/// The maximum number of alternatives after a subtraction. If more are left, the function returns the writer's
/// alternative unchanged.
const LEFT_MAX: usize = 48;

/// The maximum number of listed numbers at which a subtraction cuts an interval.
const CUTS_MAX: usize = 32;

impl Engine {
    /// Returns the depth of nested subtractions.
    pub(crate) fn subtraction_depth(&self) -> usize {
        self.subtractor.subtraction_depth
    }

    /// Returns alternatives that together have at least the values that `alternative` accepts and the schema rejects.
    pub(crate) fn subtract(&mut self, alternative: &Alternative, schema: Id) -> Vec<Alternative> {
        if alternative.holds.contains(&schema.class()) || self.tree.is_true(schema) {
            return Vec::new();
        }
        if self.tree.is_false(schema) {
            return vec![alternative.clone()];
        }
        if DEPTH_MAX < self.subtractor.subtraction_depth || !self.spend(2) {
            return vec![alternative.widened()];
        }
        self.subtractor.subtraction_depth += 1;
        let mut left = Vec::new();
        for one in alternative.types.each() {
            let only = alternative.only(one);
            match self.finite_values(&only) {
                Some(values) => {
                    let kept: Vec<_> = values
                        .into_iter()
                        .filter(|value| self.accepts_listed(schema, &only, value) != Truth::Yes)
                        .collect();
                    if !kept.is_empty() {
                        left.push(only.with_values(kept));
                    }
                }
                None => self.subtract_node(&only, schema, &mut left),
            }
        }
        left.retain(|rest| !self.is_empty(rest));
        self.subtractor.subtraction_depth -= 1;
        if LEFT_MAX < left.len() { vec![alternative.widened()] } else { left }
    }

    /// Returns the part of an alternative that all of these schemas reject.
    pub(crate) fn subtract_all(&mut self, alternative: &Alternative, schemas: &[Id]) -> Vec<Alternative> {
        let mut left = vec![alternative.clone()];
        // The function subtracts negations first. After the subtraction of `not X`, `X` accepts the rest, and the rest
        // has the class of `X` in `holds`. So a later subtraction of `X` certainly removes the rest.
        let is_negation = |schema: &&Id| self.tree.negated(**schema).is_some();
        let (first, then): (Vec<&Id>, Vec<&Id>) = schemas.iter().partition(is_negation);
        for schema in first.into_iter().chain(then) {
            let mut next = Vec::new();
            for rest in &left {
                next.extend(self.subtract(rest, *schema));
            }
            left = next;
            if left.is_empty() || LEFT_MAX < left.len() {
                break;
            }
        }
        left
    }

    /// Removes the negations of an alternative: returns alternatives without negations that together have at least its
    /// values.
    pub(crate) fn without_negations(&mut self, alternative: &Alternative) -> Vec<Alternative> {
        let bare = Alternative { not: Rc::default(), ..alternative.clone() };
        self.subtract_all(&bare, &alternative.not)
    }

    /// Adds the parts of an alternative that violate an assertion of the node.
    fn subtract_node(&mut self, alternative: &Alternative, schema: Id, left: &mut Vec<Alternative>) {
        let node = self.tree.shared(schema);
        let is_unknown = node.unsupported.is_some() || node.place.is_some();
        if is_unknown || !node.types.has(alternative.types) {
            left.push(if is_unknown { alternative.widened() } else { alternative.clone() });
            return;
        }
        if let Some(values) = &node.values {
            left.extend(without_values(alternative, values));
        }
        match alternative.types {
            Types::NUMBER => left.extend(subtract_numbers(alternative, &node.numbers)),
            Types::STRING => left.extend(subtract_strings(alternative, &node.strings)),
            Types::ARRAY => self.subtract_arrays(alternative, &node, left),
            Types::OBJECT => self.subtract_objects(alternative, &node, left),
            _ => {}
        }
        for part in node.all_of.iter().copied().chain(node.recursive_target(&self.tree)) {
            left.extend(self.subtract(alternative, part));
        }
        for union in &node.any_of {
            left.extend(self.subtract_all(alternative, union));
        }
        for union in &node.one_of {
            left.extend(self.subtract_all(alternative, union));
            left.extend(self.intersect_two_branches(alternative, union));
        }
        for not in &node.not {
            left.extend(self.intersect(alternative, *not));
        }
        for condition in &node.conditions {
            left.extend(self.subtract_condition(alternative, condition));
        }
    }

    /// Returns the part of an alternative that a schema also accepts.
    pub(crate) fn intersect(&mut self, alternative: &Alternative, schema: Id) -> Vec<Alternative> {
        let others = self.alternatives(schema);
        let mut both = Vec::new();
        for other in others.iter() {
            let part = alternative.and(other);
            if !part.types.is_empty() && !self.is_empty(&part) {
                both.push(part);
            }
        }
        both
    }

    /// Returns the part of an alternative that at least two branches of a union accept.
    pub(crate) fn intersect_two_branches(
        &mut self,
        alternative: &Alternative,
        union: &[Id],
    ) -> Vec<Alternative> {
        let mut parts: Vec<(usize, Alternative)> = Vec::new();
        let mut both = Vec::new();
        for (at, branch) in union.iter().enumerate() {
            let here = self.intersect(alternative, *branch);
            for (_, before) in &parts {
                for part in &here {
                    let shared = before.and(part);
                    if !self.spend(1) {
                        return vec![alternative.widened()];
                    }
                    if !shared.types.is_empty() && !self.is_empty(&shared) {
                        both.push(shared);
                    }
                }
            }
            parts.extend(here.into_iter().map(|part| (at, part)));
        }
        both
    }

    fn subtract_condition(&mut self, alternative: &Alternative, condition: &Condition) -> Vec<Alternative> {
        let mut left = Vec::new();
        if let Some(then) = condition.then {
            for part in self.intersect(alternative, condition.test) {
                left.extend(self.subtract(&part, then));
            }
        }
        if let Some(otherwise) = condition.otherwise {
            for part in self.subtract(alternative, condition.test) {
                left.extend(self.subtract(&part, otherwise));
            }
        }
        left
    }

    /// Returns the negation of a schema.
    pub(crate) fn negation(&mut self, schema: Id) -> Id {
        if self.tree.is_true(schema) || self.tree.is_false(schema) {
            let accept = self.tree.is_false(schema);
            return self.tree.boolean(accept, self.tree.origin(schema));
        }
        let node = Node { not: vec![schema], ..Node::default() };
        let origin: Origin = self.tree.origin(schema);
        self.tree.add(node, origin)
    }
}

impl Alternative {
    /// Returns the same alternative, marked as possibly too wide.
    pub(crate) fn widened(&self) -> Self {
        Self { is_wider: true, ..self.clone() }
    }

    /// Returns this alternative with these number assertions.
    fn with_numbers(&self, numbers: Numbers) -> Self {
        Self { numbers: Rc::new(numbers), ..self.clone() }
    }

    /// Returns this alternative with changed string assertions.
    pub(crate) fn with_strings(&self, change: impl FnOnce(&mut Strings)) -> Self {
        let mut alternative = self.clone();
        change(Rc::make_mut(&mut alternative.strings));
        alternative
    }
}

fn without_values(alternative: &Alternative, values: &[serde_json::Value]) -> Vec<Alternative> {
    match alternative.types {
        Types::STRING => {
            let texts: Vec<&str> = values.iter().filter_map(serde_json::Value::as_str).collect();
            if texts.is_empty() {
                return vec![alternative.clone()];
            }
            vec![alternative.with_strings(|strings| strings.none.push(one_of_texts(texts)))]
        }
        Types::NUMBER => {
            let mut cuts: Vec<crate::number::Decimal> = values
                .iter()
                .filter_map(|value| value.as_number().and_then(crate::number::Decimal::of))
                .collect();
            cuts.sort();
            if CUTS_MAX < cuts.len() {
                return vec![alternative.widened()];
            }
            let ends = cuts.iter().cloned().map(|value| Some(Bound { value, exclusive: true }));
            let mut pieces = Vec::new();
            let mut from = None;
            for end in ends.chain([None]) {
                let piece = Numbers { min: from, max: end.clone(), ..Numbers::default() };
                pieces.push(alternative.with_numbers(alternative.numbers.and(&piece)));
                from = end;
            }
            pieces
        }
        // An alternative cannot exclude single objects or arrays.
        _ if values.iter().any(|value| Types::of(value) == alternative.types) => vec![alternative.widened()],
        _ => vec![alternative.clone()],
    }
}

fn subtract_numbers(alternative: &Alternative, reader: &Numbers) -> Vec<Alternative> {
    let mut left = Vec::new();
    let turned = |bound: &Bound| Bound { value: bound.value.clone(), exclusive: !bound.exclusive };
    if let Some(min) = &reader.min {
        left.push(Numbers { max: Some(turned(min)), ..Numbers::default() });
    }
    if let Some(max) = &reader.max {
        left.push(Numbers { min: Some(turned(max)), ..Numbers::default() });
    }
    if let Some(step) = &reader.step
        && !alternative.numbers.step.as_ref().is_some_and(|own| own.is_multiple_of(step))
    {
        left.push(Numbers { none: vec![step.clone()], ..Numbers::default() });
    }
    let mut left: Vec<Alternative> =
        left.into_iter().map(|outside| alternative.with_numbers(alternative.numbers.and(&outside))).collect();
    if reader.requires_lexeme && !alternative.numbers.requires_lexeme {
        // Draft 4 does not accept `1.0` as an integer, and no bound or step expresses this.
        left.push(alternative.widened());
    }
    left
}

fn subtract_strings(alternative: &Alternative, reader: &Strings) -> Vec<Alternative> {
    let mut left = Vec::new();
    if alternative.strings.min < reader.min {
        let max = alternative.strings.max.map_or(reader.min - 1, |max| max.min(reader.min - 1));
        left.push(alternative.with_strings(|strings| strings.max = Some(max)));
    }
    if let Some(max) = reader.max
        && alternative.strings.max.is_none_or(|own| max < own)
    {
        left.push(alternative.with_strings(|strings| strings.min = strings.min.max(max + 1)));
    }
    for pattern in reader.patterns.iter().filter(|pattern| !alternative.strings.patterns.contains(pattern)) {
        left.push(alternative.with_strings(|strings| strings.none.push(pattern.clone())));
    }
    for format in reader.formats.iter().filter(|format| !alternative.strings.formats.contains(format)) {
        let known = format::language(format).filter(|language| !language.under.is_empty());
        let Some(language) = known else {
            left.push(alternative.widened());
            continue;
        };
        // Every string without the format fails to match at least one of these patterns. But a string that fails to
        // match may still have the format.
        for pattern in &language.under {
            let rest = alternative.with_strings(|strings| strings.none.push(pattern.clone()));
            left.push(if language.over.contains(pattern) { rest } else { rest.widened() });
        }
    }
    left
}
