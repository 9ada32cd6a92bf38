//! Writes values as JSON text.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::num::NonZero;

use serde::ser::{Serialize as _, SerializeSeq, Serializer};

use crate::integer::Integer;
use crate::integer_types::with_field_integers;
use crate::json::Json;
use crate::json_string::write_string;
use crate::maybe::Maybe;
use crate::number::Number;

mod structural;

pub use structural::{ObjectSerializer, Unchecked};

/// A type that can be written as JSON.
pub trait Write {
    /// Appends the value to the text.
    fn write(&self, out: &mut String);

    /// Passes the value to a serializer of serde, without checking it against a schema.
    ///
    /// # Errors
    ///
    /// If the serializer fails.
    fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// Writes an object, property by property.
#[derive(Debug)]
pub struct ObjectWriter<'o> {
    out: &'o mut String,
    is_empty: bool,
}

impl<'o> ObjectWriter<'o> {
    /// Opens an object.
    pub fn open(out: &'o mut String) -> Self {
        out.push('{');
        Self { out, is_empty: true }
    }

    /// Writes a property.
    pub fn property<T: Write>(&mut self, name: &str, value: &T) {
        value.write(self.name(name));
    }

    /// Writes a property if it has a value.
    pub fn optional<T: Write>(&mut self, name: &str, value: Option<&T>) {
        if let Some(value) = value {
            self.property(name, value);
        }
    }

    /// Writes a property that may be absent or `null`.
    pub fn maybe<T: Write>(&mut self, name: &str, value: &Maybe<T>) {
        if !value.is_absent() {
            self.property(name, value);
        }
    }

    /// Writes the name of a property, and returns the buffer. The caller appends the value to this buffer.
    fn name(&mut self, name: &str) -> &mut String {
        if !std::mem::replace(&mut self.is_empty, false) {
            self.out.push(',');
        }
        write_string(name, self.out);
        self.out.push(':');
        self.out
    }

    /// Closes the object.
    pub fn close(self) {
        self.out.push('}');
    }
}

impl Write for bool {
    fn write(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }

    fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self)
    }
}

impl Write for () {
    fn write(&self, out: &mut String) {
        out.push_str("null");
    }

    fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

macro_rules! write_with_display {
    ($($type:ty)*) => {$(
        impl Write for $type {
            fn write(&self, out: &mut String) {
                // Writing to a string never fails.
                let _ = write!(out, "{self}");
            }

            fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }
        }
    )*};
}
write_with_display! { Number Integer }
with_field_integers! { write_with_display }

macro_rules! write_non_zero {
    ($($type:ty)*) => {
        write_with_display! { $(NonZero<$type>)* }
    };
}
with_field_integers! { write_non_zero }

impl Write for str {
    fn write(&self, out: &mut String) {
        write_string(self, out);
    }

    fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl Write for String {
    fn write(&self, out: &mut String) {
        write_string(self, out);
    }

    fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl Write for std::borrow::Cow<'_, str> {
    fn write(&self, out: &mut String) {
        write_string(self, out);
    }

    fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<T: Write> Write for Option<T> {
    fn write(&self, out: &mut String) {
        match self {
            Some(value) => value.write(out),
            None => out.push_str("null"),
        }
    }

    fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => value.serialize_unchecked(serializer),
            // `null` is a value of JSON. TOML omits a property that is `None`, and has no other form of it.
            None => serializer.serialize_unit(),
        }
    }
}

impl<T: Write> Write for Maybe<T> {
    fn write(&self, out: &mut String) {
        self.value().write(out);
    }

    fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize_unchecked(serializer)
    }
}

impl<T: Write + ?Sized> Write for &T {
    fn write(&self, out: &mut String) {
        (**self).write(out);
    }

    fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize_unchecked(serializer)
    }
}

impl<T: Write> Write for Box<T> {
    fn write(&self, out: &mut String) {
        (**self).write(out);
    }

    fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize_unchecked(serializer)
    }
}

impl<T: Write> Write for [T] {
    fn write(&self, out: &mut String) {
        out.push('[');
        for (at, item) in self.iter().enumerate() {
            if at != 0 {
                out.push(',');
            }
            item.write(out);
        }
        out.push(']');
    }

    fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.len()))?;
        for item in self {
            seq.serialize_element(&Unchecked(item))?;
        }
        seq.end()
    }
}

impl<T: Write> Write for Vec<T> {
    fn write(&self, out: &mut String) {
        self.as_slice().write(out);
    }

    fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_slice().serialize_unchecked(serializer)
    }
}

impl<T: Write, const N: usize> Write for [T; N] {
    fn write(&self, out: &mut String) {
        self.as_slice().write(out);
    }

    fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_slice().serialize_unchecked(serializer)
    }
}

impl<K: AsRef<str>, T: Write> Write for BTreeMap<K, T> {
    fn write(&self, out: &mut String) {
        let mut object = ObjectWriter::open(out);
        for (name, value) in self {
            object.property(name.as_ref(), value);
        }
        object.close();
    }

    fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ObjectSerializer::open(serializer, self.len())?;
        for (name, value) in self {
            object.property(name.as_ref(), value)?;
        }
        object.close()
    }
}

impl Write for Json {
    fn write(&self, out: &mut String) {
        match self {
            Self::Null => ().write(out),
            Self::Bool(bool) => bool.write(out),
            Self::Number(number) => number.write(out),
            Self::String(string) => write_string(string, out),
            Self::Array(items) => items.write(out),
            Self::Object(properties) => properties.write(out),
        }
    }

    fn serialize_unchecked<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}
