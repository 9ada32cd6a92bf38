//! Evaluates a value against a node, with a three-valued answer.
//!
//! The engine uses this evaluation to drop bad candidates before the validator examines the rest. The answer is
//! `Unknown` if it depends on a format or pattern that the engine cannot evaluate. It is also `Unknown` if it depends
//! on which properties other keywords have evaluated.

use serde_json::{Map, Value};

use crate::alternatives::Alternative;
use crate::engine::Engine;
use crate::format;
use crate::number::Decimal;
use crate::tree::{Id, Listed, Node, Types, normalized};
use crate::truth::Truth;

/// The maximum depth of nested applicators and children.
const DEPTH_MAX: usize = 256;

fn is_listed(values: &Listed, value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => values.contains(value),
        Value::Number(_) | Value::Array(_) | Value::Object(_) => values.contains(&normalized(value)),
    }
}

impl Engine {
    /// Returns whether a node accepts a value.
    pub(crate) fn accepts(&mut self, id: Id, value: &Value) -> Truth {
        self.eval(id, value, 0)
    }

    fn eval(&mut self, id: Id, value: &Value, depth: usize) -> Truth {
        let node = self.tree.shared(id);
        // At the top level, a scalar value or a lookup in an `enum` costs no fuel. An `enum` has only as many values as
        // the author wrote.
        let is_plain = !value.is_object() && !value.is_array();
        let is_free = depth == 0 && (is_plain || node.values.is_some());
        if DEPTH_MAX < depth || !(is_free || self.spend(1)) {
            return Truth::Unknown;
        }
        if !node.types.has(Types::of(value)) {
            return Truth::No;
        }
        if let Some(values) = &node.values
            && !is_listed(values, value)
        {
            return Truth::No;
        }
        let own = match value {
            Value::Null | Value::Bool(_) => Truth::Yes,
            Value::Number(_) if node.numbers.is_any() => Truth::Yes,
            Value::Number(number) => match Decimal::of(number) {
                Some(decimal) => {
                    let spelt =
                        if node.numbers.requires_lexeme { self.requires_lexeme(number) } else { Truth::Yes };
                    Truth::of(node.numbers.contains(&decimal)).and(spelt)
                }
                None => Truth::Unknown,
            },
            Value::String(text) => self.eval_string(&node, text),
            Value::Array(items) => self.eval_array(&node, items, depth),
            Value::Object(members) => self.eval_object(&node, value, members, depth),
        };
        if own == Truth::No {
            return Truth::No;
        }
        own.and(self.eval_applicators(&node, value, depth))
    }

    /// Returns whether a node accepts a listed value of the writer, in every spelling. `enum` compares numbers by
    /// value, so a writer that lists `1` may send `1.0`. Only draft 4 does not accept `1.0` as an integer.
    pub(crate) fn accepts_listed(&mut self, id: Id, alternative: &Alternative, value: &Value) -> Truth {
        self.of_any_spelling(alternative, value, |engine| engine.accepts(id, value))
    }

    /// Runs `answer` so that it treats a listed value of an alternative as all of its spellings.
    pub(crate) fn of_any_spelling(
        &mut self,
        alternative: &Alternative,
        value: &Value,
        answer: impl FnOnce(&mut Self) -> Truth,
    ) -> Truth {
        let before = self.is_any_spelling;
        self.is_any_spelling = !(value.is_number() && alternative.numbers.requires_lexeme);
        let truth = answer(self);
        self.is_any_spelling = before;
        truth
    }

    /// Returns whether a number is written without a fraction and without an exponent. Draft 4 requires this for
    /// integers.
    fn requires_lexeme(&self, number: &serde_json::Number) -> Truth {
        if self.is_any_spelling {
            return Truth::Unknown;
        }
        Truth::of(!number.to_string().contains(['.', 'e', 'E']))
    }

    fn eval_applicators(&mut self, node: &Node, value: &Value, depth: usize) -> Truth {
        let mut truth = if node.unsupported.is_some() { Truth::Unknown } else { Truth::Yes };
        if let Some(place) = &node.place {
            truth = truth.and(self.eval(place.schema, value, depth + 1));
            // The engine does not know which properties a tolerant reader has removed.
            if place.reader.is_some() {
                return truth.and(Truth::Unknown);
            }
            // If no other schemas may hold, no other schema can declare properties.
            let is_sure = place.maybe.is_empty();
            truth = truth.and(match self.is_declared(place.schema, value) {
                Truth::Yes => Truth::Yes,
                Truth::No if is_sure => Truth::No,
                Truth::No | Truth::Unknown => Truth::Unknown,
            });
        }
        for part in &node.all_of {
            truth = truth.and(self.eval(*part, value, depth + 1));
        }
        if let Some(recursive_ref) = node.recursive_ref {
            truth = truth.and(match self.tree.recursive_target(recursive_ref) {
                Some(target) => self.eval(target, value, depth + 1),
                None => Truth::Unknown,
            });
        }
        for union in &node.any_of {
            let (yes, unknown) = self.tally(union, value, depth);
            truth = truth.and(if 0 < yes {
                Truth::Yes
            } else if 0 < unknown {
                Truth::Unknown
            } else {
                Truth::No
            });
        }
        for union in &node.one_of {
            let (yes, unknown) = self.tally(union, value, depth);
            truth = truth.and(match (yes, unknown) {
                (1, 0) => Truth::Yes,
                (0, 0) | (2.., _) => Truth::No,
                (0 | 1, _) => Truth::Unknown,
            });
        }
        for not in &node.not {
            truth = truth.and(self.eval(*not, value, depth + 1).not());
        }
        for condition in &node.conditions {
            let mut branch =
                |part: Option<Id>| part.map_or(Truth::Yes, |part| self.eval(part, value, depth + 1));
            let tested = branch(Some(condition.test));
            truth = truth.and(match tested {
                Truth::Yes => branch(condition.then),
                Truth::No => branch(condition.otherwise),
                Truth::Unknown => {
                    let (then, otherwise) = (branch(condition.then), branch(condition.otherwise));
                    if then == otherwise { then } else { Truth::Unknown }
                }
            });
        }
        truth
    }

    fn tally(&mut self, union: &[Id], value: &Value, depth: usize) -> (usize, usize) {
        let mut counts = (0, 0);
        for branch in union {
            match self.eval(*branch, value, depth + 1) {
                Truth::Yes => counts.0 += 1,
                Truth::Unknown => counts.1 += 1,
                Truth::No => {}
            }
        }
        counts
    }

    fn eval_string(&mut self, node: &Node, text: &str) -> Truth {
        let strings = &node.strings;
        let length = text.chars().count() as u64;
        let mut truth = Truth::of(strings.min <= length && strings.max.is_none_or(|max| length <= max));
        for pattern in &strings.patterns {
            truth = truth.and(self.patterns.is_match(pattern, text));
        }
        for pattern in &strings.none {
            truth = truth.and(self.patterns.is_match(pattern, text).not());
        }
        if strings.formats.is_empty() || truth == Truth::No {
            return truth;
        }
        truth.and(format::all_accept(&strings.formats, text))
    }

    fn eval_array(&mut self, node: &Node, items: &[Value], depth: usize) -> Truth {
        let arrays = &node.arrays;
        let length = items.len() as u64;
        let mut truth = Truth::of(arrays.min <= length && arrays.max.is_none_or(|max| length <= max));
        if arrays.unique {
            let normal: Vec<Value> = items.iter().map(normalized).collect();
            let repeats = (1..normal.len()).any(|at| normal[..at].contains(&normal[at]));
            truth = truth.and(Truth::of(!repeats));
        }
        for (at, item) in items.iter().enumerate() {
            if truth == Truth::No {
                return Truth::No;
            }
            if let Some(schema) = arrays.prefix.get(at).copied().or(arrays.items) {
                truth = truth.and(self.eval(schema, item, depth + 1));
            }
        }
        for contains in &arrays.contains {
            let (mut yes, mut unknown) = (0_u64, 0_u64);
            for item in items {
                match self.eval(contains.schema, item, depth + 1) {
                    Truth::Yes => yes += 1,
                    Truth::Unknown => unknown += 1,
                    Truth::No => {}
                }
            }
            let fits = |many: u64| contains.min <= many && contains.max.is_none_or(|max| many <= max);
            truth = truth.and(match (fits(yes), fits(yes + unknown)) {
                (true, true) if unknown == 0 || contains.max.is_none() => Truth::Yes,
                (false, false) if unknown == 0 => Truth::No,
                _ => Truth::Unknown,
            });
        }
        if arrays.unevaluated.is_some() { truth.and(Truth::Unknown) } else { truth }
    }

    fn eval_object(
        &mut self,
        node: &Node,
        whole: &Value,
        members: &Map<String, Value>,
        depth: usize,
    ) -> Truth {
        let objects = &node.objects;
        let size = members.len() as u64;
        let mut truth = Truth::of(
            objects.min <= size
                && objects.max.is_none_or(|max| size <= max)
                && objects.required.iter().all(|name| members.contains_key(&**name)),
        );
        for (name, value) in members {
            if truth == Truth::No {
                return Truth::No;
            }
            let mut ruled = false;
            if let Some(schema) = objects.properties.of(name) {
                truth = truth.and(self.eval(schema, value, depth + 1));
                ruled = true;
            }
            let mut unsure = false;
            for (pattern, schema) in objects.patterns.iter() {
                match self.patterns.is_match(pattern, name) {
                    Truth::Yes => {
                        truth = truth.and(self.eval(*schema, value, depth + 1));
                        ruled = true;
                    }
                    Truth::No => {}
                    Truth::Unknown => unsure = true,
                }
            }
            if unsure {
                truth = truth.and(Truth::Unknown);
            } else if !ruled && let Some(additional) = objects.additional {
                truth = truth.and(self.eval(additional, value, depth + 1));
            }
            if let Some(names) = objects.names {
                truth = truth.and(self.eval(names, &Value::from(name.as_str()), depth + 1));
            }
        }
        for (name, needed) in &objects.dependent_required {
            if members.contains_key(&**name) {
                truth = truth.and(Truth::of(needed.iter().all(|name| members.contains_key(&**name))));
            }
        }
        for (name, schema) in objects.dependent_schemas.iter() {
            if members.contains_key(&**name) {
                truth = truth.and(self.eval(*schema, whole, depth + 1));
            }
        }
        if objects.unevaluated.is_some() { truth.and(Truth::Unknown) } else { truth }
    }
}
