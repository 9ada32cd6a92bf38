//! The values in two documents. Drawn events contain these values and similar values.

use fastrand::Rng;
use serde_json::{Number, Value};

/// Maximum number of values of each kind.
const KEPT_MAX: usize = 512;

/// The values in documents.
#[derive(Debug, Default)]
pub(super) struct Hints {
    numbers: Vec<Number>,
    strings: Vec<String>,
    names: Vec<String>,
    /// Whole values: enumerated values, constants, examples and defaults.
    values: Vec<Value>,
}

impl Hints {
    /// Returns the values in schemas.
    pub(super) fn of<'v>(schemas: impl IntoIterator<Item = &'v Value>) -> Self {
        let mut hints = Self::default();
        for schema in schemas {
            hints.collect(schema);
        }
        hints.strings.sort();
        hints.strings.dedup();
        hints.names.sort();
        hints.names.dedup();
        hints
    }

    fn collect(&mut self, value: &Value) {
        match value {
            Value::Number(number) if self.numbers.len() < KEPT_MAX => self.numbers.push(number.clone()),
            Value::String(text) if self.strings.len() < KEPT_MAX => self.strings.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            Value::Object(members) => {
                for (name, member) in members {
                    if name == "properties" && self.names.len() < KEPT_MAX {
                        self.names.extend(member.as_object().into_iter().flat_map(|all| all.keys().cloned()));
                    }
                    if matches!(name.as_str(), "const" | "default") && self.values.len() < KEPT_MAX {
                        self.values.push(member.clone());
                    }
                    if let ("enum" | "examples", Value::Array(all)) = (name.as_str(), member) {
                        self.values.extend(all.iter().take(KEPT_MAX).cloned());
                    }
                    self.collect(member);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// Returns a number from the documents, with all its digits.
    pub(super) fn number(&self, rng: &mut Rng) -> Option<&Number> {
        rng.choice(&self.numbers)
    }

    /// Returns a string from the documents, or an unusual string.
    pub(super) fn text(&self, rng: &mut Rng) -> String {
        const ODD: [&str; 12] = ["", "a", "0", " ", "é", "𝔸", "a b", "A", "-", "2024-02-30", "x\ny", "null"];
        if rng.u8(..3) == 0 {
            return rng.choice(ODD).unwrap_or_default().to_owned();
        }
        rng.choice(&self.strings).cloned().unwrap_or_default()
    }

    /// Returns a property name that is declared somewhere, or an unknown name.
    pub(super) fn name(&self, rng: &mut Rng) -> String {
        match rng.u8(..4) {
            0 => format!("extra{}", rng.u8(..9)),
            1 => self.text(rng),
            _ => rng.choice(&self.names).cloned().unwrap_or_else(|| format!("other{}", rng.u8(..9))),
        }
    }

    /// Returns any value.
    pub(super) fn value(&self, rng: &mut Rng) -> Value {
        match rng.u8(..9) {
            0 => Value::Null,
            1 => Value::Bool(rng.bool()),
            2 => self.number(rng).cloned().map_or_else(|| Value::from(rng.i64(-3..12)), Value::Number),
            3 => Value::from(rng.i64(-3..12)),
            4 => Value::from(f64::from(rng.i32(-40..40)) / 4.0),
            5 => Value::String(self.text(rng)),
            6 => Value::Array(vec![]),
            7 => Value::Object(serde_json::Map::new()),
            _ => rng.choice(&self.values).cloned().unwrap_or(Value::Null),
        }
    }
}
