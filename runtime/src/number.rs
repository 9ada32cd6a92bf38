use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::cursor::{Digits, Scaled};
use crate::decimal::Decimal;
use crate::tokens;

/// A JSON number that keeps its exact value, with any size and any number of digits.
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
    /// INVARIANT: read from a number with a fraction, that is no zero below zero.
    Scaled(Scaled),
    /// INVARIANT: a number of RFC 8259, as it was written.
    Long(Box<str>),
}

/// The error for a text that is not a JSON number, or a float that is not finite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotANumber;

impl Number {
    /// Parses a JSON number.
    ///
    /// # Errors
    ///
    /// When the text is not a number of RFC 8259.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        let mut cursor = crate::Cursor::of_text(text);
        match cursor.digits() {
            Ok(digits) if digits.text.len() == text.len() => Ok(Self::of(&digits)),
            Ok(_) | Err(_) => Err(NotANumber),
        }
    }

    /// Returns the number that a cursor has read.
    #[inline]
    pub(crate) fn of(digits: &Digits<'_>) -> Self {
        match digits.scaled {
            // `-0` and `-0.0` keep their sign, which no integer has.
            Some(scaled) if scaled.mantissa != 0 || !digits.text.starts_with('-') => Self(match scaled {
                Scaled { mantissa, scale: 0 } => Form::Small(mantissa),
                Scaled { .. } => Form::Scaled(scaled),
            }),
            Some(_) | None => Self::long(digits),
        }
    }

    /// Keeps the digits as they are: they are looked at when somebody asks for the value.
    #[cold]
    fn long(digits: &Digits<'_>) -> Self {
        let text = digits.text;
        if digits.is_plain
            && let Some(small) = text.parse().ok().filter(|_| text != "-0")
        {
            return Self(Form::Small(small));
        }
        Self(Form::Long(text.into()))
    }

    /// Returns the nearest float; a number beyond its range is infinite.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            // The nearest float is what the caller asks for.
            Form::Small(small) => *small as f64,
            Form::Float(float) => *float,
            Form::Scaled(scaled) => scaled.to_f64(),
            Form::Long(digits) => digits.parse().unwrap_or(f64::NAN),
        }
    }

    /// Returns the value, if it is an integer in this range.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Form::Small(small) => Some(*small),
            Form::Scaled(scaled) => {
                (scaled.mantissa % scaled.unit() == 0).then(|| scaled.mantissa / scaled.unit())
            }
            Form::Float(_) | Form::Long(_) => self.decimal()?.to_i64(),
        }
    }

    /// Returns whether the value has no fraction.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Form::Small(_) => true,
            Form::Scaled(scaled) => scaled.mantissa % scaled.unit() == 0,
            Form::Float(_) | Form::Long(_) => self.decimal().is_some_and(|d| d.is_integer()),
        }
    }

    /// Adds what equal numbers share to a hash.
    pub(crate) fn hash_value(&self, hasher: &mut impl std::hash::Hasher) {
        use std::hash::Hash;
        match &self.0 {
            Form::Small(small) => small.hash(hasher),
            Form::Float(_) | Form::Scaled(_) | Form::Long(_) => match self.as_i64() {
                Some(small) => small.hash(hasher),
                None => self.decimal().hash(hasher),
            },
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
            Form::Scaled(scaled) => f.write_str(scaled.written(&mut [0; Scaled::BYTES_MAX])),
            Form::Long(digits) => f.write_str(digits),
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
            (Form::Scaled(a), Form::Scaled(b)) if a.scale == b.scale => a.mantissa == b.mantissa,
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
        Self(i64::try_from(value).map_or_else(|_| Form::Long(value.to_string().into()), Form::Small))
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
            Form::Scaled(scaled) => raw(scaled.written(&mut [0; Scaled::BYTES_MAX]), serializer),
            Form::Long(digits) => raw(digits, serializer),
        }
    }
}

/// Writes digits as serde_json's `RawValue` writes itself: they go out untouched.
fn raw<S: Serializer>(digits: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let mut raw = serializer.serialize_struct(tokens::RAW, 1)?;
    raw.serialize_field(tokens::RAW, digits)?;
    raw.end()
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
        for text in [
            "0",
            "-7",
            "1.0",
            "0.1",
            "-0.050",
            "-0.0",
            "12345678901234567.8",
            "1234567890123456.78",
            "1e400",
            "12345678901234567890123",
            "0.10000000000000000000001",
        ] {
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
    fn the_value_survives_whatever_holds_it() {
        for text in ["0", "-1", "123456789012345", "0.1", "-19.99", "0.00000000000001", "1.0", "-0", "1e2"] {
            let number = Number::parse(text).unwrap();
            assert_eq!(Decimal::parse(&number.to_string()), Decimal::parse(text), "{text}");
        }
        for text in ["01", "1.", ".5", "", "-", "1.2.3", "+1", "1e", " 1", "1 "] {
            assert!(Number::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_fraction_is_written_and_rounded_as_its_text_is() {
        let mut random = 1u64;
        for _ in 0..2_000 {
            random = random.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23) ^ 0x5bd1;
            let (digits, point) = (random % 17 + 2, random / 32 % 17 + 1);
            let whole = format!("{:0width$}", random % 10u64.pow(u32::try_from(digits).unwrap()), width = 18);
            let (before, after) = whole.split_at(18 - usize::try_from(point).unwrap());
            let before = before.trim_start_matches('0');
            let text = format!("-{}.{after}", if before.is_empty() { "0" } else { before });
            let number = Number::parse(&text).unwrap();
            assert_eq!(number.to_string(), text);
            assert_eq!(number.to_f64().to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
            assert_eq!(serde_json::to_string(&number).unwrap(), text);
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
