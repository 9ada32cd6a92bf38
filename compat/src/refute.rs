//! Searches for an event that the writer sends and the reader rejects.
//!
//! The search follows the reader's assertions that have no proof. For each such assertion, the search makes values of
//! the writer that probably violate it. On the way back to the root, it builds whole events around these values. These
//! events are candidates. A candidate becomes a witness only if the validator confirms it.

mod children;
pub(crate) mod state;
mod values;

use std::rc::Rc;

use serde_json::Value;

use crate::alternatives::Alternative;
use crate::assertion::Assertion;
use crate::candidate::Candidate;
use crate::engine::Engine;
use crate::number::Decimal;
use crate::obligation::Obligation;
use crate::refute::state::Effort;
use crate::sample::nodes_in;
use crate::tree::{Id, Types};
use crate::truth::Truth;
use values::{numbers_outside, with_fractions};

/// The maximum number of candidates that one place passes to the place above it, and the maximum number of these with
/// the same obligation.
const PLACE_MAX: usize = 48;
const KIND_MAX: usize = 3;

/// The maximum number of candidates that one place passes to the place above it, if the search needs a witness for each
/// place that breaks. It is more findings than anyone reads.
const PLACE_MAX_OF_ALL: usize = 600;

/// The maximum number of listed values that the search tries one by one.
const LISTED_MAX: usize = 64;

/// The maximum number of alternatives of a difference from which the search makes values.
const LEFT_MAX: usize = 24;

/// The maximum number of branches that the search tries in a union that shares no value with the writer.
const UNMEANT_MAX: usize = 8;

/// The maximum depth of nested places.
const DEPTH_MAX: usize = 60;

impl Engine {
    /// Returns values of the writer that the reader seems to reject, the smallest first.
    pub(crate) fn refute(&mut self, writer: Id, reader: Id) -> Vec<Candidate> {
        let pair = (writer.class(), reader.class());
        let inside = self.refuter.refutations_in_progress.iter().filter(|open| **open == pair).count();
        if 0 < inside
            || DEPTH_MAX < self.refuter.refutations_in_progress.len()
            || !self.spend(4)
            || self.covers(writer, reader)
        {
            return Vec::new();
        }
        let key = (pair.0, pair.1, self.tree.origin(writer), self.tree.origin(reader));
        if let Some(known) = self.refuter.known_candidates.get(&key) {
            let known = Rc::clone(known);
            let nodes = known.iter().map(|candidate| nodes_in(&candidate.value)).sum();
            return if self.reserve_copy(nodes) { known.to_vec() } else { Vec::new() };
        }
        self.refuter.refutations_in_progress.push(pair);
        let mut found = Vec::new();
        let mut kept = if self.refuter.effort == Effort::First {
            self.plain_refutation(writer, reader)
        } else {
            Vec::new()
        };
        'alternatives: for alternative in self.alternatives(writer).iter() {
            if !kept.is_empty() {
                break;
            }
            for one in alternative.types.each() {
                let only = alternative.only(one);
                if !self.is_empty(&only) {
                    self.refute_alternative(&only, writer, reader, &mut found, 0);
                }
                if self.refuter.effort == Effort::First && !found.is_empty() {
                    kept = self.keep_best(writer, reader, std::mem::take(&mut found));
                    if !kept.is_empty() {
                        break 'alternatives;
                    }
                }
            }
        }
        self.refuter.refutations_in_progress.pop();
        if !found.is_empty() {
            kept = self.keep_best(writer, reader, found);
        }
        if self.reserve_copy(kept.iter().map(|candidate| nodes_in(&candidate.value)).sum()) {
            self.refuter.known_candidates.insert(key, Rc::new(kept.clone()));
        }
        kept
    }

    /// Tries only the plainest values of the writer. For wide unions, this is often enough.
    fn plain_refutation(&mut self, writer: Id, reader: Id) -> Vec<Candidate> {
        let alternatives = self.alternatives(writer);
        if alternatives.len() < 2 {
            return Vec::new();
        }
        for alternative in alternatives.iter() {
            for value in self.samples_of(alternative, 1) {
                if self.accepts(writer, &value) == Truth::Yes && self.accepts(reader, &value) == Truth::No {
                    let assertion = Assertion::AnyOf;
                    return vec![Candidate {
                        value,
                        obligation: Obligation::here(writer, reader, assertion),
                    }];
                }
            }
        }
        Vec::new()
    }

    /// Begins a new search for witnesses with this effort.
    pub(crate) fn begin_refutation(&mut self, effort: Effort) {
        self.refuter.effort = effort;
        self.refuter.known_candidates.clear();
    }

    /// Keeps the candidates that the writer may accept and the reader may reject at this place, a few for each
    /// obligation.
    fn keep_best(&mut self, writer: Id, reader: Id, mut found: Vec<Candidate>) -> Vec<Candidate> {
        /// The maximum number of kept candidates if the fuel is used up.
        const FEW: usize = 16;
        found.sort_by_cached_key(|candidate| weight(&candidate.value));
        let place_max = if self.refuter.is_brief { PLACE_MAX } else { PLACE_MAX_OF_ALL };
        let mut kept: Vec<Candidate> = Vec::new();
        for candidate in found {
            let has_fuel = self.spend(kept.len() as u64 / 16);
            if place_max <= kept.len() || (!has_fuel && FEW <= kept.len()) {
                break;
            }
            let same = kept.iter().filter(|known| known.obligation == candidate.obligation);
            let (mut many, mut is_known) = (0, false);
            for known in same {
                many += 1;
                is_known |= known.value == candidate.value;
            }
            if KIND_MAX <= many || is_known {
                continue;
            }
            if self.accepts(writer, &candidate.value) != Truth::No
                && self.accepts(reader, &candidate.value) != Truth::Yes
            {
                kept.push(candidate);
            }
        }
        kept
    }

    /// Collects candidates for one reader, from one alternative with values of one type.
    pub(crate) fn refute_alternative(
        &mut self,
        alternative: &Alternative,
        writer: Id,
        reader: Id,
        found: &mut Vec<Candidate>,
        depth: usize,
    ) {
        if 24 < depth || !self.spend(2) {
            return;
        }
        let Some((place, unmet)) = self.unmet(alternative, reader, &mut Vec::new()) else { return };
        if let Some(further) = self.resolve_conditions(alternative) {
            for alternative in further {
                self.refute_alternative(&alternative, writer, reader, found, depth + 1);
            }
            return;
        }
        if let Some(values) = &alternative.values {
            let obligation = Obligation::here(writer, place, unmet.clone());
            let listed = values.iter().take(LISTED_MAX).cloned();
            let listed = listed.chain(values.iter().take(LISTED_MAX).filter_map(with_fractions));
            found.extend(listed.map(|value| Candidate { value, obligation: obligation.clone() }));
        }
        let node = self.tree.shared(reader);
        let mut add = |engine: &mut Self, values: Vec<Value>, assertion: &Assertion| {
            for value in values {
                if engine.alternative_accepts(alternative, &value) != Truth::No {
                    let obligation = Obligation::here(writer, reader, assertion.clone());
                    found.push(Candidate { value, obligation });
                }
            }
        };
        if !node.types.has(alternative.types) {
            let values = self.samples_of(alternative, 2);
            add(self, values, &Assertion::rejected_types(alternative));
            return;
        }
        if let Some(allowed) = &node.values {
            let values = self.unlisted_values(alternative, allowed);
            add(self, values, &Assertion::Values);
        }
        if alternative.types == Types::NUMBER && !alternative.numbers.is_within(&node.numbers) {
            if node.numbers.requires_lexeme && !alternative.numbers.requires_lexeme {
                let samples = alternative.numbers.samples();
                let numbers = samples.iter().map(|sample| Value::Number(sample.to_number()));
                let values = numbers.filter_map(|number| with_fractions(&number)).collect();
                add(self, values, &Assertion::rejected_types(alternative));
            }
            let mut values = alternative.numbers.clone().samples();
            values.extend(numbers_outside(&alternative.numbers, &node.numbers));
            values.retain(|value| alternative.numbers.contains(value) && !node.numbers.contains(value));
            // If the reader requires integers, people regard a number with a fraction as a value of another type.
            let takes_integers = node.numbers.step.as_ref() == Some(&Decimal::one());
            let (others, fractions): (Vec<Decimal>, Vec<Decimal>) =
                values.into_iter().partition(|value| value.is_integer() || !takes_integers);
            let numbers = |values: Vec<Decimal>| {
                values.into_iter().map(|value| Value::Number(value.to_number())).collect()
            };
            add(self, numbers(others), &Assertion::Numbers);
            add(self, numbers(fractions), &Assertion::rejected_types(alternative));
        }
        if alternative.types == Types::STRING {
            let tries = self.strings_outside(alternative, &node.strings);
            for (values, assertion) in tries {
                add(self, values, &assertion);
            }
        }
        if alternative.types == Types::ARRAY {
            self.refute_arrays(alternative, writer, reader, found);
        }
        if alternative.types == Types::OBJECT {
            self.refute_objects(alternative, writer, reader, found, depth);
        }
        self.refute_applicators(alternative, writer, reader, found, depth);
        if self.refuter.effort == Effort::Deep && depth == 0 {
            let assertion = unmet.clone();
            for rest in self.subtract(alternative, reader).into_iter().take(LEFT_MAX) {
                let values = self.samples_of(&rest, 3);
                found.extend(values.into_iter().map(|value| Candidate {
                    value,
                    obligation: Obligation::here(writer, place, assertion.clone()),
                }));
            }
        }
    }

    fn refute_applicators(
        &mut self,
        alternative: &Alternative,
        writer: Id,
        reader: Id,
        found: &mut Vec<Candidate>,
        depth: usize,
    ) {
        let node = self.tree.shared(reader);
        for part in node.all_of.iter().copied().chain(node.recursive_target(&self.tree)) {
            self.refute_alternative(alternative, writer, part, found, depth + 1);
        }
        let here = |assertion| Obligation::here(writer, reader, assertion);
        if let Some(relaxed) = self.relaxations.union(reader) {
            // The search examines only the branches with the assertion. The other branches of a relaxed union accept
            // only values that earlier findings report.
            for branch in relaxed.tried() {
                self.refute_alternative(alternative, writer, branch, found, depth + 1);
            }
            return;
        }
        for (unions, assertion) in [(&node.any_of, Assertion::AnyOf), (&node.one_of, Assertion::OneOf)] {
            for union in unions {
                if self.refuter.effort == Effort::First
                    && self.refute_union(alternative, writer, reader, union, found)
                {
                    continue;
                }
                let mut inner = Vec::new();
                let meant = self.overlapping(alternative, union);
                // If no branch shares a value with the writer, the search tries the first few branches.
                let tried = if meant.is_empty() { &union[..union.len().min(UNMEANT_MAX)] } else { &meant };
                for branch in tried {
                    self.refute_alternative(alternative, writer, *branch, &mut inner, depth + 1);
                }
                // If only one branch shares a value with the writer, the assertion in this branch explains the break
                // better than the union does.
                for mut candidate in inner {
                    if meant.len() != 1 {
                        candidate.obligation = here(assertion.clone());
                    }
                    found.push(candidate);
                }
                let mut values = self.samples_of(alternative, 6);
                if assertion == Assertion::OneOf && 1 < meant.len() {
                    values.extend(self.samples_of_two(alternative, &meant));
                }
                found.extend(
                    values.into_iter().map(|value| Candidate { value, obligation: here(assertion.clone()) }),
                );
            }
        }
        for not in &node.not {
            let mut values = Vec::new();
            for other in self.alternatives(*not).iter() {
                values.extend(self.samples_of(&alternative.and(other), 4));
            }
            found.extend(
                values.into_iter().map(|value| Candidate { value, obligation: here(Assertion::Not) }),
            );
        }
        for condition in &node.conditions {
            let mut values = self.samples_of(alternative, 6);
            let mut inner = Vec::new();
            for test in self.alternatives(condition.test).iter() {
                let both = alternative.and(test);
                values.extend(self.samples_of(&both, 6));
                if let Some(then) = condition.then {
                    self.refute_alternative(&both, writer, then, &mut inner, depth + 1);
                }
            }
            if let Some(otherwise) = condition.otherwise {
                let failing = alternative.and_not(condition.test);
                self.refute_alternative(&failing, writer, otherwise, &mut inner, depth + 1);
            }
            values.extend(inner.into_iter().map(|candidate| candidate.value));
            found.extend(
                values.into_iter().map(|value| Candidate { value, obligation: here(Assertion::Condition) }),
            );
        }
    }

    /// Searches for a value that the union rejects, without a search in its branches. Returns whether the search was
    /// successful.
    fn refute_union(
        &mut self,
        alternative: &Alternative,
        writer: Id,
        reader: Id,
        union: &[Id],
        found: &mut Vec<Candidate>,
    ) -> bool {
        let mut values = self.samples_of(alternative, 4);
        values.extend(self.samples_of_two(alternative, &union[..union.len().min(UNMEANT_MAX)]));
        for value in values {
            if self.accepts(writer, &value) != Truth::No && self.accepts(reader, &value) == Truth::No {
                let obligation = Obligation::here(writer, reader, Assertion::AnyOf);
                found.push(Candidate { value, obligation });
                return true;
            }
        }
        false
    }

    /// Makes values that two branches of a union accept.
    fn samples_of_two(&mut self, alternative: &Alternative, union: &[Id]) -> Vec<Value> {
        /// The maximum number of pairs of branches that the function tries.
        const PAIRS_MAX: usize = 200;
        let mut values = Vec::new();
        let pairs = (0..union.len()).flat_map(|a| (a + 1..union.len()).map(move |b| (a, b))).take(PAIRS_MAX);
        for (a, b) in pairs {
            let (left, right) = (self.alternatives(union[a]), self.alternatives(union[b]));
            for left in left.iter().take(4) {
                for right in right.iter().take(4) {
                    let both = alternative.and(left).and(right);
                    if !both.types.is_empty() && !self.is_empty(&both) {
                        values.extend(self.samples_of(&both, 2));
                    }
                }
            }
        }
        values
    }
}

/// Returns a key that sorts events by their length. An empty or blank string has a higher weight than its length,
/// because it explains little.
pub(crate) fn weight(value: &Value) -> (usize, String) {
    let text = value.to_string();
    let empty = text.matches("\"\"").count() + text.matches("\" \"").count();
    (text.len() + 2 * empty, text)
}
