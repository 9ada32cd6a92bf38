//! Makes values that a schema accepts: small, plausible and different from each other.
//!
//! The values may be wrong. So the engine evaluates them, and the validator confirms every witness.

mod children;
pub(crate) mod state;
mod text;

pub(crate) use text::UNLIKELY_TEXTS;

use std::rc::Rc;

use serde_json::Value;

use crate::alternatives::Alternative;
use crate::engine::Engine;
use crate::tree::{Id, Types};
use crate::truth::Truth;

/// The maximum depth of a made event.
const DEPTH_MAX: usize = 40;

/// The maximum depth of nested subtractions in which the engine makes values.
const SUBTRACTIONS_MAX: usize = 3;

/// The maximum number of successive splits of an alternative at its negations, conditions and unions.
const SPLITS_MAX: usize = 8;

impl Engine {
    /// Returns the plainest value of a node that the engine finds.
    pub(crate) fn sample(&mut self, id: Id) -> Option<Value> {
        self.samples(id, 1).into_iter().next()
    }

    /// Returns different values of a node: about `many`, and at most twice `many`.
    pub(crate) fn samples(&mut self, id: Id, many: usize) -> Vec<Value> {
        let class = id.class();
        // The node may occur once inside itself, but not more often. So a recursive list can have one element.
        let inside = self.sampler.samplings_in_progress.iter().filter(|open| **open == class).count();
        if 1 < inside || DEPTH_MAX < self.sampler.samplings_in_progress.len() || !self.spend(2) {
            return Vec::new();
        }
        if let Some(known) = self.sampler.known_samples.get(&(class, many)) {
            let known = Rc::clone(known);
            return if self.reserve_copy(known.iter().map(nodes_in).sum()) {
                known.to_vec()
            } else {
                Vec::new()
            };
        }
        self.sampler.samplings_in_progress.push(class);
        let alternatives = self.alternatives(id);
        let mut found: Vec<Value> = Vec::new();
        for alternative in alternatives.iter() {
            let more = self.samples_of(alternative, many);
            for value in more {
                if self.accepts(id, &value) != Truth::No && !found.contains(&value) {
                    found.push(value);
                }
            }
            if many <= found.len() && many == 1 {
                break;
            }
        }
        self.sampler.samplings_in_progress.pop();
        found.truncate(many.max(1) * 2);
        self.sampler.known_samples.insert((class, many), Rc::new(found.clone()));
        found
    }

    /// Returns values of one alternative.
    pub(crate) fn samples_of(&mut self, alternative: &Alternative, many: usize) -> Vec<Value> {
        self.samples_within(alternative, many, 0)
    }

    /// Like [`Self::samples_of`], but for a part of an alternative after this number of splits.
    fn samples_within(&mut self, alternative: &Alternative, many: usize, splits: usize) -> Vec<Value> {
        if SPLITS_MAX < splits || !self.spend(1) {
            return Vec::new();
        }
        let splits = splits + 1;
        if let Some(values) = &alternative.values {
            let mut fitting: Vec<Value> = Vec::new();
            for value in values.iter() {
                if self.alternative_accepts(alternative, value) != Truth::No {
                    fitting.push(value.clone());
                }
                if many.max(2) <= fitting.len() {
                    break;
                }
            }
            return fitting;
        }
        if !alternative.not.is_empty() && self.subtraction_depth() < SUBTRACTIONS_MAX {
            let mut found = Vec::new();
            for rest in self.without_negations(alternative) {
                found.extend(self.samples_within(&rest, many, splits));
                if many.max(2) * 2 <= found.len() {
                    break;
                }
            }
            found.retain(|value| alternative.not.iter().all(|not| self.accepts(*not, value) != Truth::Yes));
            if !found.is_empty() {
                return found;
            }
        }
        if !alternative.conditions.is_empty() {
            let mut found = Vec::new();
            for chosen in self.under_some_conditions(alternative) {
                found.extend(self.samples_within(&chosen, many, splits));
            }
            return found;
        }
        if !alternative.unions.is_empty() {
            let mut found = Vec::new();
            for chosen in self.in_some_branches(alternative) {
                found.extend(self.samples_within(&chosen, many, splits));
            }
            return found;
        }
        let mut found = Vec::new();
        for one in PLAUSIBLE {
            if !alternative.types.has(one) {
                continue;
            }
            let more = match one {
                Types::NULL => vec![Value::Null],
                Types::BOOLEAN => vec![Value::Bool(true), Value::Bool(false)],
                Types::NUMBER => alternative
                    .numbers
                    .samples()
                    .into_iter()
                    .map(|decimal| Value::Number(decimal.to_number()))
                    .collect(),
                Types::STRING => self.string_samples(&alternative.strings, many),
                Types::ARRAY => self.arrays(alternative, many),
                _ => self.objects(alternative, many),
            };
            let kept: Vec<Value> = more
                .into_iter()
                .filter(|value| {
                    self.alternative_accepts(alternative, value) != Truth::No
                        && alternative.not.iter().all(|not| self.accepts(*not, value) != Truth::Yes)
                })
                .take(many.max(1))
                .collect();
            found.extend(kept);
            if many <= found.len() && many == 1 {
                break;
            }
        }
        found
    }

    /// Chooses a branch of each remaining union of the alternative. Returns two alternatives: one with the first
    /// branches that fit, and one with the last branches that fit.
    fn in_some_branches(&mut self, alternative: &Alternative) -> Vec<Alternative> {
        let mut chosen = Vec::new();
        for backwards in [false, true] {
            let mut rest = Alternative { unions: Rc::default(), ..alternative.clone() };
            for union in alternative.unions.iter() {
                let mut branches = union.clone();
                if backwards {
                    branches.reverse();
                }
                let fitting =
                    branches.iter().find_map(|branch| self.intersect(&rest, *branch).into_iter().next());
                if let Some(fitting) = fitting {
                    rest = Alternative { unions: Rc::default(), ..fitting };
                }
            }
            chosen.push(rest);
        }
        chosen
    }
}

/// Returns the number of nodes of a value, including the value itself.
pub(crate) fn nodes_in(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(nodes_in).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(nodes_in).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
    }
}

/// The types in the order in which their values are easiest to read in an example.
const PLAUSIBLE: [Types; 6] =
    [Types::OBJECT, Types::STRING, Types::NUMBER, Types::ARRAY, Types::BOOLEAN, Types::NULL];
