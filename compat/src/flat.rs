//! Flattening: a node as alternatives without applicators.
//!
//! Each [`Flat`] is one way to satisfy a node: everything `allOf` and `$ref` say, one branch of
//! each union, one side of each condition. Together the alternatives accept **at least** what
//! the node accepts (what cannot be expressed is dropped and noted), which is what a writer in a
//! proof may be replaced by.

use std::collections::BTreeSet;
use std::rc::Rc;

use foldhash::{HashSet, HashSetExt as _};
use serde_json::Value;

use crate::engine::Engine;
use crate::eval::Truth;
use crate::number::Numbers;
use crate::tree::{Arrays, Class, Contains, Id, Listed, Name, Named, Node, Objects, Strings, Tree, Types};

/// One alternative of a node. Its parts are shared, so that a copy with one part changed is cheap.
#[derive(Debug, Clone)]
pub(crate) struct Flat {
    pub(crate) types: Types,
    pub(crate) values: Option<Listed>,
    pub(crate) numbers: Rc<Numbers>,
    pub(crate) strings: Rc<Strings>,
    pub(crate) arrays: Rc<FlatArrays>,
    pub(crate) objects: Rc<FlatObjects>,
    pub(crate) not: Rc<Vec<Id>>,
    /// Unions left whole because there were too many combinations.
    pub(crate) unions: Rc<Vec<Vec<Id>>>,
    /// Each `oneOf` of whose branches exactly one holds, where the branches themselves do not say so.
    pub(crate) exclusive: Rc<Vec<Vec<Id>>>,
    /// The classes of the nodes that hold by construction.
    pub(crate) holds: Rc<Vec<Class>>,
    /// Whether something was dropped, so that more is accepted here than by the node.
    pub(crate) is_wider: bool,
}

/// Array assertions of one alternative.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FlatArrays {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    pub(crate) unique: bool,
    pub(crate) layers: Vec<ItemLayer>,
    pub(crate) contains: Vec<Contains>,
}

/// One schema object's say on items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemLayer {
    pub(crate) prefix: Vec<Id>,
    pub(crate) items: Option<Id>,
}

/// Object assertions of one alternative.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FlatObjects {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    pub(crate) required: BTreeSet<Name>,
    pub(crate) layers: Vec<PropertyLayer>,
    pub(crate) names: Vec<Id>,
    pub(crate) dependent_required: Vec<(Name, Vec<Name>)>,
    pub(crate) dependent_schemas: Vec<(Name, Id)>,
}

/// One schema object's say on properties: `additionalProperties` looks only at its siblings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PropertyLayer {
    pub(crate) properties: Named,
    pub(crate) patterns: Named,
    pub(crate) additional: Option<Id>,
}

/// Most alternatives of one node; real unions rarely have more branches, and their products do
/// harm only.
const FLATS_MAX: usize = 256;

/// Deepest chain of applicators that stay on one value.
const IN_PLACE_MAX: usize = 64;

impl Default for Flat {
    /// Anything at all.
    fn default() -> Self {
        Self {
            types: Types::ALL,
            values: None,
            numbers: Rc::default(),
            strings: Rc::default(),
            arrays: Rc::default(),
            objects: Rc::default(),
            not: Rc::default(),
            unions: Rc::default(),
            exclusive: Rc::default(),
            holds: Rc::default(),
            is_wider: false,
        }
    }
}

impl Flat {
    /// Returns what both accept.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.types = both.types.and(other.types);
        both.values = match (both.values.take(), &other.values) {
            (Some(own), Some(theirs)) if own == *theirs => Some(own),
            (Some(own), Some(theirs)) => Some(own.only(|value| theirs.contains(value))),
            (own, theirs) => own.or_else(|| theirs.clone()),
        };
        join(&mut both.numbers, &other.numbers, |own, theirs| *own = own.and(theirs));
        join(&mut both.strings, &other.strings, |own, theirs| {
            own.min = own.min.max(theirs.min);
            own.max = smaller(own.max, theirs.max);
            add_new(&mut own.patterns, &theirs.patterns);
            add_new(&mut own.formats, &theirs.formats);
        });
        join(&mut both.arrays, &other.arrays, |own, theirs| {
            own.min = own.min.max(theirs.min);
            own.max = smaller(own.max, theirs.max);
            own.unique |= theirs.unique;
            add_new(&mut own.layers, &theirs.layers);
            add_new(&mut own.contains, &theirs.contains);
        });
        join(&mut both.objects, &other.objects, |own, theirs| {
            own.min = own.min.max(theirs.min);
            own.max = smaller(own.max, theirs.max);
            own.required.extend(theirs.required.iter().cloned());
            add_new(&mut own.layers, &theirs.layers);
            add_new(&mut own.names, &theirs.names);
            add_new(&mut own.dependent_required, &theirs.dependent_required);
            add_new(&mut own.dependent_schemas, &theirs.dependent_schemas);
        });
        join(&mut both.not, &other.not, |own, theirs| add_new(own, theirs));
        join(&mut both.unions, &other.unions, |own, theirs| add_new(own, theirs));
        join(&mut both.exclusive, &other.exclusive, |own, theirs| add_new(own, theirs));
        join(&mut both.holds, &other.holds, |own, theirs| add_new(own, theirs));
        both.is_wider |= other.is_wider;
        both
    }

    /// Returns this alternative with the values of one type only.
    pub(crate) fn only(&self, one: Types) -> Self {
        if self.types == one {
            return self.clone();
        }
        let mut only = self.clone();
        only.types = only.types.and(one);
        only.values = only.values.map(|values| values.only(|value| one.has(Types::of(value))));
        only
    }

    /// Returns this alternative without what a schema accepts.
    pub(crate) fn and_not(&self, schema: Id) -> Self {
        let mut rest = self.clone();
        Rc::make_mut(&mut rest.not).push(schema);
        rest
    }

    /// Returns this alternative with these values only.
    pub(crate) fn with_values(&self, values: Vec<Value>) -> Self {
        Self { values: Some(Listed::of(values)), ..self.clone() }
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

fn add_new<T: Clone + PartialEq>(list: &mut Vec<T>, more: &[T]) {
    for item in more {
        if !list.contains(item) {
            list.push(item.clone());
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
            && known.unions == flat.unions
    };
    match list.iter_mut().take(COMPARED_MAX).find(same) {
        Some(known) => {
            Rc::make_mut(&mut known.holds).retain(|class| flat.holds.contains(class));
            Rc::make_mut(&mut known.exclusive).retain(|union| flat.exclusive.contains(union));
            known.is_wider |= flat.is_wider;
        }
        None => list.push(flat),
    }
}

/// Joins two parts of alternatives, without a copy where one says nothing or both are the same.
fn join<T: Clone + Default + PartialEq>(own: &mut Rc<T>, theirs: &Rc<T>, both: impl FnOnce(&mut T, &T)) {
    if Rc::ptr_eq(own, theirs) || **theirs == T::default() {
        return;
    }
    if **own == T::default() {
        *own = Rc::clone(theirs);
        return;
    }
    both(Rc::make_mut(own), theirs);
}

impl Engine {
    /// Returns the alternatives of a node; none when it is known to accept nothing.
    pub(crate) fn flats(&mut self, id: Id) -> Rc<Vec<Flat>> {
        if let Some(known) = self.flats.get(&id.index()) {
            return Rc::clone(known);
        }
        let flats = self.flatten(id, &mut Vec::new());
        Rc::clone(self.flats.entry(id.index()).or_insert_with(|| Rc::new(flats)))
    }

    fn flatten(&mut self, id: Id, path: &mut Vec<Id>) -> Vec<Flat> {
        if IN_PLACE_MAX < path.len() || path.iter().any(|open| open.is(id)) || !self.spend(1) {
            self.cuts += 1;
            return vec![Flat { is_wider: true, ..self.anything.clone() }];
        }
        if let Some(known) = self.flats.get(&id.index()) {
            return known.to_vec();
        }
        let cuts = self.cuts;
        path.push(id);
        let flats = self.flatten_here(id, path);
        path.pop();
        // What was cut short was so because of the way here; anything else is true everywhere.
        if cuts == self.cuts {
            self.flats.insert(id.index(), Rc::new(flats.clone()));
        }
        flats
    }

    fn flatten_here(&mut self, id: Id, path: &mut Vec<Id>) -> Vec<Flat> {
        let node = self.tree.shared(id);
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
        for condition in &node.conditions {
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
        if FLATS_MAX < flats.len().saturating_mul(branches.len())
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
                    add_alternative(&mut product, flat.and(branch));
                }
            }
        }
        product
    }

    /// Returns what a node says itself, applicators aside.
    fn own(&mut self, node: &Node, id: Id) -> Flat {
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

    /// Reads `unevaluatedProperties` as a layer that knows every name its siblings may evaluate.
    fn unevaluated_layer(&mut self, id: Id, unevaluated: Id) -> Option<PropertyLayer> {
        let declared = self.declared(id);
        if self.evaluates_all(id, unevaluated) {
            return None;
        }
        let anything = self.tree.boolean(true, self.tree.origin(unevaluated));
        Some(PropertyLayer {
            properties: declared.names.into_iter().map(|name| (name, anything)).collect(),
            patterns: declared.patterns.into_iter().map(|pattern| (pattern, anything)).collect(),
            additional: Some(unevaluated),
        })
    }

    /// Reads `unevaluatedItems` as a layer past all that its siblings may evaluate.
    fn unevaluated_items_layer(&mut self, id: Id, unevaluated: Id) -> Option<ItemLayer> {
        let mut prefix = 0;
        let mut allowed = Vec::new();
        for part in in_place(&self.tree, id) {
            let arrays = &self.tree.node(part).arrays;
            if arrays.items.is_some() || (arrays.unevaluated.is_some() && !part.is(id)) {
                return None;
            }
            prefix = prefix.max(arrays.prefix.len());
            allowed.extend(arrays.contains.iter().filter(|own| own.evaluates).map(|own| own.schema));
        }
        let anything = self.tree.boolean(true, self.tree.origin(unevaluated));
        let mut items = unevaluated;
        if !allowed.is_empty() {
            allowed.push(unevaluated);
            items = self
                .tree
                .add(Node { any_of: vec![allowed], ..Node::default() }, self.tree.origin(unevaluated));
        }
        Some(ItemLayer { prefix: vec![anything; prefix], items: Some(items) })
    }

    /// Tells whether something beside `unevaluated` may evaluate properties of any name.
    fn evaluates_all(&self, id: Id, unevaluated: Id) -> bool {
        in_place(&self.tree, id).into_iter().any(|part| {
            let objects = &self.tree.node(part).objects;
            let rest =
                [objects.additional, objects.unevaluated.filter(|own| !part.is(id) || *own != unevaluated)];
            rest.into_iter().flatten().any(|rest| !self.tree.is_false(rest))
        })
    }

    /// Tells whether no two branches of a union can hold at once.
    fn are_apart(&mut self, union: &[Id]) -> bool {
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

    /// Returns the schemas that rule a property of this name.
    pub(crate) fn property(&mut self, objects: &FlatObjects, name: &str) -> Vec<Id> {
        let mut rules = Vec::new();
        for layer in &objects.layers {
            let before = rules.len();
            rules.extend(layer.declared(name));
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

impl PropertyLayer {
    /// Returns what one schema object says of properties.
    pub(crate) fn of(objects: &Objects) -> Self {
        Self {
            properties: objects.properties.clone(),
            patterns: objects.patterns.clone(),
            additional: objects.additional,
        }
    }

    /// Returns the schema of a declared name.
    pub(crate) fn declared(&self, name: &str) -> Option<Id> {
        self.properties.of(name)
    }
}

/// Which properties a schema and its in-place applicators declare.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Declared {
    pub(crate) names: BTreeSet<Name>,
    pub(crate) patterns: BTreeSet<Name>,
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
pub(crate) fn declared(tree: &Tree, id: Id) -> Declared {
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
fn in_place(tree: &Tree, id: Id) -> Vec<Id> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if !seen.insert(id.index()) {
            continue;
        }
        found.push(id);
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
    found
}
