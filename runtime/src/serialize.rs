//! Passes values to any serializer of serde.

use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};

use crate::check::Checker;
use crate::explain::message;
use crate::lexer::Lexer;
use crate::maybe::Maybe;
use crate::program::NodeRef;
use crate::reject::Reject;
use crate::write::Write;

/// Checks the JSON of a value against a node, and passes the value to a serializer.
///
/// # Errors
///
/// If the node rejects the value, or the serializer fails. Nothing has been written if the node rejects the value.
pub fn serialize_checked<T: Write, S: Serializer>(
    node: NodeRef,
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut text = String::new();
    value.write(&mut text);
    // The author of the value never sees this text, so the message has no line and no column.
    check_text(node, &text).map_err(|reject| S::Error::custom(message(node, &text, reject, false)))?;
    value.serialize_unchecked(serializer)
}

fn check_text(node: NodeRef, text: &str) -> Result<(), Reject> {
    Lexer::check_length(text.len())?;
    let mut checker = Checker::new(text);
    checker.check(node)?;
    checker.lexer.end()
}

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
