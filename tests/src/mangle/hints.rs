//! The values in a schema. An event with a similar value may get another verdict.

use serde_json::Value;

/// The numbers, lengths, strings and names in a schema.
#[derive(Debug, Default)]
pub struct Hints {
    pub(super) numbers: Vec<String>,
    pub(super) lengths: Vec<usize>,
    pub(super) texts: Vec<String>,
    pub(super) names: Vec<String>,
    /// The enumerated values of any type.
    pub(super) values: Vec<Value>,
}

/// Maximum length of a string or array that reaches a limit of the schema.
const LENGTH_MAX: u64 = 5_000;

impl Hints {
    /// Adds the values in a schema.
    pub fn add(&mut self, schema: &Value) {
        match schema {
            Value::Object(members) => {
                for (keyword, value) in members {
                    self.keyword(keyword, value);
                    self.add(value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.add(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn keyword(&mut self, keyword: &str, value: &Value) {
        match (keyword, value) {
            ("minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf", value)
                if value.is_number() =>
            {
                self.numbers.push(value.to_string());
            }
            (
                "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties",
                value,
            ) => {
                let length = value.as_u64().filter(|length| *length <= LENGTH_MAX);
                self.lengths.extend(length.and_then(|length| usize::try_from(length).ok()));
            }
            ("enum" | "examples", Value::Array(listed)) => listed.iter().for_each(|value| self.listed(value)),
            ("const" | "default" | "example", value) => self.listed(value),
            (
                "properties" | "patternProperties" | "dependencies" | "dependentRequired",
                Value::Object(named),
            ) => {
                self.names.extend(named.keys().cloned());
            }
            _ => {}
        }
    }

    fn listed(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.texts.push(text.clone()),
            Value::Number(number) => self.numbers.push(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {}
        }
        self.values.push(value.clone());
    }
}
