//! Shows that an alternative accepts nothing, and that two schemas share nothing.

use serde_json::Value;

use crate::engine::Engine;
use crate::eval::Truth;
use crate::flat::Flat;
use crate::format;
use crate::number::Decimal;
use crate::tree::{Id, Types};

/// Deepest subtraction in which negations are still looked into.
const NEGATIONS_DEPTH_MAX: usize = 3;

/// How far down emptiness is looked for: discriminators are near the top.
const DEPTH_MAX: usize = 6;

impl Engine {
    /// Tells whether an alternative is known to accept nothing.
    pub(crate) fn is_empty(&mut self, flat: &Flat) -> bool {
        self.is_empty_within(flat, 0)
    }

    /// Tells whether an alternative is known to share nothing with a node.
    pub(crate) fn is_disjoint(&mut self, flat: &Flat, other: Id) -> bool {
        if flat.not.iter().any(|not| not.class() == other.class()) {
            return true;
        }
        if let Some(values) = &flat.values
            && values.iter().all(|value| self.accepts_listed(other, flat, value) == Truth::No)
        {
            return true;
        }
        let others = self.flats(other);
        if !self.spend(1 + others.len() as u64) {
            return false;
        }
        others.iter().all(|other| {
            let both = flat.and(other);
            self.is_empty_within(&both, 0)
        })
    }

    fn is_empty_within(&mut self, flat: &Flat, depth: usize) -> bool {
        if !self.spend(1) {
            return false;
        }
        if let Some(values) = &flat.values {
            return values.iter().all(|value| !self.may_list(flat, value));
        }
        flat.types.each().all(|one| self.has_none_of_type(flat, one, depth))
    }

    fn has_none_of_type(&mut self, flat: &Flat, one: Types, depth: usize) -> bool {
        // What is left when the negations are taken away, one after the other.
        if !flat.not.is_empty() && self.subtracting < NEGATIONS_DEPTH_MAX {
            let only = flat.only(one);
            if self.without_negations(&only).is_empty() {
                return true;
            }
        }
        match one {
            Types::NUMBER => flat.numbers.is_empty(),
            Types::STRING => {
                let strings = &flat.strings;
                let (min, max) = self.lengths(strings);
                max.is_some_and(|max| max < min)
                    || ((1 < strings.patterns.len() || !strings.none.is_empty())
                        && self.has_no_texts(strings))
            }
            Types::ARRAY => self.has_no_arrays(flat, depth),
            Types::OBJECT => self.has_no_objects(flat, depth),
            _ => false,
        }
    }

    fn has_no_arrays(&mut self, flat: &Flat, depth: usize) -> bool {
        let arrays = &flat.arrays;
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
        if arrays.contains.iter().any(|contains| 0 < contains.min && self.cannot_contain(flat, contains)) {
            return true;
        }
        // Each position that must be there must have a value.
        let positions = needed.min(Self::prefix_len(arrays) as u64 + 1);
        (0..usize::try_from(positions).unwrap_or(0)).any(|at| {
            let item = self.item_schema(arrays, at);
            self.has_no_value(item, depth + 1)
        })
    }

    fn has_no_objects(&mut self, flat: &Flat, depth: usize) -> bool {
        let objects = &flat.objects;
        if objects.max.is_some_and(|max| max < flat.min_properties()) {
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

    /// Tells whether a node is known to accept nothing.
    ///
    /// A node met again further in is taken to have none: were there a value, there would be a
    /// smallest one, and it holds no smaller one. So `{"a": {"a": …}}` without end is no value.
    pub(crate) fn has_no_value(&mut self, id: Id, depth: usize) -> bool {
        if self.tree.is_false(id) || self.emptying.contains(&id) {
            return true;
        }
        if self.tree.is_true(id) {
            return false;
        }
        let mark = self.trail.len();
        self.emptying.push(id);
        let flats = self.flats(id);
        let is_empty = flats.iter().all(|flat| self.is_empty_within(flat, depth));
        self.emptying.pop();
        if !is_empty {
            // What was proven since may rest on what was assumed.
            self.take_back(mark);
        }
        is_empty
    }

    /// Tells whether an alternative may accept a value of its list, in some spelling.
    pub(crate) fn may_list(&mut self, flat: &Flat, value: &Value) -> bool {
        self.of_any_spelling(flat, value, |engine| engine.flat_accepts(flat, value)) != Truth::No
    }

    /// Tells whether an alternative accepts a value, by what it says itself.
    pub(crate) fn flat_accepts(&mut self, flat: &Flat, value: &Value) -> Truth {
        if !flat.types.has(Types::of(value)) {
            return Truth::No;
        }
        let mut truth = match value {
            Value::Null | Value::Bool(_) => Truth::Yes,
            Value::Number(number) => {
                Decimal::of(number).map_or(Truth::Unknown, |d| Truth::of(flat.numbers.contains(&d)))
            }
            Value::String(text) => {
                let length = text.chars().count() as u64;
                let mut truth =
                    Truth::of(flat.strings.min <= length && flat.strings.max.is_none_or(|max| length <= max));
                for pattern in &flat.strings.patterns {
                    truth = truth.and(self.patterns.is_match(pattern, text));
                }
                for pattern in &flat.strings.none {
                    truth = truth.and(self.patterns.is_match(pattern, text).not());
                }
                if truth != Truth::No {
                    truth = truth.and(format::all_accept(&flat.strings.formats, text));
                }
                truth
            }
            Value::Array(items) => {
                let length = items.len() as u64;
                let fits = flat.arrays.min <= length && flat.arrays.max.is_none_or(|max| length <= max);
                Truth::of(fits).and(self.items_accepted(flat, items))
            }
            Value::Object(members) => {
                let size = members.len() as u64;
                let fits = flat.objects.min <= size
                    && flat.objects.max.is_none_or(|max| size <= max)
                    && flat.objects.required.iter().all(|name| members.contains_key(&**name));
                let mut truth = Truth::of(fits);
                for (name, value) in members {
                    let schema = self.property_schema(&flat.objects, name);
                    truth = truth.and(self.accepts(schema, value));
                    for names in &flat.objects.names {
                        truth = truth.and(self.accepts(*names, &Value::from(name.as_str())));
                    }
                }
                truth.and(Truth::Unknown)
            }
        };
        for not in flat.not.iter() {
            truth = truth.and(self.accepts(*not, value).not());
        }
        truth
    }

    fn items_accepted(&mut self, flat: &Flat, items: &[Value]) -> Truth {
        let mut truth = Truth::Unknown;
        for (at, item) in items.iter().enumerate() {
            let schema = self.item_schema(&flat.arrays, at);
            truth = truth.and(self.accepts(schema, item));
        }
        truth
    }
}
