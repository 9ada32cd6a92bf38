use std::ops::Deref;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

/// A property that may be absent, `null` or a value: an `Option` cannot tell these three states apart.
///
/// ```
/// use evschema_runtime::Maybe;
/// let hint = Maybe::from("left door".to_owned());
/// assert_eq!(hint.as_deref(), Maybe::Value("left door"));
/// assert_eq!(Maybe::<i64>::Null.unwrap_or_default(), 0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Maybe<T> {
    /// The event does not have the property.
    #[default]
    Absent,
    /// The property is `null`.
    Null,
    /// The property has a value.
    Value(T),
}

impl<T> Maybe<T> {
    /// Returns whether the property is absent.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Returns whether the property is `null`.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Returns whether the property has a value.
    pub const fn is_value(&self) -> bool {
        matches!(self, Self::Value(_))
    }

    /// Returns a reference to the value, if the property has one.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Returns the value, if the property has one.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Returns the same state with a reference to the value.
    pub const fn as_ref(&self) -> Maybe<&T> {
        match self {
            Self::Absent => Maybe::Absent,
            Self::Null => Maybe::Null,
            Self::Value(value) => Maybe::Value(value),
        }
    }

    /// Returns the same state with a mutable reference to the value.
    pub const fn as_mut(&mut self) -> Maybe<&mut T> {
        match self {
            Self::Absent => Maybe::Absent,
            Self::Null => Maybe::Null,
            Self::Value(value) => Maybe::Value(value),
        }
    }

    /// Returns the same state with a reference to the target of the value, such as the `str` of a `String`.
    pub fn as_deref(&self) -> Maybe<&T::Target>
    where
        T: Deref,
    {
        self.as_ref().map(T::deref)
    }

    /// Returns the same state with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Maybe<U> {
        match self {
            Self::Absent => Maybe::Absent,
            Self::Null => Maybe::Null,
            Self::Value(value) => Maybe::Value(change(value)),
        }
    }

    /// Returns the value, or another one if the property has no value.
    pub fn unwrap_or(self, other: T) -> T {
        self.into_option().unwrap_or(other)
    }

    /// Returns the value, or the default of its type if the property has no value.
    pub fn unwrap_or_default(self) -> T
    where
        T: Default,
    {
        self.into_option().unwrap_or_default()
    }
}

impl<T> From<T> for Maybe<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T> From<Option<T>> for Maybe<T> {
    /// Returns [`Maybe::Absent`] for `None`.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }
}

impl<T: Serialize> Serialize for Maybe<T> {
    /// Writes `null` if the property has no value; a generated struct omits an absent property.
    ///
    /// TOML omits an absent property, and cannot hold `null`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            // A binary format may need to know that an `Option` follows.
            Self::Null if serializer.is_human_readable() => serializer.serialize_unit(),
            Self::Absent | Self::Null => serializer.serialize_none(),
            Self::Value(value) => serializer.serialize_some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_states_stay_apart() {
        for (maybe, option) in
            [(Maybe::Absent, None), (Maybe::Null, None), (Maybe::Value("a".to_owned()), Some("a".to_owned()))]
        {
            assert_eq!(maybe.value(), option.as_ref());
            assert_eq!(maybe.is_value(), option.is_some());
            assert_eq!(maybe.as_deref().into_option(), option.as_deref());
            let mapped = maybe.clone().map(|text| text.len());
            assert_eq!((mapped.is_absent(), mapped.is_null()), (maybe.is_absent(), maybe.is_null()));
            assert_eq!(mapped.unwrap_or(7), option.as_ref().map_or(7, String::len));
            assert_eq!(maybe.clone().unwrap_or_default(), option.clone().unwrap_or_default());
            assert_eq!(maybe.into_option(), option);
        }
        assert_eq!(Maybe::from(Some(1)), Maybe::Value(1));
        assert_eq!(Maybe::<i64>::from(None), Maybe::Absent);
        assert_eq!(Maybe::from(1), Maybe::Value(1));
        let mut changed = Maybe::Value(1);
        if let Maybe::Value(value) = changed.as_mut() {
            *value = 2;
        }
        assert_eq!(changed, Maybe::Value(2));
    }
}
