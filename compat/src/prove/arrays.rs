//! Arrays: positions, counts, uniqueness, `contains`.

use super::Assertion;
use crate::engine::Engine;
use crate::flat::Flat;
use crate::tree::{Contains, Id, Node};

impl Engine {
    pub(super) fn unmet_by_arrays(&mut self, flat: &Flat, node: &Node) -> Option<Assertion> {
        let (writer, reader) = (&flat.arrays, &node.arrays);
        let needed = writer.contains.iter().map(|contains| contains.min).max().unwrap_or(0).max(writer.min);
        let is_longer = reader.max.is_some_and(|read| {
            writer.max.is_none_or(|max| read < max) && self.longest(flat).is_none_or(|most| read < most)
        });
        if needed < reader.min || is_longer {
            return Some(Assertion::ItemCount);
        }
        if reader.unique && !writer.unique && !self.items_differ(flat) {
            return Some(Assertion::UniqueItems);
        }
        // Items past the longest array are covered anyway: they have no values.
        let longest = writer.max;
        if !self.items_covered(flat, &reader.prefix, reader.items, longest) {
            return Some(Assertion::Items);
        }
        let longest = if reader.contains.is_empty() { longest } else { self.longest(flat) };
        if reader.contains.iter().any(|contains| !self.contains_covered(flat, contains, needed, longest)) {
            return Some(Assertion::Contains);
        }
        if let Some(unevaluated) = reader.unevaluated {
            let longest = self.longest(flat);
            if !self.unevaluated_items_covered(flat, node, unevaluated, longest, 0) {
                return Some(Assertion::Unevaluated);
            }
        }
        None
    }

    /// Tells whether no two items can be equal: few positions, no two of which share a value.
    fn items_differ(&mut self, flat: &Flat) -> bool {
        /// Most positions that are held against each other.
        const POSITIONS_MAX: u64 = 16;
        let Some(longest) = self.longest(flat).filter(|longest| *longest <= POSITIONS_MAX) else {
            return false;
        };
        let items: Vec<Id> = (0..longest)
            .filter_map(|at| Some(self.item_schema(&flat.arrays, usize::try_from(at).ok()?)))
            .collect();
        (0..items.len()).all(|b| {
            (0..b).all(|a| {
                let both = self.tree.all(vec![items[a], items[b]]);
                self.has_no_value(both, 0)
            })
        })
    }

    /// Returns the length that no array of the writer exceeds.
    fn longest(&mut self, flat: &Flat) -> Option<u64> {
        let arrays = &flat.arrays;
        let closed_after = Self::prefix_len(arrays);
        let past = self.item_schema(arrays, closed_after);
        let by_items = if self.has_no_value(past, 0) { Some(closed_after as u64) } else { None };
        match (arrays.max, by_items) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    fn items_covered(&mut self, flat: &Flat, prefix: &[Id], items: Option<Id>, longest: Option<u64>) -> bool {
        for (at, schema) in prefix.iter().enumerate() {
            if longest.is_some_and(|longest| longest <= at as u64) {
                return true;
            }
            let written = self.item_schema(&flat.arrays, at);
            if !self.covers(written, *schema) {
                return false;
            }
        }
        items.is_none_or(|items| self.items_covered_from(flat, prefix.len(), items, longest))
    }

    /// Tells whether every item from a position on is covered by one schema.
    pub(super) fn items_covered_from(
        &mut self,
        flat: &Flat,
        from: usize,
        schema: Id,
        longest: Option<u64>,
    ) -> bool {
        let last = Self::prefix_len(&flat.arrays).max(from);
        (from..=last).all(|at| {
            longest.is_some_and(|longest| longest <= at as u64) || {
                let written = self.item_schema(&flat.arrays, at);
                self.covers(written, schema)
            }
        })
    }

    fn contains_covered(
        &mut self,
        flat: &Flat,
        reader: &Contains,
        needed: u64,
        longest: Option<u64>,
    ) -> bool {
        let written = flat.arrays.contains.clone();
        let all_match = self.items_covered_from(flat, 0, reader.schema, longest);
        let enough = reader.min == 0
            || (all_match && reader.min <= needed)
            || written.iter().any(|own| reader.min <= own.min && self.covers(own.schema, reader.schema));
        let few = reader.max.is_none_or(|max| {
            longest.is_some_and(|longest| longest <= max)
                || written.iter().any(|own| {
                    own.max.is_some_and(|own| own <= max) && self.covers(reader.schema, own.schema)
                })
        });
        enough && few
    }
}
