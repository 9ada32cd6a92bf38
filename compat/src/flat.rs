//! Flattening: a node as alternatives without applicators.
//!
//! Each [`Flat`] is one way to satisfy a node: everything `allOf` and `$ref` say, one branch of
//! each union, one side of each condition. Together the alternatives accept **at least** what
//! the node accepts (what cannot be expressed is dropped and noted), which is what a writer in a
//! proof may be replaced by.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::Value;

use crate::engine::Engine;
use crate::eval::Truth;
use crate::number::Numbers;
use crate::tree::{Class, Contains, Id, Node, Strings, Types};

/// One alternative of a node.
#[derive(Debug, Clone)]
pub(crate) struct Flat {
    pub(crate) types: Types,
    pub(crate) values: Option<Vec<Value>>,
    pub(crate) numbers: Numbers,
    pub(crate) strings: Strings,
    pub(crate) arrays: FlatArrays,
    pub(crate) objects: FlatObjects,
    pub(crate) not: Vec<Id>,
    /// Unions left whole because there were too many combinations.
    pub(crate) unions: Vec<Vec<Id>>,
    /// The classes of the nodes that hold by construction.
    pub(crate) holds: BTreeSet<Class>,
    /// Whether something was dropped, so that more is accepted here than by the node.
    pub(crate) is_wider: bool,
}

/// Array assertions of one alternative.
#[derive(Debug, Clone, Default)]
pub(crate) struct FlatArrays {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    pub(crate) unique: bool,
    pub(crate) layers: Vec<ItemLayer>,
    pub(crate) contains: Vec<Contains<Id>>,
}

/// One schema object's say on items.
#[derive(Debug, Clone)]
pub(crate) struct ItemLayer {
    pub(crate) prefix: Vec<Id>,
    pub(crate) items: Option<Id>,
}

/// Object assertions of one alternative.
#[derive(Debug, Clone, Default)]
pub(crate) struct FlatObjects {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    pub(crate) required: BTreeSet<String>,
    pub(crate) layers: Vec<PropertyLayer>,
    pub(crate) names: Vec<Id>,
    pub(crate) dependent_required: Vec<(String, Vec<String>)>,
    pub(crate) dependent_schemas: Vec<(String, Id)>,
}

/// One schema object's say on properties: `additionalProperties` looks only at its siblings.
#[derive(Debug, Clone)]
pub(crate) struct PropertyLayer {
    pub(crate) properties: Rc<Vec<(String, Id)>>,
    pub(crate) patterns: Rc<Vec<(String, Id)>>,
    pub(crate) additional: Option<Id>,
}

/// Most alternatives of one node; real unions rarely have more branches, and their products do
/// harm only.
const FLATS_MAX: usize = 256;

/// Deepest chain of applicators that stay on one value.
const IN_PLACE_MAX: usize = 64;

impl Flat {
    fn anything() -> Self {
        Self {
            types: Types::ALL,
            values: None,
            numbers: Numbers::default(),
            strings: Strings::default(),
            arrays: FlatArrays::default(),
            objects: FlatObjects::default(),
            not: Vec::new(),
            unions: Vec::new(),
            holds: BTreeSet::new(),
            is_wider: false,
        }
    }

    /// Returns what both accept.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.types = both.types.and(other.types);
        both.values = match (both.values.take(), &other.values) {
            (Some(own), Some(theirs)) => {
                Some(own.into_iter().filter(|value| theirs.contains(value)).collect())
            }
            (own, theirs) => own.or_else(|| theirs.clone()),
        };
        both.numbers = both.numbers.and(&other.numbers);
        both.strings.min = both.strings.min.max(other.strings.min);
        both.strings.max = smaller(both.strings.max, other.strings.max);
        add_new(&mut both.strings.patterns, &other.strings.patterns);
        add_new(&mut both.strings.formats, &other.strings.formats);
        both.arrays.min = both.arrays.min.max(other.arrays.min);
        both.arrays.max = smaller(both.arrays.max, other.arrays.max);
        both.arrays.unique |= other.arrays.unique;
        both.arrays.layers.extend(other.arrays.layers.iter().cloned());
        both.arrays.contains.extend(other.arrays.contains.iter().cloned());
        both.objects.min = both.objects.min.max(other.objects.min);
        both.objects.max = smaller(both.objects.max, other.objects.max);
        both.objects.required.extend(other.objects.required.iter().cloned());
        both.objects.layers.extend(other.objects.layers.iter().cloned());
        both.objects.names.extend(&other.objects.names);
        both.objects.dependent_required.extend(other.objects.dependent_required.iter().cloned());
        both.objects.dependent_schemas.extend(other.objects.dependent_schemas.iter().cloned());
        both.not.extend(&other.not);
        both.unions.extend(other.unions.iter().cloned());
        both.holds.extend(&other.holds);
        both.is_wider |= other.is_wider;
        both
    }

    /// Returns this alternative with the values of one type only.
    pub(crate) fn only(&self, one: Types) -> Self {
        let mut only = self.clone();
        only.types = only.types.and(one);
        if let Some(values) = &mut only.values {
            values.retain(|value| one.has(Types::of(value)));
        }
        only
    }

    /// Returns the smallest number of properties.
    pub(crate) fn min_properties(&self) -> u64 {
        self.objects.min.max(self.objects.required.len() as u64)
    }
}

fn smaller(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn add_new(list: &mut Vec<String>, more: &[String]) {
    for text in more {
        if !list.contains(text) {
            list.push(text.clone());
        }
    }
}

impl Engine {
    /// Returns the alternatives of a node; none when it is known to accept nothing.
    pub(crate) fn flats(&mut self, id: Id) -> Rc<Vec<Flat>> {
        if let Some(known) = self.flats.get(&id) {
            return Rc::clone(known);
        }
        let flats = Rc::new(self.flatten(id, &mut Vec::new()));
        self.flats.insert(id, Rc::clone(&flats));
        flats
    }

    fn flatten(&mut self, id: Id, path: &mut Vec<Id>) -> Vec<Flat> {
        let mut anything = Flat::anything();
        if IN_PLACE_MAX < path.len() || path.contains(&id) || !self.spend(1) {
            anything.is_wider = true;
            return vec![anything];
        }
        path.push(id);
        let node = self.tree.shared(id);
        let mut flats = vec![self.own(&node, id)];
        for part in &node.all_of {
            flats = self.product(&flats, &[*part], path);
        }
        if let Some(slot) = node.slot {
            match self.tree.in_slot(slot) {
                Some(target) => flats = self.product(&flats, &[target], path),
                None => flats.iter_mut().for_each(|flat| flat.is_wider = true),
            }
        }
        for union in node.any_of.iter().chain(&node.one_of) {
            flats = self.product(&flats, union, path);
        }
        // Of `oneOf` it is dropped here that no second branch holds.
        if !node.one_of.is_empty() && !node.one_of.iter().all(|union| self.are_apart(union)) {
            flats.iter_mut().for_each(|flat| flat.is_wider = true);
        }
        for condition in &node.conditions {
            let then = [Some(condition.test), condition.then].into_iter().flatten().collect();
            let then = self.tree.all(then);
            let mut passing = self.product(&flats, &[then], path);
            let mut failing = match condition.otherwise {
                Some(otherwise) => self.product(&flats, &[otherwise], path),
                None => flats.clone(),
            };
            failing.iter_mut().for_each(|flat| flat.not.push(condition.test));
            passing.append(&mut failing);
            flats = passing;
        }
        path.pop();
        flats.retain(|flat| {
            !flat.types.is_empty() && flat.values.as_ref().is_none_or(|values| !values.is_empty())
        });
        flats
    }

    /// Combines alternatives with those of a union's branches.
    fn product(&mut self, flats: &[Flat], union: &[Id], path: &mut Vec<Id>) -> Vec<Flat> {
        let branches: Vec<Flat> = union.iter().flat_map(|branch| self.flatten(*branch, path)).collect();
        if FLATS_MAX < flats.len().saturating_mul(branches.len())
            || !self.spend((flats.len() * branches.len()) as u64)
        {
            return flats
                .iter()
                .cloned()
                .map(|mut flat| {
                    flat.unions.push(union.to_vec());
                    flat.is_wider = true;
                    flat
                })
                .collect();
        }
        let mut product = Vec::new();
        for flat in flats {
            for branch in &branches {
                let both = flat.and(branch);
                if !both.types.is_empty() {
                    product.push(both);
                }
            }
        }
        product
    }

    /// Returns what a node says itself, applicators aside.
    fn own(&mut self, node: &Node<Id>, id: Id) -> Flat {
        let mut flat = Flat::anything();
        flat.types = node.types;
        flat.values.clone_from(&node.values);
        if let Some(values) = &mut flat.values {
            values.retain(|value| node.types.has(Types::of(value)));
        }
        flat.numbers = node.numbers.clone();
        flat.strings = node.strings.clone();
        flat.arrays.min = node.arrays.min;
        flat.arrays.max = node.arrays.max;
        flat.arrays.unique = node.arrays.unique;
        flat.arrays.contains = node.arrays.contains.clone();
        if !node.arrays.prefix.is_empty() || node.arrays.items.is_some() {
            flat.arrays
                .layers
                .push(ItemLayer { prefix: node.arrays.prefix.clone(), items: node.arrays.items });
        }
        let objects = &node.objects;
        flat.objects.min = objects.min;
        flat.objects.max = objects.max;
        flat.objects.required = objects.required.iter().cloned().collect();
        if !objects.properties.is_empty() || !objects.patterns.is_empty() || objects.additional.is_some() {
            flat.objects.layers.push(PropertyLayer {
                properties: Rc::new(objects.properties.clone()),
                patterns: Rc::new(objects.patterns.clone()),
                additional: objects.additional,
            });
        }
        flat.objects.names = objects.names.into_iter().collect();
        flat.objects.dependent_required.clone_from(&objects.dependent_required);
        flat.objects.dependent_schemas.clone_from(&objects.dependent_schemas);
        flat.not.clone_from(&node.not);
        flat.holds.insert(self.tree.class(id));
        if let Some(unevaluated) = objects.unevaluated {
            flat.objects.layers.extend(self.unevaluated_layer(id, unevaluated));
            flat.is_wider = true;
        }
        flat.is_wider |= node.arrays.unevaluated.is_some() || node.opaque.is_some();
        flat
    }

    /// Reads `unevaluatedProperties` as a layer that knows every name its siblings may evaluate.
    fn unevaluated_layer(&mut self, id: Id, unevaluated: Id) -> Option<PropertyLayer> {
        let declared = self.declared(id);
        if self.evaluates_all(id, unevaluated) {
            return None;
        }
        let anything = self.tree.boolean(true, self.tree.origin(unevaluated));
        Some(PropertyLayer {
            properties: Rc::new(declared.names.into_iter().map(|name| (name, anything)).collect()),
            patterns: Rc::new(declared.patterns.into_iter().map(|pattern| (pattern, anything)).collect()),
            additional: Some(unevaluated),
        })
    }

    /// Tells whether something beside `unevaluated` may evaluate properties of any name.
    fn evaluates_all(&self, id: Id, unevaluated: Id) -> bool {
        in_place(&self.tree, id).into_iter().any(|part| {
            let objects = &self.tree.node(part).objects;
            let rest =
                [objects.additional, objects.unevaluated.filter(|own| part != id || *own != unevaluated)];
            rest.into_iter().flatten().any(|rest| !self.tree.is_false(rest))
        })
    }

    /// Tells whether no two branches of a union can hold at once.
    fn are_apart(&mut self, union: &[Id]) -> bool {
        // Quadratic in the branches, so only asked of unions of a readable size.
        union.len() <= 24
            && union
                .iter()
                .enumerate()
                .all(|(at, a)| union[at + 1..].iter().all(|b| self.are_disjoint_quickly(*a, *b)))
    }

    /// Tells whether two nodes share no value, by their types alone.
    fn are_disjoint_quickly(&self, a: Id, b: Id) -> bool {
        let (a, b) = (self.tree.node(a), self.tree.node(b));
        match (&a.values, &b.values) {
            (Some(own), Some(theirs)) => !own.iter().any(|value| theirs.contains(value)),
            _ => a.types.and(b.types).is_empty(),
        }
    }

    /// Returns the schemas that rule a property of this name.
    pub(crate) fn property(&mut self, objects: &FlatObjects, name: &str) -> Vec<Id> {
        let mut rules = Vec::new();
        for layer in &objects.layers {
            let before = rules.len();
            if let Ok(at) = layer.properties.binary_search_by(|(known, _)| known.as_str().cmp(name)) {
                rules.push(layer.properties[at].1);
            }
            for (pattern, schema) in layer.patterns.iter() {
                match self.patterns.is_match(pattern, name) {
                    Truth::Yes => rules.push(*schema),
                    // A rule that may not apply is dropped: the writer is taken to be wider.
                    Truth::No | Truth::Unknown => {}
                }
            }
            let unsure = layer
                .patterns
                .iter()
                .any(|(pattern, _)| self.patterns.is_match(pattern, name) == Truth::Unknown);
            if before == rules.len() && !unsure {
                rules.extend(layer.additional);
            }
        }
        rules
    }

    /// Returns the schema that rules a property of this name.
    pub(crate) fn property_schema(&mut self, objects: &FlatObjects, name: &str) -> Id {
        let rules = self.property(objects, name);
        self.tree.all(rules)
    }

    /// Returns the schema that rules the item at a position.
    pub(crate) fn item_schema(&mut self, arrays: &FlatArrays, at: usize) -> Id {
        let rules =
            arrays.layers.iter().filter_map(|layer| layer.prefix.get(at).copied().or(layer.items)).collect();
        self.tree.all(rules)
    }

    /// Returns how many leading positions have schemas of their own.
    pub(crate) fn prefix_len(arrays: &FlatArrays) -> usize {
        arrays.layers.iter().map(|layer| layer.prefix.len()).max().unwrap_or(0)
    }
}

/// Which properties a schema and its in-place applicators declare.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Declared {
    pub(crate) names: BTreeSet<String>,
    pub(crate) patterns: BTreeSet<String>,
    /// Whether a schema stands for all other names.
    pub(crate) is_map: bool,
}

impl Engine {
    /// Returns what a node declares, as composed.
    pub(crate) fn declared(&self, id: Id) -> Declared {
        declared(&self.tree, id)
    }
}

/// Returns what a node declares, as composed: names of `properties`, `patternProperties` and
/// `required`, anywhere among the applicators that stay on the same value.
pub(crate) fn declared(tree: &crate::tree::Tree, id: Id) -> Declared {
    let mut declared = Declared::default();
    for part in in_place(tree, id) {
        let objects = &tree.node(part).objects;
        declared.names.extend(objects.properties.iter().map(|(name, _)| name.clone()));
        declared.names.extend(objects.required.iter().cloned());
        declared.patterns.extend(objects.patterns.iter().map(|(pattern, _)| pattern.clone()));
        for rest in [objects.additional, objects.unevaluated].into_iter().flatten() {
            declared.is_map |= !tree.is_true(rest) && !tree.is_false(rest);
        }
    }
    declared
}

/// Returns a node and the applicators that stay on the same value, negations aside.
fn in_place(tree: &crate::tree::Tree, id: Id) -> BTreeSet<Id> {
    let mut seen = BTreeSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = tree.node(id);
        open.extend(
            node.all_of.iter().chain(node.any_of.iter().flatten()).chain(node.one_of.iter().flatten()),
        );
        open.extend(node.objects.dependent_schemas.iter().map(|(_, schema)| *schema));
        for condition in &node.conditions {
            open.extend([Some(condition.test), condition.then, condition.otherwise].into_iter().flatten());
        }
        open.extend(node.slot.and_then(|slot| tree.in_slot(slot)));
    }
    seen
}
