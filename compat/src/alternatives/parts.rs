//! The schemas that apply to a property or an item of an alternative.

use super::{AlternativeArrays, AlternativeObjects};
use crate::engine::Engine;
use crate::tree::Id;
use crate::truth::Truth;

impl Engine {
    /// Returns the schemas that apply to a property of this name.
    pub(crate) fn property(&mut self, objects: &AlternativeObjects, name: &str) -> Vec<Id> {
        let patterns: usize = objects.layers.iter().map(|layer| layer.patterns.len()).sum();
        // Without fuel, the function drops the schemas, and the property may have any value. This only makes the writer
        // wider.
        if !self.spend(patterns as u64 / 16) {
            return Vec::new();
        }
        let mut rules = Vec::new();
        for layer in &objects.layers {
            let before = rules.len();
            rules.extend(layer.declared(name));
            for (pattern, schema) in layer.patterns.iter() {
                match self.patterns.is_match(pattern, name) {
                    Truth::Yes => rules.push(*schema),
                    // If it is not certain that the pattern matches the name, the engine drops the schema. This only makes the writer
                    // wider.
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

    /// Returns the conjunction of the schemas that apply to a property of this name.
    pub(crate) fn property_schema(&mut self, objects: &AlternativeObjects, name: &str) -> Id {
        let rules = self.property(objects, name);
        self.tree.all(rules)
    }

    /// Returns the conjunction of the schemas that apply to the item at a position.
    pub(crate) fn item_schema(&mut self, arrays: &AlternativeArrays, at: usize) -> Id {
        let layers = arrays.layers.iter().filter_map(|layer| layer.prefix.get(at).copied().or(layer.items));
        // If the maximum number of items is not above `minContains`, every item must match `contains`.
        let each = arrays.contains.iter().filter(|own| arrays.max.is_some_and(|max| max <= own.min));
        let rules = layers.chain(each.map(|own| own.schema)).collect();
        self.tree.all(rules)
    }

    /// Returns the number of leading positions with their own schemas.
    pub(crate) fn prefix_len(arrays: &AlternativeArrays) -> usize {
        arrays.layers.iter().map(|layer| layer.prefix.len()).max().unwrap_or(0)
    }
}
