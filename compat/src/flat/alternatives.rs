//! From a node to its alternatives: unions are multiplied out as far as that helps a proof.

use std::rc::Rc;

use foldhash::{HashMap, HashMapExt as _};

use super::{Flat, FlatArrays, FlatObjects, ItemLayer, PropertyLayer};
use crate::engine::Engine;
use crate::tree::{Arrays, Id, Node, Objects, Types};

/// Most alternatives of one node; real unions rarely have more branches, and their products do
/// harm only.
const FLATS_MAX: usize = 256;

/// Most alternatives that come from a single wide union.
const UNION_MAX: usize = 1_024;

/// Deepest chain of applicators that stay on one value.
const IN_PLACE_MAX: usize = 64;

impl Engine {
    /// Returns the alternatives of a node; none when it is known to accept nothing.
    pub(crate) fn flats(&mut self, id: Id) -> Rc<Vec<Flat>> {
        if let Some(known) = self.flats.get(&id.index()) {
            return Rc::clone(known);
        }
        // What the parts of a node with many conditions are flattened to holds for that node only.
        let outer = std::mem::take(&mut self.lean);
        if self.has_many_conditions(id) {
            self.lean = Some(HashMap::new());
        }
        let flats = self.flatten(id, &mut Vec::new());
        self.lean = outer;
        Rc::clone(self.flats.entry(id.index()).or_insert_with(|| Rc::new(flats)))
    }

    fn flatten(&mut self, id: Id, path: &mut Vec<Id>) -> Vec<Flat> {
        if IN_PLACE_MAX < path.len() || path.iter().any(|open| open.is(id)) || !self.spend(1) {
            self.cuts += 1;
            return vec![Flat { is_wider: true, ..self.anything.clone() }];
        }
        let known = self.lean.as_ref().unwrap_or(&self.flats);
        if let Some(known) = known.get(&id.index()) {
            return known.to_vec();
        }
        let cuts = self.cuts;
        path.push(id);
        let flats = self.flatten_here(id, path);
        path.pop();
        // What was cut short was so because of the way here; anything else is true everywhere.
        if cuts == self.cuts {
            let known = self.lean.as_mut().unwrap_or(&mut self.flats);
            known.insert(id.index(), Rc::new(flats.clone()));
        }
        flats
    }

    fn flatten_here(&mut self, id: Id, path: &mut Vec<Id>) -> Vec<Flat> {
        let node = self.tree.shared(id);
        if let Some(place) = &node.place {
            return self.flats_of_place(id, place);
        }
        let mut flats = vec![self.own(&node, id)];
        for part in &node.all_of {
            flats = self.product(flats, &[*part], path);
        }
        if let Some(slot) = node.slot {
            match self.tree.in_slot(slot) {
                Some(target) => flats = self.product(flats, &[target], path),
                None => flats.iter_mut().for_each(|flat| flat.is_wider = true),
            }
        }
        for union in node.any_of.iter().chain(&node.one_of) {
            flats = self.product(flats, union, path);
        }
        // Of `oneOf` the alternatives do not say that no second branch holds; it is only noted.
        for union in &node.one_of {
            if !self.are_apart(union) {
                for flat in &mut flats {
                    Rc::make_mut(&mut flat.exclusive).push(union.clone());
                    flat.is_wider = true;
                }
            }
        }
        if self.lean.is_some() {
            for flat in flats.iter_mut().filter(|_| !node.conditions.is_empty()) {
                Rc::make_mut(&mut flat.conditions).extend_from_slice(&node.conditions);
                flat.is_wider = true;
            }
        }
        let expanded = if self.lean.is_some() { &[] } else { node.conditions.as_slice() };
        for condition in expanded {
            let then = [Some(condition.test), condition.then].into_iter().flatten().collect();
            let then = self.tree.all(then);
            let mut failing = match condition.otherwise {
                Some(otherwise) => self.product(flats.clone(), &[otherwise], path),
                None => flats.clone(),
            };
            failing.iter_mut().for_each(|flat| *flat = flat.and_not(condition.test));
            let mut passing = self.product(flats, &[then], path);
            passing.append(&mut failing);
            flats = passing;
        }
        flats.retain(|flat| {
            !flat.types.is_empty() && flat.values.as_ref().is_none_or(|values| !values.is_empty())
        });
        flats
    }

    /// Combines alternatives with those of a union's branches.
    fn product(&mut self, flats: Vec<Flat>, union: &[Id], path: &mut Vec<Id>) -> Vec<Flat> {
        let branches: Vec<Flat> = union.iter().flat_map(|branch| self.flatten(*branch, path)).collect();
        let most = if flats.len() == 1 { UNION_MAX } else { FLATS_MAX };
        if most < flats.len().saturating_mul(branches.len())
            || !self.spend((flats.len() * branches.len()) as u64)
        {
            let left_whole = |mut flat: Flat| {
                Rc::make_mut(&mut flat.unions).push(union.to_vec());
                Flat { is_wider: true, ..flat }
            };
            return flats.into_iter().map(left_whole).collect();
        }
        let mut product = Vec::with_capacity(flats.len() * branches.len());
        for flat in &flats {
            for branch in &branches {
                if !flat.types.and(branch.types).is_empty() {
                    let both = flat.and(branch);
                    self.hold(both.bytes_beside(flat, branch));
                    add_alternative(&mut product, both);
                }
            }
        }
        product
    }

    /// Returns what a node says itself, applicators aside.
    pub(crate) fn own(&mut self, node: &Node, id: Id) -> Flat {
        let mut flat = Flat { types: node.types, ..self.anything.clone() };
        flat.values = node.values.as_ref().map(|own| own.only(|value| node.types.has(Types::of(value))));
        if !node.numbers.is_any() {
            flat.numbers = Rc::new(node.numbers.clone());
        }
        if !node.strings.is_any() {
            flat.strings = Rc::new(node.strings.clone());
        }
        if !node.arrays.is_any() {
            flat.arrays = Rc::new(own_arrays(&node.arrays));
        }
        if !node.objects.is_any() {
            flat.objects = Rc::new(own_objects(&node.objects));
        }
        if !node.not.is_empty() {
            flat.not = Rc::new(node.not.clone());
        }
        flat.holds = Rc::new(vec![id.class()]);
        if let Some(unevaluated) = node.objects.unevaluated {
            let layer = self.unevaluated_layer(id, unevaluated);
            Rc::make_mut(&mut flat.objects).layers.extend(layer);
            flat.is_wider = true;
        }
        if let Some(unevaluated) = node.arrays.unevaluated {
            let layer = self.unevaluated_items_layer(id, unevaluated);
            Rc::make_mut(&mut flat.arrays).layers.extend(layer);
            flat.is_wider = true;
        }
        flat.is_wider |= node.opaque.is_some();
        flat
    }

    /// Tells whether no two branches of a union can hold at once.
    pub(crate) fn are_apart(&mut self, union: &[Id]) -> bool {
        // Quadratic in the branches, so only asked of unions of a readable size.
        self.discriminator(union).is_some()
            || (union.len() <= 24
                && union
                    .iter()
                    .enumerate()
                    .all(|(at, a)| union[at + 1..].iter().all(|b| self.are_disjoint_quickly(*a, *b))))
    }

    /// Tells whether two nodes share no value, by their types alone.
    fn are_disjoint_quickly(&self, a: Id, b: Id) -> bool {
        let (a, b) = (self.tree.node(a), self.tree.node(b));
        match (&a.values, &b.values) {
            (Some(own), Some(theirs)) => !own.iter().any(|value| theirs.contains(value)),
            _ => a.types.and(b.types).is_empty(),
        }
    }
}

/// Adds an alternative unless one says the same; what both hold by construction is kept.
fn add_alternative(list: &mut Vec<Flat>, flat: Flat) {
    /// Most alternatives among which an equal one is looked for.
    const COMPARED_MAX: usize = 32;
    let same = |known: &&mut Flat| {
        known.types == flat.types
            && known.values == flat.values
            && known.numbers == flat.numbers
            && known.strings == flat.strings
            && known.arrays == flat.arrays
            && known.objects == flat.objects
            && known.not == flat.not
            && known.conditions == flat.conditions
            && known.unions == flat.unions
    };
    match list.iter_mut().take(COMPARED_MAX).find(same) {
        Some(known) => {
            Rc::make_mut(&mut known.holds).retain(|class| flat.is_held_by(*class));
            Rc::make_mut(&mut known.exclusive).retain(|union| flat.exclusive.contains(union));
            known.is_wider |= flat.is_wider;
        }
        None => list.push(flat),
    }
}

fn own_arrays(arrays: &Arrays) -> FlatArrays {
    let has_layer = !arrays.prefix.is_empty() || arrays.items.is_some();
    FlatArrays {
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

fn own_objects(objects: &Objects) -> FlatObjects {
    let has_layer =
        !objects.properties.is_empty() || !objects.patterns.is_empty() || objects.additional.is_some();
    FlatObjects {
        min: objects.min,
        max: objects.max,
        required: objects.required.iter().cloned().collect(),
        layers: has_layer.then(|| PropertyLayer::of(objects)).into_iter().collect(),
        names: objects.names.into_iter().collect(),
        dependent_required: objects.dependent_required.clone(),
        dependent_schemas: objects.dependent_schemas.to_vec(),
    }
}
