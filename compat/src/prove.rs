//! Proves containment, one assertion of the reader at a time. A reader *covers* a writer if the engine proves that the
//! reader accepts every value of the writer.
//!
//! The proof uses the writer's alternatives ([`Alternative`]), which together accept at least the writer's values, and
//! the reader as written. If a rule succeeds, the reader accepts the values. If every rule fails, the reader may still
//! accept them, so a failed proof is not a refutation. For recursion, the proof uses coinduction: during the proof of a
//! pair, the engine may assume this pair. The assumption is used only one level deeper in the event, and events are
//! finite (Amadio and Cardelli, "Subtyping recursive types", 1993).

mod arrays;
mod discriminator;
mod empty;
mod names;
mod objects;
mod scalars;
pub(crate) mod state;
mod unevaluated;
mod unions;

use crate::alternatives::Alternative;
use crate::assertion::Assertion;
use crate::engine::Engine;
use crate::number::Decimal;
use crate::tree::{Condition, Id, Node, Types};
use crate::truth::Truth;

/// The maximum depth of nested pairs.
const DEPTH_MAX: usize = 200;

impl Engine {
    /// Returns whether `reader` provably accepts everything that `writer` accepts.
    pub(crate) fn covers(&mut self, writer: Id, reader: Id) -> bool {
        if self.is_trivially_covered(writer, reader) {
            return true;
        }
        let pair = (writer.class(), reader.class());
        if self.prover.proven.contains(&pair) {
            return true;
        }
        if self.prover.unproven.contains(&pair) || DEPTH_MAX < self.prover.proof_depth || !self.spend(1) {
            return false;
        }
        let mark = self.prover.proof_order.len();
        self.prover.proven.insert(pair);
        self.prover.proof_order.push(pair);
        self.prover.proofs_in_progress.push(pair);
        self.prover.proof_depth += 1;
        let alternatives = self.alternatives(writer);
        let holds = alternatives
            .iter()
            .all(|alternative| self.covers_alternative(alternative, reader, &mut Vec::new()));
        self.prover.proof_depth -= 1;
        self.prover.proofs_in_progress.pop();
        if !holds {
            // The engine assumed this pair, but the proof failed. The proofs since the mark may depend on the
            // assumption.
            self.forget_proofs_since(mark);
            if !self.is_spent() {
                self.prover.unproven.insert(pair);
            }
        }
        holds
    }

    /// Returns whether a reader has the same class as the writer, or accepts everything. So an unchanged part of a
    /// schema costs nothing.
    fn is_trivially_covered(&self, writer: Id, reader: Id) -> bool {
        let class = self.tree.node(writer).place.as_ref().filter(|place| place.reader.is_none());
        let class = class.map_or(writer.class(), |place| place.schema.class());
        writer.class() == reader.class() || class == reader.class() || self.tree.is_true(reader)
    }

    /// Removes the proofs since a mark.
    fn forget_proofs_since(&mut self, mark: usize) {
        for pair in self.prover.proof_order.drain(mark..) {
            self.prover.proven.remove(&pair);
        }
    }

    /// Returns whether `reader` covers `writer`, for two nodes that apply to the same value as the pair in progress.
    ///
    /// Here the engine must not assume a pair that it currently proves, because the value has not become smaller.
    fn covers_same_value(&mut self, writer: Id, reader: Id) -> bool {
        let pair = (writer.class(), reader.class());
        !self.prover.proofs_in_progress.contains(&pair) && self.covers(writer, reader)
    }

    /// Returns whether a reader provably accepts every value of one alternative of the writer.
    pub(crate) fn covers_alternative(
        &mut self,
        alternative: &Alternative,
        reader: Id,
        path: &mut Vec<Id>,
    ) -> bool {
        alternative.types.each().all(|one| {
            let only = alternative.only(one);
            self.is_empty(&only)
                || self.unmet(&only, reader, path).is_none()
                || self.is_in_two_branches(&only)
                || self.resolve_conditions(&only).is_some_and(|further| {
                    further.iter().all(|alternative| self.covers_alternative(alternative, reader, path))
                })
        })
    }

    /// Returns the first assertion of the reader for which the engine has no proof that the alternative's values meet
    /// it. All values of the alternative must have one type.
    pub(crate) fn unmet(
        &mut self,
        alternative: &Alternative,
        reader: Id,
        path: &mut Vec<Id>,
    ) -> Option<(Id, Assertion)> {
        if alternative.is_held_by(reader.class()) {
            return None;
        }
        if path.iter().any(|open| open.is(reader)) {
            return Some((
                reader,
                Assertion::Undecided("the schema refers to itself without end".to_owned()),
            ));
        }
        if !self.spend(1) {
            return Some((
                reader,
                Assertion::Undecided("the comparison reached its limit of steps".to_owned()),
            ));
        }
        let node = self.tree.shared(reader);
        if let Some(values) = &alternative.values
            && values.iter().all(|value| self.accepts_listed(reader, alternative, value) == Truth::Yes)
        {
            return None;
        }
        path.push(reader);
        let unmet = self.unmet_assertion(alternative, &node, path).map(|found| match found {
            Unmet::Here(assertion) => (reader, assertion),
            Unmet::Below(id, assertion) => (id, assertion),
        });
        path.pop();
        unmet
    }

    fn unmet_assertion(
        &mut self,
        alternative: &Alternative,
        node: &Node,
        path: &mut Vec<Id>,
    ) -> Option<Unmet> {
        let here = |assertion| Some(Unmet::Here(assertion));
        if let Some(unsupported) = &node.unsupported {
            return here(Assertion::Undecided(unsupported.why.clone()));
        }
        if node.place.is_some() {
            // A relaxed reader contains place nodes of the writer. Such a node accepts the alternatives that were made
            // from it, and `holds` identifies these. The engine has no rule for other alternatives.
            return here(Assertion::Undecided("the writer sends other values here".to_owned()));
        }
        if !node.types.has(alternative.types) {
            return here(Assertion::rejected_types(alternative));
        }
        if let Some(allowed) = &node.values {
            let finite = self.finite_values(alternative);
            if !finite.is_some_and(|values| values.iter().all(|value| allowed.contains(value))) {
                return here(Assertion::Values);
            }
        }
        let own = if alternative.types == Types::NUMBER {
            (!alternative.numbers.is_within(&node.numbers)).then_some(Assertion::Numbers)
        } else if alternative.types == Types::STRING {
            self.unmet_by_strings(alternative, node)
        } else if alternative.types == Types::ARRAY {
            self.unmet_by_arrays(alternative, node)
        } else if alternative.types == Types::OBJECT {
            self.unmet_by_objects(alternative, node, path)
        } else {
            None
        };
        if let Some(assertion) = own {
            return here(assertion);
        }
        for part in node.all_of.iter().copied().chain(node.recursive_target(&self.tree)) {
            if let Some((id, assertion)) = self.unmet(alternative, part, path) {
                return Some(Unmet::Below(id, assertion));
            }
        }
        for union in &node.any_of {
            if !self.is_in_union(alternative, union, path) {
                return here(Assertion::AnyOf);
            }
        }
        for union in &node.one_of {
            if !self.is_in_exactly_one(alternative, union, path) {
                return here(Assertion::OneOf);
            }
        }
        for not in &node.not {
            if !alternative.not.iter().any(|own| self.covers_same_value(*not, *own))
                && !self.is_disjoint(alternative, *not)
            {
                return here(Assertion::Not);
            }
        }
        for condition in &node.conditions {
            if !self.meets_condition(alternative, condition, path) {
                return here(Assertion::Condition);
            }
        }
        None
    }

    fn meets_condition(
        &mut self,
        alternative: &Alternative,
        condition: &Condition,
        path: &mut Vec<Id>,
    ) -> bool {
        let mut covered = |part: Option<Id>, engine: &mut Self, alternative: &Alternative| {
            part.is_none_or(|part| engine.covers_alternative(alternative, part, path))
        };
        if covered(condition.then, self, alternative) && covered(condition.otherwise, self, alternative) {
            return true;
        }
        let passing = self.intersect(alternative, condition.test);
        let failing = self.subtract(alternative, condition.test);
        passing.iter().all(|part| covered(condition.then, self, part))
            && failing.iter().all(|part| covered(condition.otherwise, self, part))
    }

    /// Splits an alternative into parts, so that different branches of a union can cover different parts.
    fn split(&mut self, alternative: &Alternative) -> Option<Vec<Alternative>> {
        if !self.spend(8) {
            return None;
        }
        if let Some(values) = self.finite_values(alternative)
            && 1 < values.len()
            && values.len() <= 256
        {
            return Some(values.into_iter().map(|value| alternative.with_values(vec![value])).collect());
        }
        self.split_by_property(alternative)
    }
}

impl Assertion {
    /// Returns the assertion of a reader that rejects the types of an alternative.
    pub(crate) fn rejected_types(alternative: &Alternative) -> Self {
        let integer = alternative.numbers.step.as_ref().is_some_and(Decimal::is_integer);
        Self::Types(alternative.types.names(integer))
    }
}

enum Unmet {
    Here(Assertion),
    Below(Id, Assertion),
}
