//! Strings, and the types of few values.

use serde_json::Value;

use super::Assertion;
use crate::engine::Engine;
use crate::eval::Truth;
use crate::flat::Flat;
use crate::pattern::Answer;
use crate::tree::{Node, Types};

/// Most values of an interval of integers that are listed.
const LISTED_MAX: usize = 256;

impl Engine {
    pub(super) fn unmet_by_strings(&mut self, flat: &Flat, node: &Node) -> Option<Assertion> {
        let (writer, reader) = (&flat.strings, &node.strings);
        let shorter = writer.min < reader.min;
        let longer = reader.max.is_some_and(|read| writer.max.is_none_or(|written| read < written));
        if (shorter || longer) && !self.patterns_bound(flat, reader.min, reader.max) {
            return Some(Assertion::Lengths);
        }
        for pattern in &reader.patterns {
            let holds = writer.patterns.contains(pattern)
                || self.patterns.is_within(&writer.patterns, pattern) == Answer::Yes;
            if !holds {
                return Some(Assertion::Pattern(pattern.clone()));
            }
        }
        reader
            .formats
            .iter()
            .find(|format| !writer.formats.contains(format))
            .map(|format| Assertion::Format(format.clone()))
    }

    /// Tells whether the writer's patterns keep its strings within a length already.
    fn patterns_bound(&mut self, flat: &Flat, min: u64, max: Option<u64>) -> bool {
        /// Longest bound that is written out as a pattern.
        const BOUND_MAX: u64 = 512;
        if flat.strings.patterns.is_empty() || BOUND_MAX < min.max(max.unwrap_or(0)) {
            return false;
        }
        let max = max.map_or(String::new(), |max| max.to_string());
        let window = format!(r"^[\s\S]{{{min},{max}}}$");
        self.patterns.is_within(&flat.strings.patterns, &window) == Answer::Yes
    }

    /// Lists the values of an alternative, when it is known to have few.
    pub(super) fn finite_values(&mut self, flat: &Flat) -> Option<Vec<Value>> {
        if let Some(values) = &flat.values {
            return Some(
                values.iter().filter(|value| self.flat_accepts(flat, value) != Truth::No).cloned().collect(),
            );
        }
        if flat.types == Types::NULL {
            return Some(vec![Value::Null]);
        }
        if flat.types == Types::BOOLEAN {
            return Some(vec![Value::Bool(false), Value::Bool(true)]);
        }
        if flat.types == Types::NUMBER {
            let (step, mut next, last) =
                (flat.numbers.step.clone()?, flat.numbers.first()?, flat.numbers.last()?);
            let mut values = Vec::new();
            while next <= last {
                if LISTED_MAX < values.len() {
                    return None;
                }
                values.push(Value::Number(next.to_number()));
                next = next.add(&step);
            }
            return Some(values);
        }
        if flat.types == Types::STRING && flat.strings.max == Some(0) {
            return Some(vec![Value::from("")]);
        }
        None
    }
}
