//! Converts integers from and into the types of Rust, without loss.

use super::Integer;
use crate::number::{NotANumber, NotExact, Number};

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl From<$type> for Integer {
            fn from(value: $type) -> Self {
                Self::of_integer(value.into())
            }
        }
    )*};
}

macro_rules! types {
    ($($type:ty)*) => {$(
        impl TryFrom<&Integer> for $type {
            type Error = NotExact;
            fn try_from(integer: &Integer) -> Result<Self, NotExact> {
                Self::try_from(integer.number())
            }
        }

        impl TryFrom<Integer> for $type {
            type Error = NotExact;
            fn try_from(integer: Integer) -> Result<Self, NotExact> {
                Self::try_from(integer.number())
            }
        }
    )*};
}

integers! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize }
types! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f64 }

impl TryFrom<f64> for Integer {
    type Error = NotANumber;
    fn try_from(value: f64) -> Result<Self, NotANumber> {
        Self::try_from(Number::try_from(value)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        check! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize }
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
