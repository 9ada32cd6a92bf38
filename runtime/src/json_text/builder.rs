//! Builds the JSON text of a value that a deserializer passes.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::sync::LazyLock;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::json_string::write_string;
use crate::known_formats::is_toml;
use crate::lexer::Lexer;
use crate::serde_json_tokens as tokens;

/// Whether serde_json passes a number as an object with its digits. Otherwise, an object with this name is an object of
/// the event.
static MARKS_NUMBERS: LazyLock<bool> = LazyLock::new(|| {
    // A float would round this number.
    let digits = "0.10000000000000000000001";
    serde_json::from_str::<serde_json::Number>(digits).is_ok_and(|number| number.to_string() == digits)
});

/// Appends the JSON text of one value to a text.
pub(super) struct TextBuilder<'t> {
    out: &'t mut String,
    /// The number of arrays and objects around the value.
    depth: usize,
    /// Whether a comma separates the value from the previous one.
    has_predecessor: bool,
}

impl<'t> TextBuilder<'t> {
    pub(super) fn new(out: &'t mut String) -> Self {
        Self { out, depth: 0, has_predecessor: false }
    }

    /// Returns a builder for a value inside this one.
    fn inner(&mut self, has_predecessor: bool) -> TextBuilder<'_> {
        TextBuilder { out: self.out, depth: self.depth + 1, has_predecessor }
    }

    /// Opens an array or object. Its depth is limited here, because the builder itself is recursive.
    fn open<E: de::Error>(&mut self, bracket: char) -> Result<(), E> {
        if Lexer::NESTING_MAX <= self.depth {
            return Err(E::custom("nested too deeply"));
        }
        self.out.push(bracket);
        Ok(())
    }

    fn append<E>(self, value: impl fmt::Display) -> Result<(), E> {
        // Writing to a string never fails.
        let _ = write!(self.out, "{value}");
        Ok(())
    }

    /// Appends an object whose first name has already been read.
    pub(super) fn object<'de, A: MapAccess<'de>>(
        mut self,
        first: Option<Cow<'de, str>>,
        mut map: A,
    ) -> Result<(), A::Error> {
        if first.as_deref() == Some(tokens::NUMBER) && *MARKS_NUMBERS {
            let digits = map.next_value_seed(Name)?;
            let mut lexer = Lexer::new(&digits);
            let is_number = lexer.number().is_ok_and(|number| number.text.len() == digits.len());
            if !is_number || map.next_key_seed(Name)?.is_some() {
                return Err(de::Error::custom("not the digits of a JSON number"));
            }
            return self.append(digits);
        }
        self.open('{')?;
        let mut next = first;
        let mut is_first = true;
        while let Some(name) = next {
            if name == tokens::TOML_DATETIME && is_toml::<A>() {
                return Err(de::Error::custom("JSON has no dates: write the date as a string"));
            }
            if !std::mem::replace(&mut is_first, false) {
                self.out.push(',');
            }
            write_string(&name, self.out);
            self.out.push(':');
            map.next_value_seed(self.inner(false))?;
            next = map.next_key_seed(Name)?;
        }
        self.out.push('}');
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for TextBuilder<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.has_predecessor {
            self.out.push(',');
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TextBuilder<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.append("null")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        self.append("null")
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<(), D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<(), D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.append(value)
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.append(value)
    }

    fn visit_i128<E>(self, value: i128) -> Result<(), E> {
        self.append(value)
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.append(value)
    }

    fn visit_u128<E>(self, value: u128) -> Result<(), E> {
        self.append(value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        if !value.is_finite() {
            return Err(E::custom(format_args!("JSON has no number `{value}`")));
        }
        // `Debug` writes `1e300`; `Display` would write 300 zeros.
        self.append(format_args!("{value:?}"))
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        write_string(value, self.out);
        Ok(())
    }

    fn visit_bytes<E: de::Error>(self, _: &[u8]) -> Result<(), E> {
        Err(E::custom("JSON has no bytes: write them as a string, for example in base64"))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        self.open('[')?;
        let mut has_predecessor = false;
        while seq.next_element_seed(self.inner(has_predecessor))?.is_some() {
            has_predecessor = true;
        }
        self.out.push(']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let first = map.next_key_seed(Name)?;
        self.object(first, map)
    }
}

/// Reads the name of a property. Some formats have other keys than strings; JSON does not.
pub(super) struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        // Not `deserialize_str`, because YAML would return a number as a string.
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string as the name of a property")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }

    fn visit_string<E>(self, name: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name))
    }
}
