//! Proofs about unions: which branches can accept a value, and which branches exclude each other.

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _, HashSet};

use super::discriminator::Discriminator;
use crate::alternatives::Alternative;
use crate::engine::Engine;
use crate::tree::{Class, Id, Listed, Name, Types};

/// The maximum number of parts of a branch in which the engine searches for a discriminator.
const PARTS_MAX: usize = 16;

impl Engine {
    /// Returns whether at least one branch accepts each value of an alternative.
    pub(super) fn is_in_union(
        &mut self,
        alternative: &Alternative,
        union: &[Id],
        path: &mut Vec<Id>,
    ) -> bool {
        if union.iter().any(|branch| alternative.is_held_by(branch.class())) {
            return true;
        }
        let candidates = self.overlapping(alternative, union);
        if candidates.iter().any(|branch| self.covers_alternative(alternative, *branch, path)) {
            return true;
        }
        let classes: HashSet<Class> = union.iter().map(|branch| branch.class()).collect();
        let own_branches = |engine: &mut Self, own: &[Id]| {
            own.iter().all(|branch| {
                classes.contains(&branch.class())
                    || (engine.spend(union.len() as u64 / 32)
                        && union.iter().any(|reads| engine.covers_same_value(*branch, *reads)))
            })
        };
        // If no single branch covers the alternative, several branches may cover it together. The engine tries the
        // branches of the writer's own unions, then subtracts all branches, and then splits the alternative.
        alternative.unions.iter().any(|own| own_branches(self, own))
            || (1 < candidates.len() && self.subtract_all(alternative, &candidates).is_empty())
            || self
                .split(alternative)
                .is_some_and(|parts| parts.iter().all(|part| self.is_in_union(part, &candidates, path)))
    }

    /// Returns whether exactly one branch accepts each value of an alternative.
    pub(super) fn is_in_exactly_one(
        &mut self,
        alternative: &Alternative,
        union: &[Id],
        path: &mut Vec<Id>,
    ) -> bool {
        if self.discriminator(union).is_some() {
            return self.is_in_union(alternative, union, path);
        }
        let candidates = self.overlapping(alternative, union);
        match candidates.as_slice() {
            [] => false,
            [only] => self.covers_alternative(alternative, *only, path),
            _ if self.is_known_exclusive(alternative, &candidates) => true,
            _ => {
                self.split(alternative).is_some_and(|parts| {
                    parts.iter().all(|part| self.is_in_exactly_one(part, &candidates, path))
                }) || (self.is_in_union(alternative, &candidates, path)
                    && self.intersect_two_branches(alternative, &candidates).is_empty())
            }
        }
    }

    /// Returns whether a `oneOf` of the writer proves that exactly one candidate branch accepts each value. The
    /// candidates must be exactly the branches of that `oneOf` that can accept a value of the alternative.
    fn is_known_exclusive(&mut self, alternative: &Alternative, candidates: &[Id]) -> bool {
        let exclusive = Rc::clone(&alternative.exclusive);
        exclusive.iter().any(|own| {
            let mut left = candidates.to_vec();
            own.iter().all(|branch| match left.iter().position(|candidate| candidate == branch) {
                Some(at) => {
                    left.swap_remove(at);
                    true
                }
                None => self.is_disjoint(alternative, *branch),
            }) && left.is_empty()
        })
    }

    /// Returns whether two branches of the alternative's own `oneOf` accept all its values. If so, the alternative has
    /// no value.
    pub(crate) fn is_in_two_branches(&mut self, alternative: &Alternative) -> bool {
        /// The maximum number of branches that the function tries.
        const BRANCHES_MAX: usize = 8;
        // The copy has no `oneOf`. Otherwise the search for a branch would examine the same union again.
        let bare = Alternative { exclusive: Rc::default(), ..alternative.clone() };
        alternative.exclusive.iter().any(|union| {
            let mut covering = 0;
            for branch in union.iter().take(BRANCHES_MAX) {
                covering += usize::from(self.unmet(&bare, *branch, &mut Vec::new()).is_none());
                if covering == 2 {
                    return true;
                }
            }
            false
        })
    }

    /// Returns the branches that may share a value with the alternative.
    pub(crate) fn overlapping(&mut self, alternative: &Alternative, union: &[Id]) -> Vec<Id> {
        if let Some(meant) = self.selected_branches(alternative, union) {
            return meant;
        }
        union.iter().copied().filter(|branch| !self.is_disjoint(alternative, *branch)).collect()
    }

    /// Returns the branches that the writer's values of the discriminator select. Returns `None` if the union has no
    /// discriminator, or the writer does not require it with listed values.
    pub(crate) fn selected_branches(&mut self, alternative: &Alternative, union: &[Id]) -> Option<Vec<Id>> {
        let discriminator = self.discriminator(union)?;
        if alternative.types != Types::OBJECT || !alternative.objects.required.contains(&discriminator.name) {
            return None;
        }
        let written = self.property_schema(&alternative.objects, &discriminator.name);
        let mut meant: Vec<Id> = Vec::new();
        for alternative in self.alternatives(written).iter() {
            for value in alternative.values.as_ref()?.iter() {
                if let Some(branch) = discriminator.branches.get(value)
                    && !meant.contains(branch)
                {
                    meant.push(*branch);
                }
            }
        }
        Some(meant)
    }

    /// Returns the discriminator of a union, if it has one.
    pub(crate) fn discriminator(&mut self, union: &[Id]) -> Option<Rc<Discriminator>> {
        if let Some(known) = self.prover.discriminators.get(union) {
            return known.clone();
        }
        let found = self.find_discriminator(union).map(Rc::new);
        self.prover.discriminators.insert(union.to_vec(), found.clone());
        found
    }

    fn find_discriminator(&self, union: &[Id]) -> Option<Discriminator> {
        let tags: Vec<Vec<(Name, Listed)>> =
            union.iter().map(|branch| self.tags(*branch)).collect::<Option<_>>()?;
        'names: for (name, _) in tags.first()? {
            let mut branches = HashMap::new();
            for (branch, tags) in union.iter().zip(&tags) {
                let Some((_, values)) = tags.iter().find(|(other, _)| other == name) else { continue 'names };
                for value in values.iter() {
                    if branches.insert(value.clone(), *branch).is_some() {
                        continue 'names;
                    }
                }
            }
            return Some(Discriminator { name: Rc::clone(name), branches });
        }
        None
    }

    /// Returns the required properties with listed values of a branch. Returns `None` if the branch accepts values that
    /// are not objects.
    fn tags(&self, branch: Id) -> Option<Vec<(Name, Listed)>> {
        let mut parts = vec![branch];
        let mut types = Types::ALL;
        let mut at = 0;
        while at < parts.len() && at < PARTS_MAX {
            let node = self.tree.node(parts[at]);
            types = types.and(node.types);
            parts.extend(&node.all_of);
            at += 1;
        }
        if types != Types::OBJECT {
            return None;
        }
        let mut tags = Vec::new();
        for part in &parts {
            for (name, schema) in self.tree.node(*part).objects.properties.iter() {
                let required = |part: &Id| self.tree.node(*part).objects.required.contains(name);
                if let Some(values) = self.listed(*schema)
                    && parts.iter().any(required)
                {
                    tags.push((Rc::clone(name), values));
                }
            }
        }
        Some(tags)
    }

    fn listed(&self, schema: Id) -> Option<Listed> {
        let node = self.tree.node(schema);
        match (&node.values, node.all_of.as_slice()) {
            (Some(values), _) => Some(values.clone()),
            (None, [only]) => self.tree.node(*only).values.clone(),
            (None, _) => None,
        }
    }
}
