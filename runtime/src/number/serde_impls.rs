//! Reads and writes numbers with serde.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use super::{Number, Repr};
use crate::decimal::Decimal;
use crate::json_text::deserialize_text;
use crate::known_formats::{SerdeJson, holds_i128, serialize_raw};
use crate::lexer::SmallDecimal;

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text(deserializer, |text, _| {
            Self::parse(text).map_err(|_| "a JSON value that is not a number".to_owned())
        })
    }
}

impl Serialize for Number {
    /// Keeps all digits with serde_json. Other formats get an integer or a float. If neither has the exact value,
    /// serialization fails.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Repr::Integer(small) => serializer.serialize_i64(*small),
            Repr::Float(float) => serializer.serialize_f64(*float),
            Repr::Decimal(decimal) => {
                serialize_digits(decimal.format(&mut [0; SmallDecimal::BYTES_MAX]), serializer)
            }
            Repr::Text(digits) => serialize_digits(digits, serializer),
        }
    }
}

/// Passes the digits of a number to a serializer.
fn serialize_digits<S: Serializer>(digits: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match SerdeJson::of::<S>() {
        Some(SerdeJson::Text) => return serialize_raw(digits, serializer),
        Some(SerdeJson::Value) => {
            // Without the feature `arbitrary_precision`, a number of serde_json is an integer or a float.
            let number = serde_json::from_str::<serde_json::Number>(digits);
            let is_exact = number.is_ok_and(|number| is_equal(&number.to_string(), digits));
            return if is_exact { serialize_raw(digits, serializer) } else { inexact(digits) };
        }
        None => {}
    }
    if let Ok(integer) = digits.parse::<u64>() {
        return serializer.serialize_u64(integer);
    }
    // An integer cannot hold the sign of `-0`.
    if let Ok(integer) = digits.parse::<i128>()
        && integer != 0
    {
        if let Ok(small) = i64::try_from(integer) {
            return serializer.serialize_i64(small);
        }
        if holds_i128::<S>() {
            return serializer.serialize_i128(integer);
        }
    }
    match digits.parse::<f64>() {
        Ok(float) if float.is_finite() && is_equal(&format!("{float:?}"), digits) => {
            serializer.serialize_f64(float)
        }
        Ok(_) | Err(_) => inexact(digits),
    }
}

fn is_equal(a: &str, b: &str) -> bool {
    Decimal::parse(a) == Decimal::parse(b)
}

fn inexact<T, E: serde::ser::Error>(digits: &str) -> Result<T, E> {
    Err(E::custom(format_args!("the format cannot hold the number `{digits}` exactly")))
}
