//! Converts numbers from and into the types of Rust, without loss.

use std::fmt;

use super::{NotANumber, Number, Repr};
use crate::integer_types::with_all_integers;

/// The error for a number that a type of Rust cannot hold exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotExact;

impl fmt::Display for NotExact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the type cannot hold the number exactly")
    }
}

impl std::error::Error for NotExact {}

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl From<$type> for Number {
            fn from(value: $type) -> Self {
                Self(i64::try_from(value).map_or_else(|_| Repr::Text(value.to_string().into()), Repr::Integer))
            }
        }

        impl TryFrom<&Number> for $type {
            type Error = NotExact;
            fn try_from(number: &Number) -> Result<Self, NotExact> {
                match &number.0 {
                    Repr::Integer(small) => Self::try_from(*small).map_err(|_| NotExact),
                    Repr::Float(_) | Repr::Decimal(_) | Repr::Text(_) => {
                        number.decimal().and_then(|decimal| decimal.to_integer()).ok_or(NotExact)
                    }
                }
            }
        }

        impl TryFrom<Number> for $type {
            type Error = NotExact;
            fn try_from(number: Number) -> Result<Self, NotExact> {
                Self::try_from(&number)
            }
        }
    )*};
}

with_all_integers! { integers }

impl TryFrom<f64> for Number {
    type Error = NotANumber;
    fn try_from(value: f64) -> Result<Self, NotANumber> {
        if value.is_finite() { Ok(Self(Repr::Float(value))) } else { Err(NotANumber) }
    }
}

impl TryFrom<&Number> for f64 {
    type Error = NotExact;

    /// The value of a float is its shortest decimal form, so `0.1` is exact.
    fn try_from(number: &Number) -> Result<Self, NotExact> {
        let float = number.to_f64();
        match Number::try_from(float) {
            Ok(same) if same == *number => Ok(float),
            Ok(_) | Err(_) => Err(NotExact),
        }
    }
}

impl TryFrom<Number> for f64 {
    type Error = NotExact;
    fn try_from(number: Number) -> Result<Self, NotExact> {
        Self::try_from(&number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integer::Integer;

    #[test]
    fn integers_convert_both_ways() {
        macro_rules! check {
            ($($type:ident)*) => {$(
                for value in [$type::MIN, 0, 1, $type::MAX] {
                    let number = Number::from(value);
                    assert_eq!(number.to_string(), value.to_string());
                    assert_eq!($type::try_from(&number), Ok(value));
                    assert_eq!($type::try_from(Integer::from(value)), Ok(value));
                }
                let outside = Number::parse(&format!("{}0", $type::MAX)).unwrap();
                assert_eq!($type::try_from(outside), Err(NotExact));
            )*};
        }
        with_all_integers! { check }
        let number = |text: &str| Number::parse(text).unwrap();
        assert_eq!(u8::try_from(number("1.0")), Ok(1));
        assert_eq!(u8::try_from(number("2.5e2")), Ok(250));
        assert_eq!(u8::try_from(number("256")), Err(NotExact));
        assert_eq!(u8::try_from(number("-1")), Err(NotExact));
        assert_eq!(i64::try_from(number("0.5")), Err(NotExact));
        assert_eq!(i64::try_from(number("1e400")), Err(NotExact));
    }

    #[test]
    fn floats_convert_if_they_are_exact() {
        let float = |text: &str| f64::try_from(Number::parse(text).unwrap());
        assert_eq!(float("0.1"), Ok(0.1));
        assert_eq!(float("1.50"), Ok(1.5));
        assert_eq!(float("9007199254740992"), Ok(9007199254740992.0));
        for text in ["9007199254740993", "0.10000000000000000000001", "1e400", "1e-400"] {
            assert_eq!(float(text), Err(NotExact), "{text}");
        }
        assert_eq!(f64::try_from(Integer::from(3)), Ok(3.0));
        assert_eq!(Integer::try_from(3.0), Ok(Integer::from(3)));
        assert!(Integer::try_from(0.5).is_err() && Integer::try_from(f64::NAN).is_err());
    }
}
