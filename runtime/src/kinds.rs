use std::ops::BitOr;

/// A set of kinds of JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Kinds(u8);

impl Kinds {
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOL: Self = Self(2);
    /// A number written without fraction and exponent.
    pub(crate) const INTEGER: Self = Self(4);
    /// Any other number without a fraction, such as `1.0`: an integer from draft 6 on.
    pub(crate) const WHOLE: Self = Self(8);
    pub(crate) const FRACTION: Self = Self(16);
    pub(crate) const STRING: Self = Self(32);
    pub(crate) const ARRAY: Self = Self(64);
    pub(crate) const OBJECT: Self = Self(128);
    pub(crate) const NUMBERS: Self = Self(4 + 8 + 16);
    pub(crate) const ALL: Self = Self(u8::MAX);
    /// What holds no other values.
    pub(crate) const LEAVES: Self = Self(u8::MAX - 64 - 128);
    pub(crate) const NONE: Self = Self(0);

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Returns the kinds that a value starting with this byte may be of; none if it starts none.
    #[inline]
    pub(crate) fn starting(byte: u8) -> Self {
        STARTING[usize::from(byte)]
    }

    /// Tells whether the sets have a kind in common.
    #[inline]
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Tells whether all of these kinds are in the set.
    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for Kinds {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

/// The kinds that a value may be of, by its first byte.
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
