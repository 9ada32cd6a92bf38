//! JSON values that keep their spelling. They can contain duplicate names, and unusual spellings of numbers and
//! strings.

use std::fmt::Write;

use fastrand::Rng;
use serde_json::Value;

/// A JSON value with its spelling.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    /// `null`, `true`, `false` or a number, in its original spelling.
    Raw(String),
    /// A string, without escapes.
    Text(String),
    /// An array.
    List(Vec<Tree>),
    /// An object with its members in order. A name may occur several times.
    Object(Vec<(String, Tree)>),
}

impl Tree {
    /// Returns the tree of a value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Object(members) => {
                Self::Object(members.iter().map(|(name, value)| (name.clone(), Self::of(value))).collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Self::Raw(value.to_string()),
        }
    }

    /// Returns the number of values in this tree, including the root.
    pub fn size(&self) -> usize {
        1 + match self {
            Self::Raw(_) | Self::Text(_) => 0,
            Self::List(items) => items.iter().map(Self::size).sum(),
            Self::Object(members) => members.iter().map(|(_, value)| value.size()).sum(),
        }
    }

    /// Returns whether this value contains a number for which the validator is wrong (docs/adr/0001). Such a number has
    /// more digits than a double, or is outside the range of a double. Generated types compare such a number by its
    /// digits. The validator is also wrong about a number outside 64 bits that has an exponent. It calls this number an
    /// integer, but in draft 4 the number is no integer.
    pub fn is_beyond_validator(&self) -> bool {
        match self {
            Self::Raw(text) => {
                let Ok(double) = text.parse::<f64>() else { return false };
                let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
                let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
                let digits = digits.trim_matches('0');
                let is_rounded = 15 < digits.len() || (double == 0.0 && !digits.is_empty());
                let has_exponent = text.contains(['e', 'E']);
                // Doubles are exact enough for this comparison, because numbers close to the limit do not matter.
                is_rounded || double.is_infinite() || (has_exponent && i64::MAX as f64 <= double.abs())
            }
            Self::Text(_) => false,
            Self::List(items) => items.iter().any(Self::is_beyond_validator),
            Self::Object(members) => members.iter().any(|(_, value)| value.is_beyond_validator()),
        }
    }

    /// Returns the value with this number, in document order.
    pub fn at(&mut self, mut number: usize) -> Option<&mut Self> {
        if number == 0 {
            return Some(self);
        }
        number -= 1;
        let below: Box<dyn Iterator<Item = &mut Self> + '_> = match self {
            Self::Raw(_) | Self::Text(_) => return None,
            Self::List(items) => Box::new(items.iter_mut()),
            Self::Object(members) => Box::new(members.iter_mut().map(|(_, value)| value)),
        };
        for value in below {
            let size = value.size();
            if number < size {
                return value.at(number);
            }
            number -= size;
        }
        None
    }

    /// Writes the tree as JSON text. With `rng`, uses a random spelling.
    pub fn write(&self, out: &mut String, rng: Option<&mut Rng>) {
        match rng {
            Some(rng) => self.spell(out, rng),
            None => self.plain(out),
        }
    }

    fn plain(&self, out: &mut String) {
        match self {
            Self::Raw(text) => out.push_str(text),
            Self::Text(text) => quote(text, out),
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    item.plain(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    quote(name, out);
                    out.push(':');
                    value.plain(out);
                }
                out.push('}');
            }
        }
    }

    fn spell(&self, out: &mut String, rng: &mut Rng) {
        blank(out, rng);
        match self {
            Self::Raw(text) => out.push_str(text),
            Self::Text(text) => escape(text, out, rng),
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    item.spell(out, rng);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { "," });
                    blank(out, rng);
                    escape(name, out, rng);
                    blank(out, rng);
                    out.push(':');
                    value.spell(out, rng);
                }
                out.push('}');
            }
        }
        blank(out, rng);
    }
}

fn blank(out: &mut String, rng: &mut Rng) {
    if rng.u8(..8) == 0 {
        out.push_str(["  ", "\n", "\t", "\r\n "][rng.usize(..4)]);
    }
}

fn quote(text: &str, out: &mut String) {
    out.push_str(&Value::from(text).to_string());
}

fn escape(text: &str, out: &mut String, rng: &mut Rng) {
    if rng.u8(..4) != 0 {
        return quote(text, out);
    }
    out.push('"');
    for c in text.chars() {
        let plain = c >= ' ' && c != '"' && c != '\\';
        if plain && rng.u8(..3) != 0 {
            out.push(c);
        } else if c == '/' {
            out.push_str("\\/");
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                write!(out, "\\u{unit:04X}").ok();
            }
        }
    }
    out.push('"');
}
