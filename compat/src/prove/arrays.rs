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
    pub(crate) fn items_differ(&mut self, flat: &Flat) -> bool {
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
    pub(crate) fn longest(&mut self, flat: &Flat) -> Option<u64> {
        let arrays = &flat.arrays;
        let prefix = Self::prefix_len(arrays);
        let past = self.item_schema(arrays, prefix);
        let mut bounds = vec![arrays.max];
        if self.has_no_value(past, 0) {
            bounds.push(Some(prefix as u64));
        } else if arrays.unique
            && let Some(values) = self.count_values(past)
        {
            bounds.push(Some(prefix as u64 + values));
        }
        for contains in &arrays.contains {
            if let Some(max) = contains.max
                && self.items_covered_from(flat, 0, contains.schema, None)
            {
                bounds.push(Some(max));
            }
        }
        // One position that takes nothing ends the array before it.
        for at in 0..prefix {
            let item = self.item_schema(arrays, at);
            if self.tree.is_false(item) {
                bounds.push(Some(at as u64));
            }
        }
        bounds.into_iter().flatten().min()
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

    /// Tells whether no item can match what an array must contain.
    pub(super) fn cannot_contain(&mut self, flat: &Flat, contains: &Contains) -> bool {
        self.most_matching(flat, contains.schema, flat.arrays.max).is_some_and(|most| most < contains.min)
    }

    fn contains_covered(
        &mut self,
        flat: &Flat,
        reader: &Contains,
        needed: u64,
        longest: Option<u64>,
    ) -> bool {
        let written = &flat.arrays.contains;
        let enough = reader.min == 0
            || reader.min <= self.sure_to_match(flat, reader.schema, needed)
            || written
                .iter()
                .any(|own| reader.min <= own.min && self.items_imply(flat, own.schema, reader.schema));
        let few = reader.max.is_none_or(|max| {
            self.most_matching(flat, reader.schema, longest).is_some_and(|most| most <= max)
                || written.iter().any(|own| {
                    own.max.is_some_and(|own| own <= max) && self.items_imply(flat, reader.schema, own.schema)
                })
        });
        enough && few
    }

    /// Tells whether every item that matches one schema matches another.
    fn items_imply(&mut self, flat: &Flat, one: Id, other: Id) -> bool {
        self.covers(one, other)
            || (0..=Self::prefix_len(&flat.arrays)).all(|at| {
                let item = self.item_schema(&flat.arrays, at);
                let both = self.tree.all(vec![item, one]);
                self.covers(both, other)
            })
    }

    /// Returns how many items are sure to match a schema, of an array of this many at least.
    fn sure_to_match(&mut self, flat: &Flat, schema: Id, needed: u64) -> u64 {
        let prefix = Self::prefix_len(&flat.arrays);
        let mut sure = 0;
        for at in 0..=prefix {
            let many = if at < prefix { 1 } else { needed.saturating_sub(prefix as u64) };
            if (at as u64) < needed {
                let item = self.item_schema(&flat.arrays, at);
                sure += if self.covers(item, schema) { many } else { 0 };
            }
        }
        sure
    }

    /// Returns how many items can match a schema, when that is bounded.
    fn most_matching(&mut self, flat: &Flat, schema: Id, longest: Option<u64>) -> Option<u64> {
        let prefix = Self::prefix_len(&flat.arrays);
        let mut most = 0_u64;
        for at in 0..=prefix {
            let left = longest.map(|longest| longest.saturating_sub(at as u64));
            let many = if at < prefix { Some(left.map_or(1, |left| left.min(1))) } else { left };
            if many == Some(0) {
                continue;
            }
            let item = self.item_schema(&flat.arrays, at);
            let both = self.tree.all(vec![item, schema]);
            if self.has_no_value(both, 1) {
                continue;
            }
            // Different items are no more than the values there are.
            let values = if flat.arrays.unique { self.count_values(both) } else { None };
            most += match (many, values) {
                (Some(many), Some(values)) => many.min(values),
                (many, values) => many.or(values)?,
            };
        }
        Some(most)
    }
}
