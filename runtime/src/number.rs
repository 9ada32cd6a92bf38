use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::cursor::Digits;
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
    /// INVARIANT: a number of RFC 8259, as it was written; the bytes past its length are zero.
    Short(u8, [u8; Number::SHORT_BYTES_MAX]),
    /// INVARIANT: a number of RFC 8259, as it was written, too long for the other.
    Long(Box<str>),
}

/// Why a value is not a JSON number: the text is none, or the float is not finite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotANumber;

impl Number {
    /// Most bytes of a number that is kept without memory of its own: what fits beside the others.
    const SHORT_BYTES_MAX: usize = 22;

    /// Reads a number as JSON writes it.
    ///
    /// # Errors
    ///
    /// When the text is no number of RFC 8259.
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
        match digits.small {
            // `-0` is not an integer's form of zero: it keeps its sign.
            Some(small) if small != 0 || !digits.text.starts_with('-') => Self(Form::Small(small)),
            Some(_) | None => Self::long(digits),
        }
    }

    /// Keeps the digits as they are: they are looked at when somebody asks for the value.
    fn long(digits: &Digits<'_>) -> Self {
        let text = digits.text;
        if digits.is_plain
            && let Some(small) = text.parse().ok().filter(|_| text != "-0")
        {
            return Self(Form::Small(small));
        }
        let mut bytes = [0; Self::SHORT_BYTES_MAX];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(start), Ok(length)) => {
                start.copy_from_slice(text.as_bytes());
                Self(Form::Short(length, bytes))
            }
            _ => Self(Form::Long(text.into())),
        }
    }

    /// Returns the digits as they were written, if that is how the number is kept.
    fn digits(&self) -> Option<&str> {
        match &self.0 {
            Form::Small(_) | Form::Float(_) => None,
            Form::Short(length, bytes) => {
                bytes.get(..usize::from(*length)).and_then(|digits| std::str::from_utf8(digits).ok())
            }
            Form::Long(digits) => Some(digits),
        }
    }

    /// Returns the nearest float; a number beyond its range is infinite.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            // The nearest float is what the caller asks for.
            Form::Small(small) => *small as f64,
            Form::Float(float) => *float,
            Form::Short(..) | Form::Long(_) => {
                self.digits().and_then(|digits| digits.parse().ok()).unwrap_or(f64::NAN)
            }
        }
    }

    /// Returns the value, if it is an integer in this range.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Form::Small(small) => Some(*small),
            Form::Float(_) | Form::Short(..) | Form::Long(_) => self.decimal()?.to_i64(),
        }
    }

    /// Tells whether the value has no fraction.
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Form::Small(_) => true,
            Form::Float(_) | Form::Short(..) | Form::Long(_) => {
                self.decimal().is_some_and(|d| d.is_integer())
            }
        }
    }

    /// Adds what equal numbers share to a hash.
    pub(crate) fn hash_value(&self, hasher: &mut impl std::hash::Hasher) {
        use std::hash::Hash;
        match &self.0 {
            Form::Small(small) => small.hash(hasher),
            Form::Float(_) | Form::Short(..) | Form::Long(_) => match self.as_i64() {
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
            Form::Short(..) | Form::Long(_) => f.write_str(self.digits().unwrap_or_default()),
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
            (Form::Short(a, digits), Form::Short(b, others)) if a == b && digits == others => true,
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
            Form::Short(..) | Form::Long(_) => {
                let digits = self.digits().unwrap_or_default();
                // How serde_json's `RawValue` writes itself: the digits go out untouched.
                let mut raw = serializer.serialize_struct(tokens::RAW, 1)?;
                raw.serialize_field(tokens::RAW, digits)?;
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
    fn integers_and_floats() {
        assert_eq!(Number::from(3), Number::try_from(3.0).unwrap());
        assert_eq!(Number::parse("1e2").unwrap().as_i64(), Some(100));
        assert!(!Number::parse("0.5").unwrap().is_integer());
        assert!(Number::try_from(f64::NAN).is_err());
        assert_eq!(Number::from(u64::MAX).to_string(), "18446744073709551615");
    }
}
