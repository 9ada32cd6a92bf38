use std::ops::BitOr;

/// A set of kinds of JSON values. The type `number` of JSON Schema has three kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Kinds(u8);

impl Kinds {
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOL: Self = Self(2);
    /// A number without fraction and exponent.
    pub(crate) const INTEGER: Self = Self(4);
    /// A number with a fraction or an exponent whose value is an integer, such as `1.0`. From draft 6 on, such a number
    /// has the type `integer`.
    pub(crate) const WHOLE: Self = Self(8);
    pub(crate) const FRACTION: Self = Self(16);
    pub(crate) const STRING: Self = Self(32);
    pub(crate) const ARRAY: Self = Self(64);
    pub(crate) const OBJECT: Self = Self(128);
    pub(crate) const NUMBERS: Self = Self(4 + 8 + 16);
    pub(crate) const ALL: Self = Self(u8::MAX);
    /// All kinds except arrays and objects.
    pub(crate) const SCALARS: Self = Self(u8::MAX - 64 - 128);
    pub(crate) const NONE: Self = Self(0);

    /// Returns the kinds with this name in a program. `plainInteger` are the integers of draft 4, which do not include
    /// `1.0`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOL,
            "integer" => Self::INTEGER | Self::WHOLE,
            "plainInteger" => Self::INTEGER,
            "number" => Self::NUMBERS,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => return None,
        })
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Returns the possible kinds of a value that starts with this byte. The set is empty if no value starts with the
    /// byte.
    #[inline]
    pub(crate) fn starting(byte: u8) -> Self {
        STARTING[usize::from(byte)]
    }

    /// Returns whether the two sets have a kind in common.
    #[inline]
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns whether this set contains all kinds of another set.
    pub(crate) fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for Kinds {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

/// The possible kinds of a value by its first byte.
static STARTING: [Kinds; 256] = {
    let mut starting = [Kinds::NONE; 256];
    starting[b'n' as usize] = Kinds::NULL;
    starting[b't' as usize] = Kinds::BOOL;
    starting[b'f' as usize] = Kinds::BOOL;
    starting[b'-' as usize] = Kinds::NUMBERS;
    let mut digit = b'0' as usize;
    while digit <= b'9' as usize {
        starting[digit] = Kinds::NUMBERS;
        digit += 1;
    }
    starting[b'"' as usize] = Kinds::STRING;
    starting[b'[' as usize] = Kinds::ARRAY;
    starting[b'{' as usize] = Kinds::OBJECT;
    starting
};
