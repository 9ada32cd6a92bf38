//! Parses JSON (RFC 8259), rejects duplicate property names, and limits the nesting.
//!
//! `serde_json` parses the text and limits the nesting; [`crate::limits::NESTING_MAX`] is its limit. The visitor here
//! rejects duplicate names, because a plain `Value` silently keeps only the last one.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value};

use crate::diagnostic::{Code, Diagnostic};
use crate::position::Position;

/// Parses an event or any other JSON text, and rejects duplicate property names.
///
/// # Errors
///
/// If the bytes are not UTF-8, are not JSON, nest too deeply, or have a duplicate property name.
pub fn parse_event(bytes: &[u8]) -> Result<Value, Diagnostic> {
    parse(bytes).map(|(_, value)| value)
}

pub(crate) fn parse(bytes: &[u8]) -> Result<(&str, Value), Diagnostic> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = error.valid_up_to();
        let before = String::from_utf8_lossy(&bytes[..good]);
        Diagnostic::new(Code::NotUtf8, format!("invalid UTF-8 at byte {good}"))
            .position(Some(Position::of(&before, good, 0)))
            .help("save the file as UTF-8")
    })?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| explain(text, &error))?;
    Ok((text, value))
}

const DUPLICATE: &str = "duplicate property ";

fn explain(text: &str, error: &serde_json::Error) -> Diagnostic {
    let offset = offset_of(text, error.line(), error.column());
    let full_message = error.to_string();
    let message = full_message.split(" at line ").next().unwrap_or(&full_message).to_owned();
    let (code, help) = if message.starts_with(DUPLICATE) {
        (Code::DuplicateKey, "keep one of the two properties")
    } else if message.starts_with("recursion limit") {
        (Code::TooDeep, "nest arrays and objects less deeply")
    } else {
        (Code::NotJson, "correct the JSON here (RFC 8259: no comments, no trailing commas)")
    };
    let message = if code == Code::TooDeep {
        format!("arrays and objects nest deeper than {} levels", crate::limits::NESTING_MAX)
    } else {
        message
    };
    Diagnostic::new(code, message).position(Some(Position::of(text, offset, 1))).help(help)
}

// serde_json counts columns in bytes. The column of an error is that of the last byte that it read.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    start + column.saturating_sub(1)
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Strict)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = map.next_key_seed(Key)? {
            let Some(name) = key else {
                // serde_json passes a number with all its digits as an object with this special name.
                let digits = map.next_value::<String>()?;
                return digits.parse().map(Value::Number).map_err(de::Error::custom);
            };
            match members.entry(name) {
                Entry::Vacant(place) => place.insert(map.next_value_seed(Strict)?),
                Entry::Occupied(taken) => {
                    return Err(de::Error::custom(format_args!("{DUPLICATE}`{}`", taken.key())));
                }
            };
        }
        Ok(Value::Object(members))
    }
}

/// The name of a property; `None` if it is the special name before the digits of a number.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<String>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<String>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<String>, E> {
        Ok((name != NUMBER_TOKEN).then(|| name.to_owned()))
    }
}

// This name is private to serde_json, but part of its data format since the feature `arbitrary_precision` exists. If
// the name changes, a test below fails.
const NUMBER_TOKEN: &str = "$serde_json::private::Number";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        let text = r#"{"a":[12345678901234567890123,0.10000000000000000000001,1e+400,-0]}"#;
        assert_eq!(parse_event(text.as_bytes()).unwrap().to_string(), text);
    }

    #[test]
    fn invalid_json_is_rejected_with_its_position() {
        let deep = "[".repeat(200);
        for (text, code, at) in [
            (&b"{\n \"a\": 1,\n \"a\": 2}"[..], Code::DuplicateKey, "3:4"),
            (b"{\"a\": 1,}", Code::NotJson, "1:9"),
            (b"", Code::NotJson, "1:1"),
            (b"{} {}", Code::NotJson, "1:4"),
            (b"{\"\xff\":1}", Code::NotUtf8, "1:3"),
            (b"[1, // no\n2]", Code::NotJson, "1:5"),
            (deep.as_bytes(), Code::TooDeep, "1:128"),
        ] {
            let diagnostic = parse_event(text).unwrap_err();
            assert_eq!((diagnostic.code, diagnostic.position.unwrap().to_string()), (code, at.to_owned()));
        }
    }
}
