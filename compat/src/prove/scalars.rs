//! Proofs about strings, and lists of values for types with few values.

use serde_json::{Map, Value};

use crate::alternatives::Alternative;
use crate::assertion::Assertion;
use crate::engine::Engine;
use crate::format;
use crate::number::Numbers;
use crate::tree::{Id, Node, Strings, Types, normalized};

/// The maximum number of integers that the engine lists for an interval.
const LISTED_MAX: usize = 256;

/// The maximum number of values that the engine lists for a string, an array or an object.
const VALUES_MAX: usize = 64;

/// The maximum number of strings that the engine lists for a pattern, and their maximum length.
const WORDS_MAX: usize = 32;
const WORD_CHARS_MAX: u64 = 40;

/// The maximum length of arrays whose values the engine lists.
const ITEMS_MAX: usize = 6;

/// The maximum depth of listed values.
const VALUES_DEPTH_MAX: usize = 4;

impl Engine {
    /// Returns the first string assertion of the reader without a proof.
    pub(super) fn unmet_by_strings(&mut self, alternative: &Alternative, node: &Node) -> Option<Assertion> {
        let (writer, reader) = (&alternative.strings, &node.strings);
        let (min, max) = self.lengths(writer);
        let shorter = min < reader.min;
        let longer = reader.max.is_some_and(|read| max.is_none_or(|written| read < written));
        if shorter || longer {
            let outside = [
                shorter.then(|| (writer.min, Some(reader.min - 1))),
                longer.then(|| (writer.min.max(reader.max.unwrap_or(0) + 1), writer.max)),
            ];
            if !outside.into_iter().flatten().all(|(min, max)| self.has_no_texts_between(writer, min, max)) {
                return Some(Assertion::Lengths);
            }
        }
        for pattern in reader.patterns.iter().filter(|pattern| !writer.patterns.contains(pattern)) {
            if !self.all_match(writer, pattern) {
                return Some(Assertion::Pattern(pattern.clone()));
            }
        }
        let unmet = reader.formats.iter().find(|format| !self.all_are_of(writer, format));
        unmet.map(|format| Assertion::Format(format.clone()))
    }

    /// Returns whether all these strings certainly match a pattern.
    fn all_match(&mut self, strings: &Strings, pattern: &str) -> bool {
        let none: Vec<String> = strings.none.iter().cloned().chain([pattern.to_owned()]).collect();
        // Formats and lengths make the search slower, so the first attempt ignores them.
        if self.patterns.is_empty(&strings.patterns, &none) {
            return true;
        }
        let every = strings.with_formats();
        (every.len() != strings.patterns.len() && self.patterns.is_empty(&every, &none))
            || self.patterns.is_empty_between(&every, &none, strings.min, strings.max)
    }

    /// Returns whether all these strings certainly have a format.
    pub(crate) fn all_are_of(&mut self, strings: &Strings, format: &str) -> bool {
        let implies = |own: &String| {
            own == format || format::language(own).is_some_and(|language| language.implies.contains(&format))
        };
        if strings.formats.iter().any(implies) {
            return true;
        }
        let Some(language) = format::language(format) else { return false };
        !language.under.is_empty() && language.under.iter().all(|pattern| self.all_match(strings, pattern))
    }

    /// Returns a lower and an upper bound for the length of all strings. The bounds come from lengths, formats and
    /// patterns.
    pub(super) fn lengths(&mut self, strings: &Strings) -> (u64, Option<u64>) {
        let Strings { min, max, patterns, formats, .. } = strings;
        if *min == 0 && max.is_none() && patterns.is_empty() && formats.is_empty() {
            return (0, None);
        }
        let by_format = formats.iter().map(|own| format::lengths(own));
        let by_pattern = patterns.iter().map(|pattern| self.patterns.lengths(pattern));
        by_format.chain(by_pattern).fold((*min, *max), |(min, max), (own_min, own_max)| {
            (min.max(own_min), max.zip(own_max).map(|(a, b)| a.min(b)).or(max).or(own_max))
        })
    }

    /// Returns whether certainly no such string exists.
    pub(super) fn has_no_texts(&mut self, strings: &Strings) -> bool {
        self.patterns.is_empty(&strings.patterns, &strings.none)
            || (strings.formats_meet_others()
                && self.patterns.is_empty(&strings.with_formats(), &strings.none))
            || ((0 < strings.min || strings.max.is_some())
                && self.has_no_texts_between(strings, strings.min, strings.max))
    }

    fn has_no_texts_between(&mut self, strings: &Strings, min: u64, max: Option<u64>) -> bool {
        let (own_min, own_max) = self.lengths(strings);
        max.is_some_and(|max| max < own_min.max(min))
            || own_max.is_some_and(|own| own < min)
            || (!(strings.patterns.is_empty() && strings.none.is_empty())
                && self.patterns.is_empty_between(&strings.patterns, &strings.none, min, max))
            || (strings.formats_meet_others()
                && self.patterns.is_empty_between(&strings.with_formats(), &strings.none, min, max))
    }

    /// Returns the values of an alternative, if it is known to have few values.
    pub(crate) fn finite_values(&mut self, alternative: &Alternative) -> Option<Vec<Value>> {
        if let Some(values) = &alternative.values {
            return Some(values.iter().filter(|value| self.may_list(alternative, value)).cloned().collect());
        }
        let values = match alternative.types {
            Types::NULL => vec![Value::Null],
            Types::BOOLEAN => vec![Value::Bool(false), Value::Bool(true)],
            Types::NUMBER => few_numbers(&alternative.numbers)?,
            Types::STRING => self.few_texts(&alternative.strings)?,
            Types::ARRAY => self.few_arrays(alternative)?,
            Types::OBJECT => self.few_objects(alternative)?,
            _ => return None,
        };
        if alternative.not.is_empty() {
            return Some(values);
        }
        Some(values.into_iter().filter(|value| self.may_list(alternative, value)).collect())
    }

    fn few_texts(&mut self, strings: &Strings) -> Option<Vec<Value>> {
        let (_, longest) = self.lengths(strings);
        if longest == Some(0) {
            return Some(vec![Value::from("")]);
        }
        if strings.patterns.is_empty() || longest.is_none_or(|longest| WORD_CHARS_MAX < longest) {
            return None;
        }
        let words = self.patterns.words(&strings.patterns, &strings.none, WORDS_MAX)?;
        Some(words.into_iter().map(Value::String).collect())
    }

    fn few_arrays(&mut self, alternative: &Alternative) -> Option<Vec<Value>> {
        if alternative.arrays.layers.is_empty() && alternative.arrays.max != Some(0) {
            return None;
        }
        let longest =
            usize::try_from(self.longest(alternative)?).ok().filter(|longest| *longest <= ITEMS_MAX)?;
        let mut all = vec![Vec::new()];
        let mut found = vec![Value::Array(Vec::new())];
        for at in 0..longest {
            let schema = self.item_schema(&alternative.arrays, at);
            let items = self.few_values(schema)?;
            if VALUES_MAX < all.len() * items.len() {
                return None;
            }
            all = all
                .iter()
                .flat_map(|before| {
                    items.iter().map(move |item| [before.as_slice(), std::slice::from_ref(item)].concat())
                })
                .collect();
            found.extend(all.iter().cloned().map(Value::Array));
        }
        found.retain(|value| self.may_list(alternative, value));
        Some(found)
    }

    fn few_objects(&mut self, alternative: &Alternative) -> Option<Vec<Value>> {
        if alternative.objects.layers.iter().all(|layer| layer.additional.is_none())
            && alternative.objects.names.is_empty()
            && alternative.objects.max != Some(0)
        {
            return None;
        }
        let names =
            if alternative.objects.max == Some(0) { Vec::new() } else { self.possible_names(alternative)? };
        let mut all = vec![Map::new()];
        for name in names {
            let schema = self.property_schema(&alternative.objects, &name);
            let values = self.few_values(schema)?;
            if VALUES_MAX < all.len() * (values.len() + 1) {
                return None;
            }
            let mut next =
                if alternative.objects.required.contains(&name) { Vec::new() } else { all.clone() };
            for before in &all {
                for value in &values {
                    let mut object = before.clone();
                    object.insert(name.to_string(), value.clone());
                    next.push(object);
                }
            }
            all = next;
        }
        let mut found: Vec<Value> = all.into_iter().map(Value::Object).collect();
        found.retain(|value| self.may_list(alternative, value));
        Some(found)
    }

    /// Returns the values of a node, if they are few.
    pub(crate) fn few_values(&mut self, schema: Id) -> Option<Vec<Value>> {
        if !self.spend(1) || VALUES_DEPTH_MAX < self.prover.listing_depth {
            return None;
        }
        self.prover.listing_depth += 1;
        let found = self.few_values_of(schema);
        self.prover.listing_depth -= 1;
        found
    }

    fn few_values_of(&mut self, schema: Id) -> Option<Vec<Value>> {
        let mut found: Vec<Value> = Vec::new();
        for alternative in self.alternatives(schema).iter() {
            for one in alternative.types.each() {
                for value in self.finite_values(&alternative.only(one))? {
                    let value = normalized(&value);
                    if !found.contains(&value) {
                        found.push(value);
                    }
                }
                if VALUES_MAX < found.len() {
                    return None;
                }
            }
        }
        Some(found)
    }

    /// Returns an upper bound for the number of values of a node, if the values are few.
    pub(super) fn count_values(&mut self, schema: Id) -> Option<u64> {
        self.few_values(schema).map(|values| values.len() as u64)
    }
}

fn few_numbers(numbers: &Numbers) -> Option<Vec<Value>> {
    if let (Some(min), Some(max)) = (&numbers.min, &numbers.max)
        && min == max
        && !min.exclusive
    {
        let only = &min.value;
        return Some(numbers.contains(only).then(|| Value::Number(only.to_number())).into_iter().collect());
    }
    let (step, mut next, last) = (numbers.step.clone()?, numbers.first()?, numbers.last()?);
    let mut values = Vec::new();
    let mut steps = 0;
    while next <= last {
        steps += 1;
        if LISTED_MAX < steps {
            return None;
        }
        if numbers.contains(&next) {
            values.push(Value::Number(next.to_number()));
        }
        next = next.add(&step);
    }
    Some(values)
}
