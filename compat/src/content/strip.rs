//! Computes the writer's events after a tolerant reader has removed the properties that the reader does not declare.
//!
//! The reader validates the rest of an event against its schema **as written**. So for a proof, the engine removes the
//! properties from the writer's alternatives, and leaves the reader unchanged. If the engine does not know whether the
//! reader removes a property, the alternative accepts events with and without it.

use std::rc::Rc;

use foldhash::{HashSet, HashSetExt as _};

use super::declarations;
use crate::alternatives::{Alternative, PropertyLayer};
use crate::engine::Engine;
use crate::tree::{Id, Name, Origin, PlaceReader, Types};
use crate::truth::Truth;

/// The schemas that a tolerant reader applies to the values of an alternative. They declare the properties that the
/// reader keeps.
pub(super) struct AppliedSchemas {
    /// The schemas whose declarations certainly count.
    pub(super) surely: Vec<Id>,
    /// The schemas whose declarations may count.
    pub(super) maybe: Vec<Id>,
}

impl Engine {
    /// Divides the reader's schemas for a place into schemas whose declarations certainly count for an alternative's
    /// values, and schemas whose declarations may count. The reader keeps the properties that it declares.
    ///
    /// In a union, the declarations of a branch count if its opened schema holds. If no branch holds, the declarations
    /// of all branches count.
    pub(super) fn applied_schemas(
        &mut self,
        alternative: &Alternative,
        reader: &PlaceReader,
    ) -> AppliedSchemas {
        let mut read = AppliedSchemas { surely: Vec::new(), maybe: Vec::new() };
        let mut maybe = reader.maybe.clone();
        let mut open = reader.surely.clone();
        while let Some(id) = open.pop() {
            if read.surely.iter().any(|known| known.is(id)) {
                continue;
            }
            read.surely.push(id);
            let node = self.tree.shared(id);
            open.extend(declarations::always(&self.tree, &node));
            for union in node.any_of.iter().chain(&node.one_of) {
                // A discriminator excludes the same branches in the opened schema and in the schema as written.
                let meant = self.selected_branches(alternative, union);
                let counts: Vec<Truth> = union
                    .iter()
                    .map(|branch| match &meant {
                        Some(meant) if !meant.contains(branch) => Truth::No,
                        Some(_) | None => self.counts_for(alternative, *branch),
                    })
                    .collect();
                let is_known = counts.contains(&Truth::Yes);
                for (branch, counts) in union.iter().zip(counts) {
                    match counts {
                        Truth::Yes => open.push(*branch),
                        Truth::No if is_known => {}
                        Truth::No | Truth::Unknown => maybe.push(*branch),
                    }
                }
            }
            // The `if` of a condition counts even if it does not hold. A branch inside the `if` counts only if it holds.
            let tests: Vec<Id> =
                node.tests.iter().copied().chain(node.conditions.iter().map(|own| own.test)).collect();
            maybe.extend(declarations::in_place(&self.tree, &tests));
            open.extend(tests);
            for condition in &node.conditions {
                let (chosen, other) = match self.counts_for(alternative, condition.test) {
                    Truth::Yes => (condition.then, condition.otherwise),
                    Truth::No => (condition.otherwise, condition.then),
                    Truth::Unknown => {
                        maybe.extend(condition.then.into_iter().chain(condition.otherwise));
                        continue;
                    }
                };
                open.extend(chosen);
                // If the applicable branch does not hold, both branches count.
                if chosen.is_some_and(|branch| self.counts_for(alternative, branch) != Truth::Yes) {
                    maybe.extend(other);
                }
            }
            for (name, schema) in node.objects.dependent_schemas.iter() {
                if alternative.types == Types::OBJECT && alternative.objects.required.contains(name) {
                    open.push(*schema);
                } else if !self.cannot_have(alternative, name) {
                    maybe.push(*schema);
                }
            }
        }
        read.maybe = declarations::in_place(&self.tree, &maybe);
        read
    }

    /// Returns whether a reader declares all properties that the writer declares at a place, because both have the same
    /// schema.
    pub(super) fn removes_nothing(&mut self, schema: Id, maybe: &[Id], reader: &PlaceReader) -> bool {
        maybe.is_empty()
            && reader.maybe.iter().all(|other| *other == schema)
            && reader.surely.iter().all(|other| *other == schema)
            && !reader.surely.is_empty()
            && self.is_sent_as_declared(schema)
    }

    /// Returns whether the schema has no negation, and certainly no place below it must stay open to undeclared
    /// properties. If so, the branches that hold for the writer also hold for the opened reader.
    fn is_sent_as_declared(&self, schema: Id) -> bool {
        /// The maximum number of visited nodes.
        const NODES_MAX: usize = 2_000;
        let mut seen = HashSet::new();
        let mut open = vec![schema];
        while let Some(id) = open.pop() {
            if !seen.insert(id.index()) {
                continue;
            }
            let node = self.tree.node(id);
            let (objects, arrays) = (&node.objects, &node.arrays);
            let is_counted = 0 < objects.min || (!arrays.prefix.is_empty() && 0 < arrays.min);
            let is_odd = objects.names.is_some() || !arrays.contains.is_empty() || !node.not.is_empty();
            if is_counted || is_odd || node.unsupported.is_some() || NODES_MAX < seen.len() {
                return false;
            }
            open.extend(declarations::always(&self.tree, node).chain(declarations::sometimes(node)));
            open.extend(objects.properties.iter().chain(objects.patterns.iter()).map(|(_, id)| *id));
            open.extend(objects.additional.into_iter().chain(objects.unevaluated));
            open.extend(arrays.prefix.iter().copied().chain(arrays.items).chain(arrays.unevaluated));
        }
        true
    }

    fn counts_for(&mut self, alternative: &Alternative, branch: Id) -> Truth {
        let opened = self.opened(branch);
        if self.covers_alternative(alternative, opened, &mut Vec::new()) {
            Truth::Yes
        } else if self.is_disjoint(alternative, opened) {
            Truth::No
        } else {
            Truth::Unknown
        }
    }

    /// Returns an alternative with at least the values that are left after the reader has removed its undeclared
    /// properties.
    pub(super) fn strip(&mut self, mut alternative: Alternative, read: &AppliedSchemas) -> Alternative {
        let mut kept = declarations::all_of(&self.tree, &read.surely);
        kept.is_no_map |= declarations::is_described(&self.tree, &read.surely);
        let mut possible = kept.clone();
        possible.add(&declarations::all_of(&self.tree, &read.maybe));
        // The schemas in `maybe` may describe the properties, but they may also not apply.
        let is_map = !kept.is_no_map;
        // The assertions below were about whole values, and the removal has changed the values.
        alternative.holds = Rc::default();
        alternative.exclusive = Rc::default();
        alternative.unions = Rc::default();
        alternative.not = Rc::default();
        alternative.is_wider = true;
        alternative.values = None;
        let layers = alternative.arrays.layers.iter();
        let mut items = layers.clone().flat_map(|layer| layer.prefix.iter().copied().chain(layer.items));
        // If the items have no properties and no items of their own, the removal does not change them. So the
        // assertions about the items stay.
        let is_plain = alternative.arrays.layers.iter().any(|layer| layer.items.is_some())
            && items.all(|item| !self.tree.may_nest(item));
        if !is_plain {
            let arrays = Rc::make_mut(&mut alternative.arrays);
            arrays.unique = false;
            arrays.contains.clear();
        }
        if !alternative.types.has(Types::OBJECT) || kept.is_free {
            return alternative;
        }
        let origin = Origin::default();
        let (anything, nothing) = (self.tree.boolean(true, origin), self.tree.boolean(false, origin));
        let is_kept = |engine: &mut Self, name: &Name| {
            (is_map && !possible.is_no_map)
                || kept.names.contains(name)
                || kept.patterns.iter().any(|pattern| engine.patterns.is_match(pattern, name) == Truth::Yes)
        };
        let names: Vec<Name> = alternative.objects.required.iter().cloned().collect();
        let lost: Vec<Name> = names.into_iter().filter(|name| !is_kept(self, name)).collect();
        let mut dependent = alternative.objects.dependent_required.clone();
        dependent.retain_mut(|(given, needed)| {
            needed.retain(|name| is_kept(self, name));
            is_kept(self, given) && !needed.is_empty()
        });
        let objects = Rc::make_mut(&mut alternative.objects);
        objects.required.retain(|name| !lost.contains(name));
        objects.dependent_required = dependent;
        objects.dependent_schemas.clear();
        if is_map && !possible.is_no_map {
            return alternative;
        }
        objects.min = 0;
        if !possible.is_free && !is_map {
            objects.layers.push(PropertyLayer {
                properties: possible.names.iter().map(|name| (name.clone(), anything)).collect(),
                patterns: possible.patterns.iter().map(|pattern| (pattern.clone(), anything)).collect(),
                additional: Some(nothing),
            });
        }
        alternative
    }
}
