//! Gets the JSON text of a value from any deserializer of serde.
//!
//! serde_json passes the text of a value, and the checker reads this text. Every other deserializer passes the value
//! itself. Its JSON text is built first, so the checker and the types have only one input.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::known_formats::{passes_raw_text, reads_value};
use crate::serde_json_tokens as tokens;

mod builder;

use builder::{Name, TextBuilder};

/// The source of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The deserializer passed the text, so positions in the text are useful to its author.
    Text,
    /// The text was built from a value.
    Value,
}

/// Gets the JSON text of the next value, and reads the text with a function. The error of the function is a message.
pub(crate) fn deserialize_text<'de, T, D, F>(deserializer: D, read: F) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    F: FnOnce(&str, Source) -> Result<T, String>,
{
    let source = if reads_value::<D>() { Source::Value } else { Source::Text };
    deserializer.deserialize_newtype_struct(tokens::RAW, TextVisitor { read, source, value: PhantomData })
}

struct TextVisitor<F, T> {
    read: F,
    /// The source of a text that the deserializer passes.
    source: Source,
    value: PhantomData<fn() -> T>,
}

impl<T, F: FnOnce(&str, Source) -> Result<T, String>> TextVisitor<F, T> {
    /// Builds the text of a value, and reads it.
    fn read_value<E: de::Error>(self, build: impl FnOnce(TextBuilder<'_>) -> Result<(), E>) -> Result<T, E> {
        let mut text = String::new();
        build(TextBuilder::new(&mut text))?;
        (self.read)(&text, Source::Value).map_err(E::custom)
    }
}

macro_rules! visit_scalars {
    ($($visit:ident($type:ty),)*) => {$(
        fn $visit<E: de::Error>(self, value: $type) -> Result<T, E> {
            self.read_value(|builder| builder.$visit(value))
        }
    )*};
}

impl<'de, T, F: FnOnce(&str, Source) -> Result<T, String>> Visitor<'de> for TextVisitor<F, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    // Called by a format other than JSON text, or by a buffer of serde.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<T, D::Error> {
        self.read_value(|builder| inner.deserialize_any(builder))
    }

    // serde_json passes the text as the only entry of a map. A format that ignores the name of a newtype passes the map
    // of the value.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let first = map.next_key_seed(Name)?;
        // A format that ignores the name of a newtype passes a property with any name.
        if first.as_deref() != Some(tokens::RAW) || !passes_raw_text::<A>() {
            return self.read_value(|builder| builder.object(first, map));
        }
        let value = map.next_value_seed(RawText(self))?;
        match map.next_key_seed(Name)? {
            None => Ok(value),
            Some(_) => Err(de::Error::custom("a raw JSON text with other properties")),
        }
    }

    // The functions below are called by formats that ignore the name of a newtype.
    visit_scalars! {
        visit_bool(bool),
        visit_i64(i64),
        visit_i128(i128),
        visit_u64(u64),
        visit_u128(u128),
        visit_f64(f64),
        visit_str(&str),
        visit_bytes(&[u8]),
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        self.read_value(|builder| builder.visit_unit())
    }

    fn visit_none<E: de::Error>(self) -> Result<T, E> {
        self.read_value(|builder| builder.visit_unit())
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<T, D::Error> {
        self.read_value(|builder| inner.deserialize_any(builder))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        self.read_value(|builder| builder.visit_seq(seq))
    }
}

/// Receives the text that serde_json passes.
struct RawText<F, T>(TextVisitor<F, T>);

impl<'de, T, F: FnOnce(&str, Source) -> Result<T, String>> DeserializeSeed<'de> for RawText<F, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T, F: FnOnce(&str, Source) -> Result<T, String>> Visitor<'_> for RawText<F, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0.read)(text, self.0.source).map_err(E::custom)
    }
}
