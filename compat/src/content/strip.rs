//! What is left of a writer's events when a tolerant reader has removed the members that it does not declare.
//!
//! The reader validates the rest against its schema **as written**. So a proof needs no opened reader: it removes
//! from the writer's alternatives. Where it is open whether a member is removed, the alternative accepts both.

use std::rc::Rc;

use foldhash::{HashSet, HashSetExt as _};

use super::declarations;
use crate::alternatives::{Alternative, PropertyLayer};
use crate::engine::Engine;
use crate::tree::{Id, Name, Origin, PlaceReader, Types};
use crate::truth::Truth;

/// What a tolerant reader applies to the values of an alternative, in place.
pub(super) struct Read {
    /// What surely counts.
    pub(super) surely: Vec<Id>,
    /// What may count.
    pub(super) maybe: Vec<Id>,
}

impl Engine {
    /// Sorts what a reader has for a place by whether it counts for the values of an alternative.
    ///
    /// Of a union those branches count that hold for the opened schema, or all where none does.
    pub(super) fn read(&mut self, alternative: &Alternative, reader: &PlaceReader) -> Read {
        let mut read = Read { surely: Vec::new(), maybe: Vec::new() };
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
                // A discriminator rules branches out, opened or not.
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
            // A test counts even where it does not hold; of its branches those that do.
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
                // If the chosen branch does not hold, both count.
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

    /// Returns whether a reader declares whatever the writer does at a place, because both have the same schema.
    pub(super) fn removes_nothing(&mut self, schema: Id, maybe: &[Id], reader: &PlaceReader) -> bool {
        maybe.is_empty()
            && reader.maybe.iter().all(|other| *other == schema)
            && reader.surely.iter().all(|other| *other == schema)
            && !reader.surely.is_empty()
            && self.is_sent_as_declared(schema)
    }

    /// Returns whether no place below a schema may be free for want of values, and nothing is negated: then the
    /// branches that hold for the writer hold for the opened reader too.
    fn is_sent_as_declared(&self, schema: Id) -> bool {
        /// Most nodes that are looked through.
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
            open.extend(declarations::in_place(&self.tree, &[id]));
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

    /// Returns at least what an alternative leaves when a reader's undeclared members are removed.
    pub(super) fn strip(&mut self, mut alternative: Alternative, read: &Read) -> Alternative {
        let mut kept = declarations::all_of(&self.tree, &read.surely);
        kept.is_no_map |= declarations::is_described(&self.tree, &read.surely);
        let mut possible = kept.clone();
        possible.add(&declarations::all_of(&self.tree, &read.maybe));
        // What may apply can make the object no map, and need not.
        let is_map = !kept.is_no_map;
        // These spoke of whole values, and the values have changed.
        alternative.holds = Rc::default();
        alternative.exclusive = Rc::default();
        alternative.unions = Rc::default();
        alternative.not = Rc::default();
        alternative.is_wider = true;
        alternative.values = None;
        let layers = alternative.arrays.layers.iter();
        let mut items = layers.clone().flat_map(|layer| layer.prefix.iter().copied().chain(layer.items));
        // Items without parts stay as they are, and so what is said of them.
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
