//! Expands a node into its alternatives. The engine combines the branches of all unions, up to the limits of this
//! module.

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _};

use super::{Alternative, AlternativeArrays, AlternativeObjects, ItemLayer, PropertyLayer};
use crate::engine::Engine;
use crate::tree::{Arrays, Id, Node, Objects, Types};

/// The maximum number of alternatives of one node. Real unions rarely have more branches, and more alternatives only
/// slow the proof down.
const ALTERNATIVES_MAX: usize = 256;

/// The maximum number of alternatives of one node that come from a single union.
const UNION_MAX: usize = 1_024;

/// The maximum length of a chain of nested applicators that all apply to the same value.
const IN_PLACE_MAX: usize = 64;

impl Engine {
    /// Returns the alternative that accepts everything.
    pub(crate) fn anything(&self) -> &Alternative {
        &self.expander.anything
    }

    /// Returns how often the engine has replaced alternatives by wider ones, because of a recursion or a limit.
    pub(crate) fn truncations(&self) -> usize {
        self.expander.truncations
    }

    /// Notes that the engine replaces alternatives by wider ones, because of a recursion or a limit.
    pub(crate) fn note_truncation(&mut self) {
        self.expander.truncations += 1;
    }

    /// Returns the alternatives of a node. The list is empty if the node is known to accept nothing.
    pub(crate) fn alternatives(&mut self, id: Id) -> Rc<Vec<Alternative>> {
        if let Some(known) = self.expander.alternatives.get(&id.index()) {
            return Rc::clone(known);
        }
        // The expansions of the parts of a node with many conditions are valid only during the expansion of this node.
        let outer = std::mem::take(&mut self.expander.alternatives_of_parts);
        if self.has_many_conditions(id) {
            self.expander.alternatives_of_parts = Some(HashMap::new());
        }
        let alternatives = self.expand(id, &mut Vec::new());
        self.expander.alternatives_of_parts = outer;
        Rc::clone(self.expander.alternatives.entry(id.index()).or_insert_with(|| Rc::new(alternatives)))
    }

    fn expand(&mut self, id: Id, path: &mut Vec<Id>) -> Vec<Alternative> {
        if IN_PLACE_MAX < path.len() || path.iter().any(|open| open.is(id)) || !self.spend(1) {
            self.expander.truncations += 1;
            return vec![Alternative { is_wider: true, ..self.expander.anything.clone() }];
        }
        let known = self.expander.alternatives_of_parts.as_ref().unwrap_or(&self.expander.alternatives);
        if let Some(known) = known.get(&id.index()) {
            return known.to_vec();
        }
        let truncations = self.expander.truncations;
        path.push(id);
        let alternatives = self.expand_node(id, path);
        path.pop();
        // If a recursion or a limit truncated the alternatives, they depend on the path to this node. The engine stores
        // only alternatives that are not truncated.
        if truncations == self.expander.truncations {
            let known =
                self.expander.alternatives_of_parts.as_mut().unwrap_or(&mut self.expander.alternatives);
            known.insert(id.index(), Rc::new(alternatives.clone()));
        }
        alternatives
    }

    fn expand_node(&mut self, id: Id, path: &mut Vec<Id>) -> Vec<Alternative> {
        let node = self.tree.shared(id);
        if let Some(place) = &node.place {
            return self.alternatives_of_place(id, place);
        }
        let mut alternatives = vec![self.own_assertions(&node, id)];
        for part in &node.all_of {
            alternatives = self.product(alternatives, &[*part], path);
        }
        if let Some(recursive_ref) = node.recursive_ref {
            match self.tree.recursive_target(recursive_ref) {
                Some(target) => alternatives = self.product(alternatives, &[target], path),
                None => alternatives.iter_mut().for_each(|alternative| alternative.is_wider = true),
            }
        }
        for union in node.any_of.iter().chain(&node.one_of) {
            alternatives = self.product(alternatives, union, path);
        }
        // The alternatives of a `oneOf` may accept values that match a second branch. `exclusive` notes this.
        for union in &node.one_of {
            if !self.are_exclusive(union) {
                for alternative in &mut alternatives {
                    Rc::make_mut(&mut alternative.exclusive).push(union.clone());
                    alternative.is_wider = true;
                }
            }
        }
        if self.expander.alternatives_of_parts.is_some() {
            for alternative in alternatives.iter_mut().filter(|_| !node.conditions.is_empty()) {
                Rc::make_mut(&mut alternative.conditions).extend_from_slice(&node.conditions);
                alternative.is_wider = true;
            }
        }
        let expanded =
            if self.expander.alternatives_of_parts.is_some() { &[] } else { node.conditions.as_slice() };
        for condition in expanded {
            let then = [Some(condition.test), condition.then].into_iter().flatten().collect();
            let then = self.tree.all(then);
            let mut failing = match condition.otherwise {
                Some(otherwise) => self.product(alternatives.clone(), &[otherwise], path),
                None => alternatives.clone(),
            };
            failing.iter_mut().for_each(|alternative| *alternative = alternative.and_not(condition.test));
            let mut passing = self.product(alternatives, &[then], path);
            passing.append(&mut failing);
            alternatives = passing;
        }
        alternatives.retain(|alternative| {
            !alternative.types.is_empty()
                && alternative.values.as_ref().is_none_or(|values| !values.is_empty())
        });
        alternatives
    }

    /// Combines alternatives with the alternatives of a union's branches.
    fn product(
        &mut self,
        alternatives: Vec<Alternative>,
        union: &[Id],
        path: &mut Vec<Id>,
    ) -> Vec<Alternative> {
        let branches: Vec<Alternative> = union.iter().flat_map(|branch| self.expand(*branch, path)).collect();
        let most = if alternatives.len() == 1 { UNION_MAX } else { ALTERNATIVES_MAX };
        if most < alternatives.len().saturating_mul(branches.len())
            || !self.spend((alternatives.len() * branches.len()) as u64)
        {
            let left_whole = |mut alternative: Alternative| {
                Rc::make_mut(&mut alternative.unions).push(union.to_vec());
                Alternative { is_wider: true, ..alternative }
            };
            return alternatives.into_iter().map(left_whole).collect();
        }
        let mut product = Vec::with_capacity(alternatives.len() * branches.len());
        for alternative in &alternatives {
            for branch in &branches {
                if !alternative.types.and(branch.types).is_empty() {
                    let both = alternative.and(branch);
                    self.reserve_bytes(both.bytes_beside(alternative, branch));
                    add_alternative(&mut product, both);
                }
            }
        }
        product
    }

    /// Returns the assertions of the node itself, without its applicators.
    pub(crate) fn own_assertions(&mut self, node: &Node, id: Id) -> Alternative {
        let mut alternative = Alternative { types: node.types, ..self.expander.anything.clone() };
        alternative.values =
            node.values.as_ref().map(|own| own.only(|value| node.types.has(Types::of(value))));
        if !node.numbers.is_any() {
            alternative.numbers = Rc::new(node.numbers.clone());
        }
        if !node.strings.is_any() {
            alternative.strings = Rc::new(node.strings.clone());
        }
        if !node.arrays.is_any() {
            alternative.arrays = Rc::new(own_arrays(&node.arrays));
        }
        if !node.objects.is_any() {
            alternative.objects = Rc::new(own_objects(&node.objects));
        }
        if !node.not.is_empty() {
            alternative.not = Rc::new(node.not.clone());
        }
        alternative.holds = Rc::new(vec![id.class()]);
        if let Some(unevaluated) = node.objects.unevaluated {
            let layer = self.unevaluated_layer(id, unevaluated);
            Rc::make_mut(&mut alternative.objects).layers.extend(layer);
            alternative.is_wider = true;
        }
        if let Some(unevaluated) = node.arrays.unevaluated {
            let layer = self.unevaluated_items_layer(id, unevaluated);
            Rc::make_mut(&mut alternative.arrays).layers.extend(layer);
            alternative.is_wider = true;
        }
        alternative.is_wider |= node.unsupported.is_some();
        alternative
    }

    /// Returns whether at most one branch of a union can hold for a value.
    pub(crate) fn are_exclusive(&mut self, union: &[Id]) -> bool {
        // The comparison below is quadratic in the number of branches, so it has a limit: a number of branches that
        // people can still read.
        self.discriminator(union).is_some()
            || (union.len() <= 24
                && union
                    .iter()
                    .enumerate()
                    .all(|(at, a)| union[at + 1..].iter().all(|b| self.are_disjoint_quickly(*a, *b))))
    }

    /// Returns whether the types and the listed values of two nodes already show that the nodes share no value.
    fn are_disjoint_quickly(&self, a: Id, b: Id) -> bool {
        let (a, b) = (self.tree.node(a), self.tree.node(b));
        match (&a.values, &b.values) {
            (Some(own), Some(theirs)) => !own.iter().any(|value| theirs.contains(value)),
            _ => a.types.and(b.types).is_empty(),
        }
    }
}

/// Adds an alternative, unless an equal one is in the list. In that case, the listed alternative keeps only the classes
/// and the exclusive unions that both alternatives have.
fn add_alternative(list: &mut Vec<Alternative>, alternative: Alternative) {
    /// The maximum number of listed alternatives that the function compares with the new one.
    const COMPARED_MAX: usize = 32;
    let same = |known: &&mut Alternative| {
        known.types == alternative.types
            && known.values == alternative.values
            && known.numbers == alternative.numbers
            && known.strings == alternative.strings
            && known.arrays == alternative.arrays
            && known.objects == alternative.objects
            && known.not == alternative.not
            && known.conditions == alternative.conditions
            && known.unions == alternative.unions
    };
    match list.iter_mut().take(COMPARED_MAX).find(same) {
        Some(known) => {
            Rc::make_mut(&mut known.holds).retain(|class| alternative.is_held_by(*class));
            Rc::make_mut(&mut known.exclusive).retain(|union| alternative.exclusive.contains(union));
            known.is_wider |= alternative.is_wider;
        }
        None => list.push(alternative),
    }
}

fn own_arrays(arrays: &Arrays) -> AlternativeArrays {
    let has_layer = !arrays.prefix.is_empty() || arrays.items.is_some();
    AlternativeArrays {
        min: arrays.min,
        max: arrays.max,
        unique: arrays.unique,
        layers: has_layer
            .then(|| ItemLayer { prefix: arrays.prefix.clone(), items: arrays.items })
            .into_iter()
            .collect(),
        contains: arrays.contains.clone(),
    }
}

fn own_objects(objects: &Objects) -> AlternativeObjects {
    let has_layer =
        !objects.properties.is_empty() || !objects.patterns.is_empty() || objects.additional.is_some();
    AlternativeObjects {
        min: objects.min,
        max: objects.max,
        required: objects.required.iter().cloned().collect(),
        layers: has_layer.then(|| PropertyLayer::of(objects)).into_iter().collect(),
        names: objects.names.into_iter().collect(),
        dependent_required: objects.dependent_required.clone(),
        dependent_schemas: objects.dependent_schemas.to_vec(),
    }
}
