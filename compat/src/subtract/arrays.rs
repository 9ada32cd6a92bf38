//! Subtraction of array assertions.

use std::rc::Rc;

use crate::alternatives::{Alternative, AlternativeArrays, ItemLayer};
use crate::engine::Engine;
use crate::tree::{Contains, Id, Node};

impl Engine {
    /// Adds the arrays of an alternative that violate an array assertion of the node.
    pub(super) fn subtract_arrays(
        &mut self,
        alternative: &Alternative,
        node: &Node,
        left: &mut Vec<Alternative>,
    ) {
        let reader = &node.arrays;
        let own = Rc::clone(&alternative.arrays);
        let with = |change: &dyn Fn(&mut AlternativeArrays)| {
            let mut alternative = alternative.clone();
            change(Rc::make_mut(&mut alternative.arrays));
            alternative
        };
        if own.min < reader.min {
            let most = own.max.map_or(reader.min - 1, |max| max.min(reader.min - 1));
            left.push(with(&|arrays| arrays.max = Some(most)));
        }
        if let Some(max) = reader.max
            && own.max.is_none_or(|own| max < own)
        {
            left.push(with(&|arrays| arrays.min = arrays.min.max(max + 1)));
        }
        if reader.unique && !own.unique && !self.items_differ(alternative) {
            left.push(alternative.widened());
        }
        let positions = reader.prefix.len().max(Self::prefix_len(&own));
        for at in 0..positions {
            let Some(schema) = reader.prefix.get(at).copied().or(reader.items) else { break };
            if self.tree.is_true(schema) {
                continue;
            }
            let other = self.negation(schema);
            let anything = self.tree.boolean(true, self.tree.origin(schema));
            let mut prefix: Vec<Id> = vec![anything; at];
            prefix.push(other);
            left.push(with(&|arrays| {
                arrays.min = arrays.min.max(at as u64 + 1);
                arrays.layers.push(ItemLayer { prefix: prefix.clone(), items: None });
            }));
        }
        if let Some(items) = reader.items.filter(|items| !self.tree.is_true(*items)) {
            let past = self.item_schema(&own, positions);
            if !self.covers(past, items) && own.max.is_none_or(|max| (positions as u64) < max) {
                // Here the schema rejects at least one item after the positions of the tuple.
                let other = self.negation(items);
                let refused = Contains { schema: other, min: 1, max: None, evaluates: false };
                left.push(with(&|arrays| {
                    arrays.min = arrays.min.max(positions as u64 + 1);
                    arrays.contains.push(refused.clone());
                }));
            }
        }
        for contains in &reader.contains {
            if 0 < contains.min {
                let few = if contains.min == 1 {
                    let other = self.negation(contains.schema);
                    with(&|arrays| {
                        arrays.layers.push(ItemLayer { prefix: Vec::new(), items: Some(other) });
                    })
                } else {
                    let few = Contains { min: 0, max: Some(contains.min - 1), ..contains.clone() };
                    with(&|arrays| arrays.contains.push(few.clone()))
                };
                left.push(few);
            }
            if let Some(max) = contains.max {
                let many = Contains { min: max + 1, max: None, ..contains.clone() };
                left.push(with(&|arrays| arrays.contains.push(many.clone())));
            }
        }
        if let Some(unevaluated) = reader.unevaluated {
            let longest = self.longest(alternative);
            if !self.unevaluated_items_covered(alternative, node, unevaluated, longest, 0) {
                left.push(alternative.widened());
            }
        }
    }
}
