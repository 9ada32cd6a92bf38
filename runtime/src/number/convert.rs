//! Converts numbers from and into the types of Rust, without loss.

use std::fmt;

use super::{NotANumber, Number, Repr};

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

integers! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize }

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
