//! Passes values to any serializer of serde, without checking them.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Write;
use crate::maybe::Maybe;

/// Passes a value to a serializer without checking it. Used for the parts of a value that has been checked as a whole.
#[derive(Debug)]
pub struct Unchecked<'v, T: ?Sized>(pub &'v T);

impl<T: Write + ?Sized> Serialize for Unchecked<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_unchecked(serializer)
    }
}

/// Passes an object to a serializer, property by property, without checking it.
///
/// The object is a map for serde, because some formats write a struct without its names.
#[derive(Debug)]
pub struct ObjectSerializer<M>(M);

impl<M: SerializeMap> ObjectSerializer<M> {
    /// Opens an object with this number of properties.
    ///
    /// # Errors
    ///
    /// If the serializer fails.
    pub fn open<S: Serializer<SerializeMap = M, Ok = M::Ok, Error = M::Error>>(
        serializer: S,
        properties: usize,
    ) -> Result<Self, M::Error> {
        serializer.serialize_map(Some(properties)).map(Self)
    }

    /// Passes a property.
    ///
    /// # Errors
    ///
    /// If the serializer fails.
    pub fn property<N: AsRef<str> + ?Sized, T: Write>(
        &mut self,
        name: &N,
        value: &T,
    ) -> Result<(), M::Error> {
        self.0.serialize_entry(name.as_ref(), &Unchecked(value))
    }

    /// Passes a property if it has a value.
    ///
    /// # Errors
    ///
    /// If the serializer fails.
    pub fn optional<T: Write>(&mut self, name: &str, value: Option<&T>) -> Result<(), M::Error> {
        value.map_or(Ok(()), |value| self.property(name, value))
    }

    /// Passes a property that may be absent or `null`.
    ///
    /// # Errors
    ///
    /// If the serializer fails.
    pub fn maybe<T: Write>(&mut self, name: &str, value: &Maybe<T>) -> Result<(), M::Error> {
        if value.is_absent() { Ok(()) } else { self.property(name, value) }
    }

    /// Closes the object.
    ///
    /// # Errors
    ///
    /// If the serializer fails.
    pub fn close(self) -> Result<M::Ok, M::Error> {
        self.0.end()
    }
}
