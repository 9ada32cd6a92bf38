//! Chooses the Rust type of integers.

use super::definitions::RustType;
use crate::shape::IntegerRange;

/// A Rust type for integers with a fixed number of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Width {
    U8,
    U16,
    U32,
    U64,
    I8,
    I16,
    I32,
    I64,
}

impl Width {
    const ALL: [Self; 8] =
        [Self::U8, Self::U16, Self::U32, Self::U64, Self::I8, Self::I16, Self::I32, Self::I64];

    /// Returns the name of the type in Rust.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
        }
    }

    /// Returns whether another type can hold every value of the type.
    pub(crate) fn is_within(self, other: Self) -> bool {
        other.range().0 <= self.range().0 && self.range().1 <= other.range().1
    }

    /// Returns the smallest and the largest value of the type.
    fn range(self) -> (i128, i128) {
        match self {
            Self::U8 => (u8::MIN.into(), u8::MAX.into()),
            Self::U16 => (u16::MIN.into(), u16::MAX.into()),
            Self::U32 => (u32::MIN.into(), u32::MAX.into()),
            Self::U64 => (u64::MIN.into(), u64::MAX.into()),
            Self::I8 => (i8::MIN.into(), i8::MAX.into()),
            Self::I16 => (i16::MIN.into(), i16::MAX.into()),
            Self::I32 => (i32::MIN.into(), i32::MAX.into()),
            Self::I64 => (i64::MIN.into(), i64::MAX.into()),
        }
    }

    /// Returns the type that the keyword `format` names. OpenAPI and `schemars` use these names.
    fn of_format(format: &str) -> Option<Self> {
        match format {
            "uint8" => Some(Self::U8),
            "uint16" => Some(Self::U16),
            "uint32" => Some(Self::U32),
            "uint64" | "uint" => Some(Self::U64),
            "int8" => Some(Self::I8),
            "int16" => Some(Self::I16),
            "int32" => Some(Self::I32),
            "int64" | "int" => Some(Self::I64),
            _ => None,
        }
    }
}

/// Returns the type of integers in a range. The type can hold every integer in the range.
///
/// The range decides between `i64`, `u64` and integers of any size. A narrower type needs a reason besides: the range is
/// exactly the range of the type, or `format` names the type. Otherwise, a minor version that raises a maximum from 100
/// to 1,000 would change the type of a field.
pub(super) fn integer_type(range: IntegerRange, format: Option<&str>) -> RustType {
    let (Some(least), Some(most)) = (range.least, range.most) else { return RustType::Integer };
    let fits = |width: &Width| width.range().0 <= least && most <= width.range().1;
    let exact = Width::ALL.into_iter().find(|width| width.range() == (least, most));
    let width = exact
        .or_else(|| format.and_then(Width::of_format).filter(fits))
        .or_else(|| [Width::I64, Width::U64].into_iter().find(fits));
    width.map_or(RustType::Integer, RustType::Fixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_type_needs_a_reason() {
        let of = |least: i128, most: i128, format| {
            integer_type(IntegerRange { least: Some(least), most: Some(most) }, format)
        };
        assert_eq!(of(0, 255, None), RustType::Fixed(Width::U8));
        assert_eq!(of(0, 254, None), RustType::Fixed(Width::I64));
        assert_eq!(of(0, 254, Some("uint8")), RustType::Fixed(Width::U8));
        assert_eq!(of(-1, 254, Some("uint8")), RustType::Fixed(Width::I64));
        assert_eq!(of(1, 10, Some("int32")), RustType::Fixed(Width::I32));
        assert_eq!(of(1, 10, Some("float")), RustType::Fixed(Width::I64));
        assert_eq!(of(0, u64::MAX.into(), None), RustType::Fixed(Width::U64));
        assert_eq!(of(1, i128::from(i64::MAX) + 1, None), RustType::Fixed(Width::U64));
        assert_eq!(of(-1, i128::from(i64::MAX) + 1, None), RustType::Integer);
        assert_eq!(
            integer_type(IntegerRange { least: Some(0), most: None }, Some("uint8")),
            RustType::Integer
        );
        for width in Width::ALL {
            let (least, most) = width.range();
            assert_eq!(of(least, most, None), RustType::Fixed(width));
            let format = width.name().replace('i', "int").replace('u', "uint");
            assert_eq!(Width::of_format(&format), Some(width), "{format}");
        }
        for other in ["", "u", "int7", "unt8", "i8", "u8", "date", "uuid", "uri"] {
            assert_eq!(Width::of_format(other), None, "{other}");
        }
    }
}
