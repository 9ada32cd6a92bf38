//! How fields are read where the type alone does not say it.

use serde::de::{self, Deserialize, Deserializer};

use crate::{Integer, Map, Maybe};

/// Reads a property that must be there but may be `null`.
///
/// serde's derive takes an absent `Option` for `None`; naming a function keeps it from that.
///
/// # Errors
///
/// What the type's own reading says.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::deserialize(deserializer)
}

/// Reads a property that may be absent and whose type takes `null` for a value of its own.
///
/// # Errors
///
/// What the type's own reading says.
pub fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads plain integers as JSON Schema understands them: `1.0` and `1e2` are integers.
///
/// # Errors
///
/// When a number is no integer or out of range.
pub fn wire<'de, D: Deserializer<'de>, T: FromWire>(deserializer: D) -> Result<T, D::Error> {
    T::from_wire(deserializer)
}

/// A type with plain integers inside.
pub trait FromWire: Sized {
    /// Reads the value.
    ///
    /// # Errors
    ///
    /// When a number is no integer or out of range.
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

impl FromWire for i64 {
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let out_of_range = de::Unexpected::Other("an integer out of range");
        let integer = Integer::deserialize(deserializer)?;
        integer.as_i64().ok_or_else(|| de::Error::invalid_value(out_of_range, &"a 64-bit integer"))
    }
}

struct Wire<T>(T);

impl<'de, T: FromWire> Deserialize<'de> for Wire<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::from_wire(deserializer).map(Wire)
    }
}

impl<T: FromWire> FromWire for Option<T> {
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<Wire<T>>::deserialize(deserializer)?.map(|inner| inner.0))
    }
}

impl<T: FromWire> FromWire for Maybe<T> {
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::from_wire(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

impl<T: FromWire> FromWire for Vec<T> {
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Wire<T>>::deserialize(deserializer)?.into_iter().map(|inner| inner.0).collect())
    }
}

impl<T: FromWire> FromWire for Map<T> {
    fn from_wire<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Map::<Wire<T>>::deserialize(deserializer)?;
        Ok(members.into_iter().map(|(name, inner)| (name, inner.0)).collect())
    }
}
