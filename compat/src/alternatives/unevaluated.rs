//! Expresses `unevaluatedProperties` and `unevaluatedItems` (2020-12, core, section 11) as layers. Such a layer treats
//! every property or item that a sibling keyword may evaluate as evaluated. If the sibling does not hold for a value,
//! this only makes the writer wider.

use super::declared::in_place;
use super::{ItemLayer, PropertyLayer};
use crate::engine::Engine;
use crate::tree::{Id, Node};

impl Engine {
    /// Returns a layer for `unevaluatedProperties` that accepts every name that its siblings may evaluate.
    pub(super) fn unevaluated_layer(&mut self, id: Id, unevaluated: Id) -> Option<PropertyLayer> {
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

    /// Returns a layer for `unevaluatedItems` that begins after all items that its siblings may evaluate.
    pub(super) fn unevaluated_items_layer(&mut self, id: Id, unevaluated: Id) -> Option<ItemLayer> {
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

    /// Returns whether a sibling of `unevaluated` may evaluate properties of any name.
    fn evaluates_all(&self, id: Id, unevaluated: Id) -> bool {
        in_place(&self.tree, id).into_iter().any(|part| {
            let objects = &self.tree.node(part).objects;
            let rest =
                [objects.additional, objects.unevaluated.filter(|own| !part.is(id) || *own != unevaluated)];
            rest.into_iter().flatten().any(|rest| !self.tree.is_false(rest))
        })
    }
}
