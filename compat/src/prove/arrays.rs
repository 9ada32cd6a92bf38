//! Proofs about arrays: positions, counts, uniqueness and `contains`.

use crate::alternatives::Alternative;
use crate::assertion::Assertion;
use crate::engine::Engine;
use crate::tree::{Contains, Id, Node};

impl Engine {
    /// Returns the first array assertion of the reader without a proof.
    pub(super) fn unmet_by_arrays(&mut self, alternative: &Alternative, node: &Node) -> Option<Assertion> {
        let (writer, reader) = (&alternative.arrays, &node.arrays);
        let needed = writer.contains.iter().map(|contains| contains.min).max().unwrap_or(0).max(writer.min);
        let is_longer = reader.max.is_some_and(|read| {
            writer.max.is_none_or(|max| read < max)
                && self.longest(alternative).is_none_or(|most| read < most)
        });
        if needed < reader.min || is_longer {
            return Some(Assertion::ItemCount);
        }
        if reader.unique && !writer.unique && !self.items_differ(alternative) {
            return Some(Assertion::UniqueItems);
        }
        // Positions after the end of the longest array need no proof, because no array has items there.
        let longest = writer.max;
        if !self.items_covered(alternative, &reader.prefix, reader.items, longest) {
            return Some(Assertion::Items);
        }
        let longest = if reader.contains.is_empty() { longest } else { self.longest(alternative) };
        if reader
            .contains
            .iter()
            .any(|contains| !self.contains_covered(alternative, contains, needed, longest))
        {
            return Some(Assertion::Contains);
        }
        if let Some(unevaluated) = reader.unevaluated {
            let longest = self.longest(alternative);
            if !self.unevaluated_items_covered(alternative, node, unevaluated, longest, 0) {
                return Some(Assertion::Unevaluated);
            }
        }
        None
    }

    /// Returns whether no two items can be equal. The function proves this only for arrays with few positions, if no
    /// two positions share a value.
    pub(crate) fn items_differ(&mut self, alternative: &Alternative) -> bool {
        /// The maximum number of positions that the function compares in pairs.
        const POSITIONS_MAX: u64 = 16;
        let Some(longest) = self.longest(alternative).filter(|longest| *longest <= POSITIONS_MAX) else {
            return false;
        };
        let items: Vec<Id> = (0..longest)
            .filter_map(|at| Some(self.item_schema(&alternative.arrays, usize::try_from(at).ok()?)))
            .collect();
        (0..items.len()).all(|b| {
            (0..b).all(|a| {
                let both = self.tree.all(vec![items[a], items[b]]);
                self.has_no_value(both, 0)
            })
        })
    }

    /// Returns a length that no array of the writer exceeds.
    pub(crate) fn longest(&mut self, alternative: &Alternative) -> Option<u64> {
        let arrays = &alternative.arrays;
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
                && self.items_covered_from(alternative, 0, contains.schema, None)
            {
                bounds.push(Some(max));
            }
        }
        // If a position accepts no value, the array ends before this position.
        for at in 0..prefix {
            let item = self.item_schema(arrays, at);
            if self.tree.is_false(item) {
                bounds.push(Some(at as u64));
            }
        }
        bounds.into_iter().flatten().min()
    }

    fn items_covered(
        &mut self,
        alternative: &Alternative,
        prefix: &[Id],
        items: Option<Id>,
        longest: Option<u64>,
    ) -> bool {
        for (at, schema) in prefix.iter().enumerate() {
            if longest.is_some_and(|longest| longest <= at as u64) {
                return true;
            }
            let written = self.item_schema(&alternative.arrays, at);
            if !self.covers(written, *schema) {
                return false;
            }
        }
        items.is_none_or(|items| self.items_covered_from(alternative, prefix.len(), items, longest))
    }

    /// Returns whether one schema covers every item from a position on.
    pub(super) fn items_covered_from(
        &mut self,
        alternative: &Alternative,
        from: usize,
        schema: Id,
        longest: Option<u64>,
    ) -> bool {
        let last = Self::prefix_len(&alternative.arrays).max(from);
        (from..=last).all(|at| {
            longest.is_some_and(|longest| longest <= at as u64) || {
                let written = self.item_schema(&alternative.arrays, at);
                self.covers(written, schema)
            }
        })
    }

    /// Returns whether too few items can match a schema that the array must contain.
    pub(super) fn cannot_contain(&mut self, alternative: &Alternative, contains: &Contains) -> bool {
        self.most_matching(alternative, contains.schema, alternative.arrays.max)
            .is_some_and(|most| most < contains.min)
    }

    fn contains_covered(
        &mut self,
        alternative: &Alternative,
        reader: &Contains,
        needed: u64,
        longest: Option<u64>,
    ) -> bool {
        let written = &alternative.arrays.contains;
        let enough = reader.min == 0
            || reader.min <= self.sure_to_match(alternative, reader.schema, needed)
            || written
                .iter()
                .any(|own| reader.min <= own.min && self.items_imply(alternative, own.schema, reader.schema));
        let few = reader.max.is_none_or(|max| {
            self.most_matching(alternative, reader.schema, longest).is_some_and(|most| most <= max)
                || written.iter().any(|own| {
                    own.max.is_some_and(|own| own <= max)
                        && self.items_imply(alternative, reader.schema, own.schema)
                })
        });
        enough && few
    }

    /// Returns whether every item that matches one schema also matches another.
    fn items_imply(&mut self, alternative: &Alternative, one: Id, other: Id) -> bool {
        self.covers(one, other)
            || (0..=Self::prefix_len(&alternative.arrays)).all(|at| {
                let item = self.item_schema(&alternative.arrays, at);
                let both = self.tree.all(vec![item, one]);
                self.covers(both, other)
            })
    }

    /// Returns a lower bound for the number of items that match a schema, in an array with at least `needed` items.
    fn sure_to_match(&mut self, alternative: &Alternative, schema: Id, needed: u64) -> u64 {
        let prefix = Self::prefix_len(&alternative.arrays);
        let mut sure = 0;
        for at in 0..=prefix {
            let many = if at < prefix { 1 } else { needed.saturating_sub(prefix as u64) };
            if (at as u64) < needed {
                let item = self.item_schema(&alternative.arrays, at);
                sure += if self.covers(item, schema) { many } else { 0 };
            }
        }
        sure
    }

    /// Returns an upper bound for the number of items that match a schema, if one is known.
    fn most_matching(&mut self, alternative: &Alternative, schema: Id, longest: Option<u64>) -> Option<u64> {
        let prefix = Self::prefix_len(&alternative.arrays);
        let mut most = 0_u64;
        for at in 0..=prefix {
            let left = longest.map(|longest| longest.saturating_sub(at as u64));
            let many = if at < prefix { Some(left.map_or(1, |left| left.min(1))) } else { left };
            if many == Some(0) {
                continue;
            }
            let item = self.item_schema(&alternative.arrays, at);
            let both = self.tree.all(vec![item, schema]);
            if self.has_no_value(both, 1) {
                continue;
            }
            // If all items are different, the array has at most one item for each possible value.
            let values = if alternative.arrays.unique { self.count_values(both) } else { None };
            most += match (many, values) {
                (Some(many), Some(values)) => many.min(values),
                (many, values) => many.or(values)?,
            };
        }
        Some(most)
    }
}
