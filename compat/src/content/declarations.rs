//! Finds the properties and items that schemas declare.

use std::collections::BTreeSet;

use foldhash::{HashSet, HashSetExt as _};
use serde_json::Value;

use crate::tree::{Id, Name, Node, Tree};

/// The properties and items that the schemas of a place declare.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Declarations {
    /// The names of declared properties.
    pub(crate) names: BTreeSet<Name>,
    /// The patterns of declared properties.
    pub(crate) patterns: BTreeSet<Name>,
    /// Whether a schema other than `true` and `false` applies to all undeclared names. If so, every property counts as
    /// declared.
    pub(crate) is_free: bool,
    /// Whether a schema names properties of the object. If so, the object is not a map.
    pub(crate) is_no_map: bool,
    /// The length of the longest tuple whose further items have no schema, or only `true` or `false`.
    pub(crate) tuple: usize,
    /// Whether a schema other than `true` and `false` applies to all further items.
    pub(crate) has_free_items: bool,
}

impl Declarations {
    /// Adds the declarations of other schemas that hold for the same value.
    pub(crate) fn add(&mut self, other: &Self) {
        self.names.extend(other.names.iter().cloned());
        self.patterns.extend(other.patterns.iter().cloned());
        self.is_free |= other.is_free;
        self.is_no_map |= other.is_no_map;
        self.tuple = self.tuple.max(other.tuple);
        self.has_free_items |= other.has_free_items;
    }

    /// Returns the number of declared names and patterns.
    pub(super) fn len(&self) -> usize {
        self.names.len() + self.patterns.len()
    }

    /// Returns the approximate size of the lists of names and patterns in bytes.
    pub(super) fn bytes(&self) -> usize {
        /// The size of a name in a tree that is two thirds full.
        const NAME_BYTES: usize = size_of::<Name>() * 3 / 2;
        self.len() * NAME_BYTES
    }

    /// Returns whether every property is declared.
    pub(crate) fn has_all_members(&self) -> bool {
        self.is_free || !self.is_no_map
    }

    /// Returns the largest number of items of an array, if it is limited.
    pub(crate) fn items_max(&self) -> Option<usize> {
        (0 < self.tuple && !self.has_free_items).then_some(self.tuple)
    }
}

/// Returns the declarations of the node itself, without its applicators.
pub(super) fn own(tree: &Tree, node: &Node) -> Declarations {
    let objects = &node.objects;
    let mut declarations = Declarations::default();
    declarations.names.extend(objects.properties.iter().map(|(name, _)| name.clone()));
    let patterns = objects.patterns.iter().map(|(pattern, _)| pattern);
    declarations
        .patterns
        .extend(patterns.filter(|pattern| !objects.idle_patterns.contains(pattern)).cloned());
    // If a pattern matches every name, `additionalProperties` applies to no property. If `additionalProperties` applies
    // to all other properties, `unevaluatedProperties` applies to none.
    let has_real_rest = objects.has_real_rest || objects.has_real_unevaluated && !evaluates_rest(tree, node);
    declarations.is_free = has_real_rest && objects.idle_patterns.is_empty();
    if let Some(names) = objects.names {
        declarations.names.extend(listed_names(tree, names));
    }
    let mut lists_objects = false;
    for value in node.values.iter().flat_map(|values| values.iter()) {
        if let Value::Object(members) = value {
            lists_objects = true;
            declarations.names.extend(members.keys().map(|name| Name::from(name.as_str())));
        }
    }
    declarations.is_no_map = !declarations.names.is_empty()
        || lists_objects
        || !declarations.patterns.is_empty()
        || objects.has_real_rest
        || objects.has_real_unevaluated;
    // These keywords name properties too, but do not describe them.
    declarations.names.extend(objects.required.iter().cloned());
    for (name, needed) in &objects.dependent_required {
        declarations.names.insert(name.clone());
        declarations.names.extend(needed.iter().cloned());
    }
    declarations.names.extend(objects.dependent_schemas.iter().map(|(name, _)| name.clone()));
    declarations.has_free_items = node.arrays.has_real_rest;
    if !declarations.has_free_items {
        declarations.tuple = node.arrays.prefix.len();
    }
    declarations
}

/// Returns whether `additionalProperties` accepts, and so evaluates, properties that a node does not name.
pub(super) fn evaluates_rest(tree: &Tree, node: &Node) -> bool {
    node.objects.additional.is_some_and(|rest| !super::open::rejects_all(tree, rest))
}

/// Returns the declarations of nodes and all their applicators on the same value, including applicators that may not
/// hold.
pub(super) fn all(tree: &Tree, ids: &[Id]) -> Declarations {
    let mut declarations = Declarations::default();
    for part in in_place(tree, ids) {
        declarations.add(&own(tree, tree.node(part)));
    }
    declarations
}

/// Returns the declarations of nodes together, without their applicators.
pub(super) fn all_of(tree: &Tree, ids: &[Id]) -> Declarations {
    let mut declarations = Declarations::default();
    for id in ids {
        declarations.add(&own(tree, tree.node(*id)));
    }
    declarations
}

/// Returns whether nodes describe the properties of an object by parts that apply to every value, including parts that
/// may not hold. Schemas that depend on a property do not apply to every value, and neither do the branches of a
/// condition.
pub(super) fn describes(tree: &Tree, ids: &[Id]) -> bool {
    let mut seen = HashSet::new();
    let mut open = ids.to_vec();
    while let Some(id) = open.pop() {
        if !seen.insert(id.index()) {
            continue;
        }
        let node = tree.node(id);
        if own(tree, node).is_no_map {
            return true;
        }
        open.extend(always(tree, node));
        open.extend(node.any_of.iter().chain(&node.one_of).flatten());
        open.extend(node.tests.iter().copied().chain(node.conditions.iter().map(|own| own.test)));
    }
    false
}

/// Returns whether the union branches and the `if` schemas of nodes describe the properties of an object, whichever of
/// them hold.
pub(super) fn is_described(tree: &Tree, ids: &[Id]) -> bool {
    ids.iter().any(|id| {
        let node = tree.node(*id);
        let branches = node.any_of.iter().chain(&node.one_of).flatten().copied();
        let applied: Vec<Id> = branches
            .chain(node.conditions.iter().map(|condition| condition.test))
            .chain(node.tests.iter().copied())
            .collect();
        describes(tree, &applied)
    })
}

/// Returns nodes and their applicators on the same value, except negations.
pub(super) fn in_place(tree: &Tree, ids: &[Id]) -> Vec<Id> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    let mut open = ids.to_vec();
    while let Some(id) = open.pop() {
        if !seen.insert(id.index()) {
            continue;
        }
        found.push(id);
        let node = tree.node(id);
        open.extend(always(tree, node).chain(sometimes(node)));
    }
    found
}

/// Returns whether a node has parts that hold only for some of its values, such as branches.
pub(super) fn has_branches(tree: &Tree, id: Id) -> bool {
    let mut seen = HashSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if !seen.insert(id.index()) {
            continue;
        }
        let node = tree.node(id);
        if sometimes(node).next().is_some() {
            return true;
        }
        open.extend(always(tree, node));
    }
    false
}

/// Returns the schemas that apply to the same value as a node, but only to some of its values: the parts of unions and
/// conditions, and the schemas that depend on a property.
pub(super) fn sometimes(node: &Node) -> impl Iterator<Item = Id> + '_ {
    let branches = node.any_of.iter().chain(&node.one_of).flatten().copied();
    let dependent = node.objects.dependent_schemas.iter().map(|(_, schema)| *schema);
    let conditional = node.conditions.iter().flat_map(|own| [Some(own.test), own.then, own.otherwise]);
    branches.chain(dependent).chain(node.tests.iter().copied()).chain(conditional.flatten())
}

/// Returns the schemas that apply wherever a node applies: `allOf` and references.
pub(super) fn always<'t>(tree: &'t Tree, node: &'t Node) -> impl Iterator<Item = Id> + 't {
    let target = node.recursive_target(tree);
    node.all_of.iter().copied().chain(target).chain(node.place.as_ref().map(|place| place.schema))
}

/// Returns the names that `propertyNames` lists, including those in referenced schemas and in unions.
fn listed_names(tree: &Tree, names: Id) -> BTreeSet<Name> {
    let parts = in_place(tree, &[names]);
    let lists = parts.iter().filter_map(|part| tree.node(*part).values.as_ref());
    lists.flat_map(|list| list.iter()).filter_map(|value| value.as_str().map(Name::from)).collect()
}
