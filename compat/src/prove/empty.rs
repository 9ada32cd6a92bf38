//! Proves that an alternative accepts nothing, and that two schemas share no value.

use serde_json::Value;

use crate::alternatives::Alternative;
use crate::engine::Engine;
use crate::format;
use crate::number::Decimal;
use crate::tree::{Id, Types};
use crate::truth::Truth;

/// The maximum depth of nested subtractions in which the engine still examines negations.
const NEGATIONS_DEPTH_MAX: usize = 3;

/// The maximum depth of nested nodes that the engine examines to prove that a node is empty. A small depth is enough,
/// because discriminators are near the top of an event.
const DEPTH_MAX: usize = 6;

impl Engine {
    /// Returns whether an alternative is known to accept nothing.
    pub(crate) fn is_empty(&mut self, alternative: &Alternative) -> bool {
        self.is_empty_within(alternative, 0)
    }

    /// Returns whether an alternative is known to share no value with a node.
    pub(crate) fn is_disjoint(&mut self, alternative: &Alternative, other: Id) -> bool {
        if alternative.not.iter().any(|not| not.class() == other.class()) {
            return true;
        }
        if let Some(values) = &alternative.values
            && values.iter().all(|value| self.accepts_listed(other, alternative, value) == Truth::No)
        {
            return true;
        }
        let others = self.alternatives(other);
        if !self.spend(1 + others.len() as u64) {
            return false;
        }
        others.iter().all(|other| {
            let both = alternative.and(other);
            self.is_empty_within(&both, 0)
        })
    }

    fn is_empty_within(&mut self, alternative: &Alternative, depth: usize) -> bool {
        if !self.spend(1) {
            return false;
        }
        if let Some(values) = &alternative.values {
            return values.iter().all(|value| !self.may_list(alternative, value));
        }
        alternative.types.each().all(|one| self.has_none_of_type(alternative, one, depth))
    }

    fn has_none_of_type(&mut self, alternative: &Alternative, one: Types, depth: usize) -> bool {
        // Subtract the negated schemas, one after the other. If no value is left, the alternative is empty.
        if !alternative.not.is_empty() && self.subtraction_depth() < NEGATIONS_DEPTH_MAX {
            let only = alternative.only(one);
            if self.without_negations(&only).is_empty() {
                return true;
            }
        }
        match one {
            Types::NUMBER => alternative.numbers.is_empty(),
            Types::STRING => {
                let strings = &alternative.strings;
                let (min, max) = self.lengths(strings);
                max.is_some_and(|max| max < min)
                    || ((1 < strings.patterns.len() || !strings.none.is_empty())
                        && self.has_no_texts(strings))
            }
            Types::ARRAY => self.has_no_arrays(alternative, depth),
            Types::OBJECT => self.has_no_objects(alternative, depth),
            _ => false,
        }
    }

    fn has_no_arrays(&mut self, alternative: &Alternative, depth: usize) -> bool {
        let arrays = &alternative.arrays;
        let needed = arrays.contains.iter().map(|contains| contains.min).max().unwrap_or(0).max(arrays.min);
        if arrays.max.is_some_and(|max| max < needed) {
            return true;
        }
        if DEPTH_MAX < depth {
            return false;
        }
        if arrays.unique && 1 < needed && arrays.layers.iter().all(|layer| layer.prefix.is_empty()) {
            let item = self.item_schema(arrays, 0);
            if self.count_values(item).is_some_and(|values| values < needed) {
                return true;
            }
        }
        if arrays
            .contains
            .iter()
            .any(|contains| 0 < contains.min && self.cannot_contain(alternative, contains))
        {
            return true;
        }
        // If a required position accepts no value, the array has no value.
        let positions = needed.min(Self::prefix_len(arrays) as u64 + 1);
        (0..usize::try_from(positions).unwrap_or(0)).any(|at| {
            let item = self.item_schema(arrays, at);
            self.has_no_value(item, depth + 1)
        })
    }

    fn has_no_objects(&mut self, alternative: &Alternative, depth: usize) -> bool {
        let objects = &alternative.objects;
        if objects.max.is_some_and(|max| max < alternative.min_properties()) {
            return true;
        }
        if DEPTH_MAX < depth {
            return false;
        }
        objects.required.iter().any(|name| {
            let schema = self.property_schema(objects, name);
            self.has_no_value(schema, depth + 1)
                || objects.names.iter().any(|names| self.accepts(*names, &Value::from(&**name)) == Truth::No)
        })
    }

    /// Returns whether a node is known to accept nothing.
    ///
    /// If the same node occurs again inside itself, the engine assumes that the inner node has no value. This is sound:
    /// if the node had values, it would have a smallest value, and no smaller value of the node could be inside it. So
    /// a node that accepts only an endless `{"a": {"a": …}}` has no value.
    pub(crate) fn has_no_value(&mut self, id: Id, depth: usize) -> bool {
        if self.tree.is_false(id) || self.prover.assumed_empty.contains(&id) {
            return true;
        }
        if self.tree.is_true(id) {
            return false;
        }
        let mark = self.prover.proof_order.len();
        self.prover.assumed_empty.push(id);
        let alternatives = self.alternatives(id);
        let is_empty = alternatives.iter().all(|alternative| self.is_empty_within(alternative, depth));
        self.prover.assumed_empty.pop();
        if !is_empty {
            // The proofs since the mark may depend on the assumption that the node has no value.
            self.forget_proofs_since(mark);
        }
        is_empty
    }

    /// Returns whether an alternative may accept a value that it lists, in any spelling of the value.
    pub(crate) fn may_list(&mut self, alternative: &Alternative, value: &Value) -> bool {
        self.of_any_spelling(alternative, value, |engine| engine.alternative_accepts(alternative, value))
            != Truth::No
    }

    /// Returns whether an alternative accepts a value, according to its own assertions.
    pub(crate) fn alternative_accepts(&mut self, alternative: &Alternative, value: &Value) -> Truth {
        if !alternative.types.has(Types::of(value)) {
            return Truth::No;
        }
        let mut truth = match value {
            Value::Null | Value::Bool(_) => Truth::Yes,
            Value::Number(number) => {
                Decimal::of(number).map_or(Truth::Unknown, |d| Truth::of(alternative.numbers.contains(&d)))
            }
            Value::String(text) => {
                let length = text.chars().count() as u64;
                let mut truth = Truth::of(
                    alternative.strings.min <= length
                        && alternative.strings.max.is_none_or(|max| length <= max),
                );
                for pattern in &alternative.strings.patterns {
                    truth = truth.and(self.patterns.is_match(pattern, text));
                }
                for pattern in &alternative.strings.none {
                    truth = truth.and(self.patterns.is_match(pattern, text).not());
                }
                if truth != Truth::No {
                    truth = truth.and(format::all_accept(&alternative.strings.formats, text));
                }
                truth
            }
            Value::Array(items) => {
                let length = items.len() as u64;
                let fits = alternative.arrays.min <= length
                    && alternative.arrays.max.is_none_or(|max| length <= max);
                Truth::of(fits).and(self.items_accepted(alternative, items))
            }
            Value::Object(members) => {
                let size = members.len() as u64;
                let fits = alternative.objects.min <= size
                    && alternative.objects.max.is_none_or(|max| size <= max)
                    && alternative.objects.required.iter().all(|name| members.contains_key(&**name));
                let mut truth = Truth::of(fits);
                for (name, value) in members {
                    let schema = self.property_schema(&alternative.objects, name);
                    truth = truth.and(self.accepts(schema, value));
                    for names in &alternative.objects.names {
                        truth = truth.and(self.accepts(*names, &Value::from(name.as_str())));
                    }
                }
                truth.and(Truth::Unknown)
            }
        };
        for not in alternative.not.iter() {
            truth = truth.and(self.accepts(*not, value).not());
        }
        truth
    }

    fn items_accepted(&mut self, alternative: &Alternative, items: &[Value]) -> Truth {
        let mut truth = Truth::Unknown;
        for (at, item) in items.iter().enumerate() {
            let schema = self.item_schema(&alternative.arrays, at);
            truth = truth.and(self.accepts(schema, item));
        }
        truth
    }
}
