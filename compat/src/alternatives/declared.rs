//! The declared properties of a schema and its applicators on the same value.

use std::collections::BTreeSet;

use foldhash::{HashSet, HashSetExt as _};

use crate::engine::Engine;
use crate::tree::{Id, Name, Tree};

/// The properties that a schema and its in-place applicators declare.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Declared {
    pub(crate) names: BTreeSet<Name>,
    pub(crate) patterns: BTreeSet<Name>,
    /// Whether a schema other than `true` and `false` applies to all undeclared names.
    pub(crate) is_map: bool,
}

impl Engine {
    /// Returns the declarations of a node and its applicators on the same value.
    pub(crate) fn declared(&self, id: Id) -> Declared {
        declared(&self.tree, id)
    }
}

/// Returns the declarations of a node and its applicators on the same value: the names of `properties` and `required`,
/// and the patterns of `patternProperties`.
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

/// Returns a node and its applicators on the same value, except negations.
pub(super) fn in_place(tree: &Tree, id: Id) -> Vec<Id> {
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
        open.extend(node.recursive_target(tree));
    }
    found
}
