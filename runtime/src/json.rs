use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::error::Error;
use crate::json_text::deserialize_text;
use crate::lexer::Lexer;
use crate::number::Number;
use crate::reject::{Reason, Reject};

mod hash;

pub(crate) use hash::{hash, hash_string};

/// A JSON object whose properties all have one type.
pub type Map<T> = BTreeMap<String, T>;

/// Like [`Map`], but borrows names without escapes from the event.
pub type MapRef<'a, T> = BTreeMap<Cow<'a, str>, T>;

/// Any JSON value. Numbers keep all their digits.
///
/// Generated types use `Json` if the schema allows any value, or if no Rust type can express the rules of the schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Json {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object.
    Object(Map<Json>),
}

/// The type of a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number without a fraction, such as `1` or `1.0`.
    Integer,
    /// A number with a fraction.
    Fraction,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Json {
    /// Maximum depth of nested arrays and objects, so that no input exhausts the stack.
    pub const NESTING_MAX: usize = Lexer::NESTING_MAX;

    /// Parses a JSON text.
    ///
    /// # Errors
    ///
    /// If the text is not JSON, has a duplicate property, or nests too deeply.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut lexer = Lexer::new(text);
        let value = Self::read_from(&mut lexer).and_then(|value| lexer.end().map(|()| value));
        value.map_err(|reject| Error::not_json(text.as_bytes(), reject))
    }

    /// Reads the value at the current position.
    pub(crate) fn read_from(lexer: &mut Lexer<'_>) -> Result<Self, Reject> {
        Ok(match lexer.peek() {
            b'"' => Self::String(lexer.string()?.into_owned()),
            b'{' => {
                lexer.enter()?;
                let mut properties = Map::new();
                while let Some((name, _)) = lexer.next_property(properties.is_empty())? {
                    let value = Self::read_from(lexer)?;
                    if properties.insert(name.into_owned(), value).is_some() {
                        return lexer.reject(Reason::Duplicate);
                    }
                }
                Self::Object(properties)
            }
            b'[' => {
                lexer.enter()?;
                let mut items = Vec::new();
                while lexer.next_element(items.is_empty())? {
                    items.push(Self::read_from(lexer)?);
                }
                Self::Array(items)
            }
            b't' | b'f' => Self::Bool(lexer.bool()?),
            b'n' => {
                lexer.take_word("null")?;
                Self::Null
            }
            _ => Self::Number(Number::of(&lexer.number().or_else(|_| lexer.unexpected())?)),
        })
    }

    /// Returns the type of the value.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Bool,
            Self::Number(number) if number.is_integer() => Kind::Integer,
            Self::Number(_) => Kind::Fraction,
            Self::String(_) => Kind::String,
            Self::Array(_) => Kind::Array,
            Self::Object(_) => Kind::Object,
        }
    }

    /// Returns a property of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(properties) => properties.get(name),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Array(_) => None,
        }
    }

    /// Returns the string, if the value is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Array(_) | Self::Object(_) => None,
        }
    }

    /// Returns the items, if the value is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Object(_) => None,
        }
    }

    /// Returns the properties, if the value is an object.
    pub fn as_object(&self) -> Option<&Map<Self>> {
        match self {
            Self::Object(properties) => Some(properties),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Array(_) => None,
        }
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident),*) => {$(
        impl From<$type> for Json {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}
from!(bool => Bool, i32 => Number, i64 => Number, u64 => Number, &str => String, String => String, Number => Number);

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(bool) => Self::Bool(bool),
            // The text of a number of serde_json is always a JSON number.
            serde_json::Value::Number(number) => {
                Number::parse(&number.to_string()).map_or(Self::Null, Self::Number)
            }
            serde_json::Value::String(text) => Self::String(text),
            serde_json::Value::Array(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            serde_json::Value::Object(properties) => {
                Self::Object(properties.into_iter().map(|(name, value)| (name, value.into())).collect())
            }
        }
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(bool) => serializer.serialize_bool(*bool),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => items.serialize(serializer),
            Self::Object(properties) => properties.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text(deserializer, |text, _| Self::parse(text).map_err(|error| error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_value_survives_a_round_trip() {
        let text =
            r#"{"a":[1,-0.0,1e400,12345678901234567890123,"\u0001é\"\\",true,null,{}],"b":[],"":{"c":{}}}"#;
        let json: Json = serde_json::from_str(text).unwrap();
        let again: Json = serde_json::from_str(&serde_json::to_string(&json).unwrap()).unwrap();
        assert_eq!(json, again);
        let digits = serde_json::to_string(&json).unwrap();
        assert!(digits.contains("1e400") && digits.contains("12345678901234567890123"), "{digits}");
    }

    #[test]
    fn white_space_between_tokens_is_skipped() {
        let json: Json = serde_json::from_str(" { \"a\" : [ 1 , 2 ] ,\n\t\"b\" : { } } ").unwrap();
        assert_eq!(serde_json::to_string(&json).unwrap(), r#"{"a":[1,2],"b":{}}"#);
    }

    #[test]
    fn deep_nesting_is_rejected() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert!(serde_json::from_str::<Json>(&deep).is_err());
        let fits = "[".repeat(100) + &"]".repeat(100);
        assert!(serde_json::from_str::<Json>(&fits).is_ok());
    }
}
