//! Proofs about `unevaluatedProperties` and `unevaluatedItems`.
//!
//! Whether a property is evaluated depends on the applicators that accept the value (JSON Schema Core 2020-12, section
//! 11). The applicators of `allOf` and `$ref` always count. A branch counts if it provably accepts the writer's values.
//! If the engine has no such proof, it first splits the writer by the branches.

use std::rc::Rc;

use crate::alternatives::{Alternative, PropertyLayer, explicit_names};
use crate::engine::Engine;
use crate::tree::{Id, Name, Node};
use crate::truth::Truth;

/// The maximum number of nested splits of unions.
const SPLITS_MAX: usize = 3;

/// The maximum number of nested computations of evaluated properties for one value.
const EVALUATION_DEPTH_MAX: usize = 6;

/// The properties and items that other keywords certainly evaluate.
#[derive(Default)]
struct Evaluated {
    names: Vec<Name>,
    patterns: Vec<Name>,
    /// The number of leading items that are evaluated.
    items: usize,
    /// The schemas of `contains`. Items that match one of these schemas are evaluated.
    contained: Vec<Id>,
    all_properties: bool,
    all_items: bool,
    /// Unions for which the engine does not know which branch accepts the writer's values.
    open: Vec<Vec<Id>>,
}

impl Engine {
    /// Returns whether `unevaluated` covers every property that is not evaluated.
    pub(crate) fn unevaluated_covered(
        &mut self,
        alternative: &Alternative,
        node: &Node,
        unevaluated: Id,
        splits: usize,
    ) -> bool {
        let evaluated = self.evaluated(alternative, node);
        if evaluated.all_properties || self.rest_covered(alternative, &evaluated, unevaluated) {
            return true;
        }
        splits < SPLITS_MAX
            && evaluated.open.iter().any(|union| {
                self.parts_in(alternative, union).is_some_and(|parts| {
                    parts.iter().all(|part| self.unevaluated_covered(part, node, unevaluated, splits + 1))
                })
            })
    }

    /// Returns whether `unevaluated` covers every item that is not evaluated.
    pub(crate) fn unevaluated_items_covered(
        &mut self,
        alternative: &Alternative,
        node: &Node,
        unevaluated: Id,
        longest: Option<u64>,
        splits: usize,
    ) -> bool {
        let evaluated = self.evaluated(alternative, node);
        if evaluated.all_items {
            return true;
        }
        let mut allowed = evaluated.contained.clone();
        let rest = if allowed.is_empty() {
            unevaluated
        } else {
            allowed.push(unevaluated);
            let either = Node { any_of: vec![allowed], ..Node::default() };
            self.tree.add(either, self.tree.origin(unevaluated))
        };
        if self.items_covered_from(alternative, evaluated.items, rest, longest) {
            return true;
        }
        splits < SPLITS_MAX
            && evaluated.open.iter().any(|union| {
                self.parts_in(alternative, union).is_some_and(|parts| {
                    parts.iter().all(|part| {
                        self.unevaluated_items_covered(part, node, unevaluated, longest, splits + 1)
                    })
                })
            })
    }

    /// Splits an alternative by the branches of a union that is known to accept its values.
    fn parts_in(&mut self, alternative: &Alternative, union: &[Id]) -> Option<Vec<Alternative>> {
        let mut parts = Vec::new();
        for branch in union {
            for other in self.alternatives(*branch).iter() {
                let part = alternative.and(other);
                if !part.types.is_empty() && !self.is_empty(&part) {
                    parts.push(part);
                }
            }
        }
        self.spend(1 + parts.len() as u64).then_some(parts)
    }

    fn rest_covered(&mut self, alternative: &Alternative, evaluated: &Evaluated, unevaluated: Id) -> bool {
        let patterns = evaluated.patterns.iter().map(|pattern| (Rc::clone(pattern), unevaluated));
        let layer = PropertyLayer { patterns: patterns.collect(), ..PropertyLayer::default() };
        let named = explicit_names(alternative, None).into_iter().all(|name| {
            evaluated.names.contains(&name)
                || evaluated.patterns.iter().any(|p| self.patterns.is_match(p, &name) == Truth::Yes)
                || {
                    let written = self.property_schema(&alternative.objects, &name);
                    self.covers(written, unevaluated) || self.cannot_have(alternative, &name)
                }
        });
        named
            && self.cells(alternative, &layer).iter().all(|cell| {
                evaluated.patterns.iter().any(|pattern| cell.is_within(pattern))
                    || self.covers(cell.schema, unevaluated)
            })
    }

    fn evaluated(&mut self, alternative: &Alternative, node: &Node) -> Evaluated {
        // A branch may lead back here, to the same computation.
        if EVALUATION_DEPTH_MAX <= self.prover.evaluation_depth {
            return Evaluated::default();
        }
        self.prover.evaluation_depth += 1;
        let evaluated = self.evaluated_within(alternative, node);
        self.prover.evaluation_depth -= 1;
        evaluated
    }

    fn evaluated_within(&mut self, alternative: &Alternative, node: &Node) -> Evaluated {
        let mut evaluated = Evaluated::default();
        let mut open = vec![Rc::new(node.clone())];
        let mut steps = 0;
        while let Some(node) = open.pop() {
            // The first node is the node whose `unevaluated…` keyword the engine examines. So only the `unevaluated…`
            // keywords of the nodes below it count as evaluating.
            let is_below = 0 < steps;
            steps += 1;
            if 64 < steps {
                break;
            }
            let (objects, arrays) = (&node.objects, &node.arrays);
            evaluated.all_properties |=
                objects.additional.is_some() || (is_below && objects.unevaluated.is_some());
            evaluated.all_items |= arrays.items.is_some() || (is_below && arrays.unevaluated.is_some());
            evaluated.names.extend(objects.properties.iter().map(|(name, _)| Rc::clone(name)));
            evaluated.patterns.extend(objects.patterns.iter().map(|(pattern, _)| Rc::clone(pattern)));
            evaluated.items = evaluated.items.max(arrays.prefix.len());
            evaluated
                .contained
                .extend(arrays.contains.iter().filter(|own| own.evaluates).map(|contains| contains.schema));
            let mut below: Vec<Id> = node.all_of.clone();
            below.extend(node.recursive_target(&self.tree));
            for union in node.any_of.iter().chain(&node.one_of) {
                let mut is_open = false;
                for branch in union {
                    if self.covers_alternative(alternative, *branch, &mut Vec::new()) {
                        below.push(*branch);
                    } else if !self.is_disjoint(alternative, *branch) {
                        is_open = true;
                    }
                }
                if is_open {
                    evaluated.open.push(union.clone());
                }
            }
            for condition in &node.conditions {
                if self.covers_alternative(alternative, condition.test, &mut Vec::new()) {
                    below.push(condition.test);
                    below.extend(condition.then);
                } else if self.is_disjoint(alternative, condition.test) {
                    below.extend(condition.otherwise);
                } else {
                    let not = Node { not: vec![condition.test], ..Node::default() };
                    let not = self.tree.add(not, self.tree.origin(condition.test));
                    evaluated.open.push(vec![condition.test, not]);
                }
            }
            for (name, schema) in objects.dependent_schemas.iter() {
                if alternative.objects.required.contains(name) {
                    below.push(*schema);
                }
            }
            open.extend(below.into_iter().map(|id| self.tree.shared(id)));
        }
        evaluated
    }
}
