use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::decimal::Decimal;
use crate::tokens;

/// A JSON number that keeps its value, whatever its size and however many its digits.
///
/// Two numbers are equal when their values are: `1`, `1.0` and `10e-1`.
///
/// ```
/// use evschema_runtime::Number;
/// let price = Number::try_from(19.99)?;
/// assert_eq!(price.to_f64(), 19.99);
/// assert_eq!(Number::parse("0.10000000000000000000001")?.to_string(), "0.10000000000000000000001");
/// # Ok::<(), evschema_runtime::NotANumber>(())
/// ```
#[derive(Clone)]
pub struct Number(Form);

#[derive(Clone)]
enum Form {
    Small(i64),
    /// INVARIANT: finite, and its shortest decimal form is the value.
    Float(f64),
    /// INVARIANT: a number of RFC 8259, as it was written.
    Digits(Box<str>),
}

/// Why a value is not a JSON number: the text is none, or the float is not finite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotANumber;

impl Number {
    /// Reads a number as JSON writes it.
    ///
    /// # Errors
    ///
    /// When the text is no number of RFC 8259.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        if let Some(number) = Self::parse_short(text) {
            return Ok(number);
        }
        let value = Decimal::parse(text).ok_or(NotANumber)?;
        // `-0` is not an integer's form of zero: it keeps its sign when written as a float.
        if let Ok(small) = text.parse::<i64>()
            && text != "-0"
        {
            return Ok(Self(Form::Small(small)));
        }
        let has_fraction_or_exponent = text.contains(['.', 'e', 'E']);
        if has_fraction_or_exponent
            && let Ok(float) = text.parse::<f64>()
            && float.is_finite()
            && Decimal::parse(&format!("{float:e}")) == Some(value)
        {
            return Ok(Self(Form::Float(float)));
        }
        Ok(Self(Form::Digits(text.into())))
    }

    /// Reads a number of few digits without exponent, which is what events consist of.
    fn parse_short(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let split = unsigned.split_once('.');
        let (whole, fraction) = split.unwrap_or((unsigned, ""));
        let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let is_empty = whole.is_empty() || (split.is_some() && fraction.is_empty());
        let leading_zero = 1 < whole.len() && whole.starts_with('0');
        // So many decimal digits come back from a float whatever they are (`f64::DIGITS`).
        let is_short = whole.len() + fraction.len() <= 15;
        if !is_short || is_empty || leading_zero || !is_digits(whole) || !is_digits(fraction) || text == "-0"
        {
            return None;
        }
        if split.is_none() {
            return text.parse().ok().map(|small| Self(Form::Small(small)));
        }
        text.parse().ok().map(|float| Self(Form::Float(float)))
    }

    /// Returns the nearest float; a number beyond its range is infinite.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            // The nearest float is what the caller asks for.
            Form::Small(small) => *small as f64,
            Form::Float(float) => *float,
            Form::Digits(digits) => digits.parse().unwrap_or(f64::NAN),
        }
    }

    /// Returns the value, if it is an integer in this range.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Form::Small(small) => Some(*small),
            Form::Float(_) | Form::Digits(_) => self.decimal()?.to_i64(),
        }
    }

    /// Tells whether the value has no fraction.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Form::Small(_) => true,
            Form::Float(_) | Form::Digits(_) => self.decimal().is_some_and(|d| d.is_integer()),
        }
    }

    fn decimal(&self) -> Option<Decimal> {
        Decimal::parse(&self.to_string())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Small(small) => small.fmt(f),
            // Debug writes `1.0` and `1e300` where Display writes `1` and 300 zeros.
            Form::Float(float) => write!(f, "{float:?}"),
            Form::Digits(digits) => f.write_str(digits),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Form::Small(a), Form::Small(b)) => a == b,
            (Form::Float(a), Form::Float(b)) => a == b,
            _ => self.decimal() == other.decimal(),
        }
    }
}

impl Eq for Number {}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Form::Small(value))
    }
}

impl From<i32> for Number {
    fn from(value: i32) -> Self {
        Self(Form::Small(value.into()))
    }
}

impl From<u32> for Number {
    fn from(value: u32) -> Self {
        Self(Form::Small(value.into()))
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self(i64::try_from(value).map_or_else(|_| Form::Digits(value.to_string().into()), Form::Small))
    }
}

impl TryFrom<f64> for Number {
    type Error = NotANumber;
    fn try_from(value: f64) -> Result<Self, NotANumber> {
        if value.is_finite() { Ok(Self(Form::Float(value))) } else { Err(NotANumber) }
    }
}

impl std::str::FromStr for Number {
    type Err = NotANumber;
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        Self::parse(text)
    }
}

impl fmt::Display for NotANumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a JSON number")
    }
}

impl std::error::Error for NotANumber {}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Form::Small(small) => serializer.serialize_i64(*small),
            Form::Float(float) => serializer.serialize_f64(*float),
            Form::Digits(digits) => {
                // How serde_json's `RawValue` writes itself: the digits go out untouched.
                let mut raw = serializer.serialize_struct(tokens::RAW, 1)?;
                raw.serialize_field(tokens::RAW, &**digits)?;
                raw.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(tokens::RAW, NumberVisitor)
    }
}

struct NumberVisitor;

impl<'de> Visitor<'de> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    // A format that is not serde_json, or a buffer of serde's own: it hands over values.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Number, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_i64<E>(self, value: i64) -> Result<Number, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Number, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Number, E> {
        Number::try_from(value).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Number, A::Error> {
        let key: Option<std::borrow::Cow<'de, str>> = map.next_key()?;
        match key.as_deref() {
            Some(tokens::RAW | tokens::NUMBER) => {
                let text: std::borrow::Cow<'de, str> = map.next_value()?;
                Number::parse(&text).map_err(|_| {
                    de::Error::invalid_type(de::Unexpected::Other("another JSON value"), &"a number")
                })
            }
            Some(_) | None => Err(de::Error::invalid_type(de::Unexpected::Map, &"a number")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_back_from_text_and_value() {
        for text in ["0", "-7", "1.0", "0.1", "1e400", "12345678901234567890123", "0.10000000000000000000001"]
        {
            let number: Number = serde_json::from_str(text).unwrap();
            assert_eq!(number, Number::parse(text).unwrap());
            let back = serde_json::to_string(&number).unwrap();
            assert_eq!(Number::parse(&back).unwrap(), number, "{text}");
        }
        for text in ["\"1\"", "null", "[1]", "{\"a\":1}", "true"] {
            assert!(serde_json::from_str::<Number>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_short_way_agrees_with_the_long_one() {
        for text in
            ["0", "-1", "123456789012345", "0.1", "-19.99", "0.00000000000001", "1.0", "99999999999999.9"]
        {
            let short = Number::parse_short(text).unwrap();
            assert_eq!(Decimal::parse(&short.to_string()), Decimal::parse(text), "{text}");
        }
        for text in ["-0", "01", "1.", ".5", "1e2", "1234567890123456", "", "-", "1.2.3", "+1"] {
            assert!(Number::parse_short(text).is_none(), "{text}");
        }
    }

    #[test]
    fn integers_and_floats() {
        assert_eq!(Number::from(3), Number::try_from(3.0).unwrap());
        assert_eq!(Number::parse("1e2").unwrap().as_i64(), Some(100));
        assert!(!Number::parse("0.5").unwrap().is_integer());
        assert!(Number::try_from(f64::NAN).is_err());
        assert_eq!(Number::from(u64::MAX).to_string(), "18446744073709551615");
    }
}
