use serde::Deserialize;
use serde::de::{self, DeserializeOwned};
use serde::ser::{Serialize, SerializeMap};

use crate::{Json, Map, Maybe};

/// The members of an object that are still to be read, for types that keep the rest.
///
/// serde's own `flatten` would do, but its buffer loses the digits of numbers.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Members(Map<Json>);

impl Members {
    /// Reads and removes a member that must be there.
    ///
    /// # Errors
    ///
    /// When it is absent, or the type does not take it.
    pub fn required<T: DeserializeOwned, E: de::Error>(&mut self, name: &'static str) -> Result<T, E> {
        self.0.remove(name).ok_or_else(|| E::missing_field(name))?.typed()
    }

    /// Reads and removes a member that may be absent.
    ///
    /// # Errors
    ///
    /// When the type does not take it.
    pub fn optional<T: DeserializeOwned, E: de::Error>(&mut self, name: &str) -> Result<Option<T>, E> {
        self.0.remove(name).map(Json::typed).transpose()
    }

    /// Reads and removes a member that may be absent or `null`.
    ///
    /// # Errors
    ///
    /// When the type does not take it.
    pub fn maybe<T: DeserializeOwned, E: de::Error>(&mut self, name: &str) -> Result<Maybe<T>, E> {
        self.0.remove(name).map_or(Ok(Maybe::Absent), Json::typed)
    }

    /// Reads what is left.
    ///
    /// # Errors
    ///
    /// When the type does not take one of the members.
    pub fn rest<T: DeserializeOwned, E: de::Error>(self) -> Result<Map<T>, E> {
        self.0.into_iter().map(|(name, value)| Ok((name, value.typed()?))).collect()
    }
}

/// Writes a member that may be absent.
///
/// # Errors
///
/// What the serializer says.
pub fn write_member<T: Serialize, M: SerializeMap>(
    value: Option<&T>,
    name: &str,
    map: &mut M,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(name, value))
}

/// Implements reading and writing for a struct that keeps the members its schema does not name.
///
/// Each field is `required`, `optional` (an `Option`) or `maybe` (a [`Maybe`]); the last name is
/// the field that keeps the rest.
#[macro_export]
macro_rules! open_struct {
    ($type:ident { $($mode:ident $field:ident = $name:literal,)* } $rest:ident) => {
        impl<'de> $crate::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let mut members = <$crate::Members as $crate::serde::Deserialize>::deserialize(deserializer)?;
                ::core::result::Result::Ok(Self {
                    $($field: members.$mode($name)?,)*
                    $rest: members.rest()?,
                })
            }
        }

        impl $crate::serde::Serialize for $type {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                use $crate::serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(::core::option::Option::None)?;
                $($crate::open_struct!(@write $mode self.$field, $name, map);)*
                for (name, value) in &self.$rest {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    };
    (@write required $value:expr, $name:literal, $map:ident) => {
        $map.serialize_entry($name, &$value)?;
    };
    (@write optional $value:expr, $name:literal, $map:ident) => {
        $crate::write_member($value.as_ref(), $name, &mut $map)?;
    };
    (@write maybe $value:expr, $name:literal, $map:ident) => {
        $crate::write_member((!$value.is_absent()).then_some(&$value), $name, &mut $map)?;
    };
}
