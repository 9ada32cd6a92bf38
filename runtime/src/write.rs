//! Writes values as JSON text.

mod impls;

use std::fmt::Write as _;

use serde::ser::Serializer;

use crate::maybe::Maybe;

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

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte < b' ' || matches!(byte, b'"' | b'\\')) {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            other => {
                let _ = write!(out, "\\u{other:04x}");
            }
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}
