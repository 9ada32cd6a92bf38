use std::fmt;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::integer_types::with_all_integers;
use crate::number::{NotANumber, NotExact, Number};

/// A JSON integer of any size.
///
/// From draft 6 on, JSON Schema accepts `1.0` and `1e2` as integers, and so does this type.
///
/// ```
/// use evschema_runtime::Integer;
/// let count = Integer::from(3);
/// assert_eq!(count, 3);
/// assert_eq!(count.as_i64(), Some(3));
/// assert_eq!(Integer::parse("123456789012345678901234567890")?.as_i64(), None);
/// # Ok::<(), evschema_runtime::NotANumber>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Integer(Number);

impl Integer {
    /// Parses a JSON integer.
    ///
    /// # Errors
    ///
    /// If the text is not a JSON number, or has a fraction.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        Self::try_from(Number::parse(text)?)
    }

    /// Returns the value, if it fits an `i64`.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.as_i64()
    }

    /// Returns the value, if it fits a `u64`.
    pub fn as_u64(&self) -> Option<u64> {
        u64::try_from(self).ok()
    }
}

impl fmt::Display for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! convert {
    ($($type:ty)*) => {$(
        impl From<$type> for Integer {
            fn from(value: $type) -> Self {
                Self(value.into())
            }
        }
    )*};
}
with_all_integers! { convert }

macro_rules! convert_back {
    ($($type:ty)*) => {$(
        impl TryFrom<&Integer> for $type {
            type Error = NotExact;
            fn try_from(integer: &Integer) -> Result<Self, NotExact> {
                Self::try_from(&integer.0)
            }
        }

        impl TryFrom<Integer> for $type {
            type Error = NotExact;
            fn try_from(integer: Integer) -> Result<Self, NotExact> {
                Self::try_from(&integer.0)
            }
        }
    )*};
}
with_all_integers! { convert_back }
convert_back! { f64 }

impl TryFrom<f64> for Integer {
    type Error = NotANumber;
    fn try_from(value: f64) -> Result<Self, NotANumber> {
        Self::try_from(Number::try_from(value)?)
    }
}

impl TryFrom<Number> for Integer {
    type Error = NotANumber;
    fn try_from(number: Number) -> Result<Self, NotANumber> {
        match number.as_i64() {
            // `1.0` is written back as `1`.
            Some(small) => Ok(small.into()),
            None if number.is_integer() => Ok(Self(number)),
            None => Err(NotANumber),
        }
    }
}

impl PartialEq<i64> for Integer {
    fn eq(&self, other: &i64) -> bool {
        self.as_i64() == Some(*other)
    }
}

impl From<Integer> for Number {
    fn from(integer: Integer) -> Self {
        integer.0
    }
}

impl Serialize for Integer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Number::deserialize(deserializer)?;
        Self::try_from(number).map_err(|_| de::Error::custom("a number that is not an integer"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_in_every_spelling() {
        for (text, back) in
            [("1.0", "1"), ("1e2", "100"), ("-3", "-3"), ("12345678901234567890", "12345678901234567890")]
        {
            let integer: Integer = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&integer).unwrap(), back);
        }
        assert!(serde_json::from_str::<Integer>("1.5").is_err());
        assert_eq!(Integer::parse("18446744073709551615").unwrap().as_u64(), Some(u64::MAX));
    }
}
