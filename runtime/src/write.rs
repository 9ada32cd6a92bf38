//! Writes values as JSON text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::integer::Integer;
use crate::json::Json;
use crate::maybe::Maybe;
use crate::number::Number;

/// A type that can be written as JSON.
pub trait Write {
    /// Appends the value to the text.
    fn write(&self, out: &mut String);
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

impl Write for bool {
    fn write(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
}

impl Write for () {
    fn write(&self, out: &mut String) {
        out.push_str("null");
    }
}

macro_rules! write_with_display {
    ($($type:ty),*) => {$(
        impl Write for $type {
            fn write(&self, out: &mut String) {
                // Writing to a string never fails.
                let _ = write!(out, "{self}");
            }
        }
    )*};
}
write_with_display!(i64, Number, Integer);

impl Write for str {
    fn write(&self, out: &mut String) {
        write_string(self, out);
    }
}

impl Write for String {
    fn write(&self, out: &mut String) {
        write_string(self, out);
    }
}

impl Write for std::borrow::Cow<'_, str> {
    fn write(&self, out: &mut String) {
        write_string(self, out);
    }
}

impl<T: Write> Write for Option<T> {
    fn write(&self, out: &mut String) {
        match self {
            Some(value) => value.write(out),
            None => out.push_str("null"),
        }
    }
}

impl<T: Write> Write for Maybe<T> {
    fn write(&self, out: &mut String) {
        self.value().write(out);
    }
}

impl<T: Write + ?Sized> Write for &T {
    fn write(&self, out: &mut String) {
        (**self).write(out);
    }
}

impl<T: Write> Write for Box<T> {
    fn write(&self, out: &mut String) {
        (**self).write(out);
    }
}

impl<T: Write> Write for Vec<T> {
    fn write(&self, out: &mut String) {
        let mut separator = '[';
        for item in self {
            out.push(separator);
            separator = ',';
            item.write(out);
        }
        if self.is_empty() {
            out.push('[');
        }
        out.push(']');
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
}

macro_rules! tuples {
    ($($first:ident $($other:ident)*;)*) => {$(
        #[expect(non_snake_case, reason = "each variable has the name of its type")]
        impl<$first: Write, $($other: Write),*> Write for ($first, $($other,)*) {
            fn write(&self, out: &mut String) {
                let ($first, $($other,)*) = self;
                out.push('[');
                $first.write(out);
                $(
                    out.push(',');
                    $other.write(out);
                )*
                out.push(']');
            }
        }
    )*};
}

tuples! {
    A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H;
    A B C D E F G H I; A B C D E F G H I J; A B C D E F G H I J K; A B C D E F G H I J K L;
}
