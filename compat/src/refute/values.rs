//! Makes values that the listed values, the string assertions or the number assertions of a reader exclude.

use serde_json::Value;

use crate::alternatives::Alternative;
use crate::assertion::Assertion;
use crate::engine::Engine;
use crate::format;
use crate::number::{Decimal, Numbers};
use crate::sample::UNLIKELY_TEXTS;
use crate::tree::{Listed, Strings};
use crate::truth::Truth;

impl Engine {
    /// Makes values of an alternative that are not in a list.
    pub(super) fn unlisted_values(&mut self, alternative: &Alternative, listed: &Listed) -> Vec<Value> {
        let mut values = self.samples_of(alternative, listed.len().min(32) + 2);
        if let Some(own) = &alternative.values {
            values.extend(own.iter().filter(|value| !listed.contains(value)).take(8).cloned());
        }
        values.retain(|value| !listed.contains(value));
        values
    }

    pub(super) fn strings_outside(
        &mut self,
        alternative: &Alternative,
        reader: &Strings,
    ) -> Vec<(Vec<Value>, Assertion)> {
        let mut tries = Vec::new();
        let own = &alternative.strings;
        let mut around = Vec::new();
        if own.min < reader.min {
            around.push((own.min, Some(reader.min - 1)));
        }
        if let Some(max) = reader.max
            && own.max.is_none_or(|own| max < own)
        {
            around.push((max + 1, own.max));
        }
        for (min, max) in around {
            let window = Strings { min: own.min.max(min), max: max.or(own.max), ..Strings::clone(own) };
            tries.push((self.string_samples(&window, 4), Assertion::Lengths));
        }
        for pattern in &reader.patterns {
            let readable = self.examples_outside(own, pattern);
            if !readable.is_empty() {
                tries.push((readable, Assertion::Pattern(pattern.clone())));
                continue;
            }
            let mut values: Vec<Value> = self
                .patterns
                .find(&own.with_formats(), &none_of(own, pattern), own.min, own.max)
                .map(Value::String)
                .into_iter()
                .collect();
            values.extend(
                self.patterns.find_by_look_arounds(&own.patterns, pattern).into_iter().map(Value::String),
            );
            values.extend(self.string_samples(own, 6));
            values.extend(unlikely_texts(own));
            tries.push((values, Assertion::Pattern(pattern.clone())));
        }
        for format in &reader.formats {
            if own.formats.contains(format) {
                continue;
            }
            let mut values = self.string_samples(own, 4);
            values.extend(unlikely_texts(own));
            values.extend(format::near_misses(format).iter().map(|text| Value::from(*text)));
            let every = own.with_formats();
            for pattern in format::language(format).into_iter().flat_map(|language| &language.over) {
                let found = self.patterns.find(&every, &none_of(own, pattern), own.min, own.max);
                values.extend(found.map(Value::String));
            }
            values.retain(|value| value.as_str().is_some_and(|text| self.fits(own, text)));
            values.retain(|value| {
                value.as_str().is_some_and(|text| format::accepts(format, text) != Truth::Yes)
            });
            tries.push((values, Assertion::Format(format.clone())));
        }
        tries
    }

    /// Returns well-known strings of the writer's formats that do not match a pattern. These strings are easier to read
    /// than strings that an automaton finds.
    fn examples_outside(&mut self, own: &Strings, pattern: &str) -> Vec<Value> {
        let mut found = Vec::new();
        for text in own.formats.iter().flat_map(|format| format::examples(format)) {
            if self.fits(own, text) && self.patterns.is_match(pattern, text) == Truth::No {
                found.push(Value::from(*text));
            }
        }
        found
    }
}

/// Returns the patterns that the strings must not match, and `pattern`.
fn none_of(own: &Strings, pattern: &str) -> Vec<String> {
    own.none.iter().cloned().chain([pattern.to_owned()]).collect()
}

/// Returns strings that many formats reject, and that the writer's formats may accept.
fn unlikely_texts(own: &Strings) -> impl Iterator<Item = Value> {
    let is_likely = |text: &&&str| format::all_accept(&own.formats, text) != Truth::No;
    UNLIKELY_TEXTS.iter().filter(is_likely).map(|text| Value::from(*text))
}

/// Returns an equal value with its integers written with a fraction, such as `1.0`. Draft 4 does not accept such
/// numbers as integers. Returns `None` if the value has no integers.
pub(super) fn with_fractions(value: &Value) -> Option<Value> {
    match value {
        Value::Number(number) if !number.to_string().contains(['.', 'e', 'E']) => {
            format!("{number}.0").parse().ok().map(Value::Number)
        }
        Value::Array(items) => {
            let new: Vec<Option<Value>> = items.iter().map(with_fractions).collect();
            let is_other = new.iter().any(Option::is_some);
            let new = new.into_iter().zip(items).map(|(new, old)| new.unwrap_or_else(|| old.clone()));
            is_other.then(|| new.collect())
        }
        Value::Object(members) => {
            let new: Vec<Option<Value>> = members.values().map(with_fractions).collect();
            let is_other = new.iter().any(Option::is_some);
            let new = new
                .into_iter()
                .zip(members)
                .map(|(new, (name, old))| (name.clone(), new.unwrap_or_else(|| old.clone())));
            is_other.then(|| Value::Object(new.collect()))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// Returns numbers just outside the reader's bounds and steps.
pub(super) fn numbers_outside(writer: &Numbers, reader: &Numbers) -> Vec<Decimal> {
    let step = writer.step.clone().unwrap_or_else(Decimal::one);
    let mut found = Vec::new();
    for bound in [&reader.min, &reader.max].into_iter().flatten() {
        for value in [bound.value.clone(), bound.value.add(&step), bound.value.sub(&step)] {
            found.extend([value.floor_to(&step), value.ceil_to(&step), value]);
        }
        for other in [&writer.min, &writer.max].into_iter().flatten() {
            found.push(bound.value.midpoint(&other.value));
        }
    }
    if let Some(theirs) = &reader.step {
        let half = theirs.midpoint(&Decimal::zero());
        for base in [Decimal::zero(), Decimal::one()].into_iter().chain(writer.first()).chain(writer.last()) {
            for value in [base.add(&half), base.add(&step), base.add(&step).add(&step), base.sub(&step)] {
                found.push(value);
            }
        }
        if let (Some(min), Some(max)) = (&writer.min, &writer.max) {
            found.push(min.value.midpoint(&max.value));
        }
    }
    found
}
