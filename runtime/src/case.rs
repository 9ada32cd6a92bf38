use crate::kinds::Kinds;

/// The condition that selects one variant of a generated union.
///
/// The generator writes cases only if no value can match two cases of the same union. Two cases differ in one of these
/// ways:
///
/// - No kind of value has both cases.
/// - They are different strings.
/// - They have different strings for the same tag.
/// - One of them requires a property that the other one cannot have.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    pub(crate) kinds: Kinds,
    pub(crate) required: &'static [&'static str],
    pub(crate) known: Option<&'static [&'static str]>,
    pub(crate) tags: &'static [(&'static str, &'static [&'static str])],
    /// The only string that matches.
    pub(crate) text: Option<&'static str>,
}

impl Case {
    /// `null`
    pub const NULL: Self = Self::of(Kinds::NULL);
    /// `true` or `false`
    pub const BOOL: Self = Self::of(Kinds::BOOL);
    /// A number without a fraction, such as `1` or `1.0`.
    pub const INTEGER: Self = Self::of(Kinds::INTEGER).or(Self::of(Kinds::WHOLE));
    /// A number with a fraction.
    pub const FRACTION: Self = Self::of(Kinds::FRACTION);
    /// Any number.
    pub const NUMBER: Self = Self::of(Kinds::NUMBERS);
    /// A string.
    pub const STRING: Self = Self::of(Kinds::STRING);
    /// An array.
    pub const ARRAY: Self = Self::of(Kinds::ARRAY);
    /// An object.
    pub const OBJECT: Self = Self::of(Kinds::OBJECT);
    /// Any value.
    pub const ANY: Self = Self::of(Kinds::ALL);

    const fn of(kinds: Kinds) -> Self {
        Self { kinds, required: &[], known: None, tags: &[], text: None }
    }

    /// Returns the case for one string.
    #[must_use]
    pub const fn text(text: &'static str) -> Self {
        Self { text: Some(text), ..Self::STRING }
    }

    /// Returns the case that matches values of both cases.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self { kinds: self.kinds.or(other.kinds), ..self }
    }

    /// Returns the case for objects that have all these properties.
    #[must_use]
    pub const fn requires(self, required: &'static [&'static str]) -> Self {
        Self { required, ..self }
    }

    /// Returns the case for objects that have only these properties.
    #[must_use]
    pub const fn knows(self, known: &'static [&'static str]) -> Self {
        Self { known: Some(known), ..self }
    }

    /// Returns the case for objects that have these properties, each with one of its strings.
    #[must_use]
    pub const fn tagged(self, tags: &'static [(&'static str, &'static [&'static str])]) -> Self {
        Self { tags, ..self }
    }
}
