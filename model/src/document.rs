use std::borrow::Cow;
use std::cell::Cell;
use std::sync::{Arc, OnceLock};

use serde_json::Value;
use serde_json::value::RawValue;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::digest::Digest;
use crate::limits;
use crate::pointer::Pointer;
use crate::position::Position;
use crate::strict_json;

/// A JSON document: its text, its value, and the position of each part in the text.
#[derive(Debug, Clone)]
pub struct Document {
    text: Arc<str>,
    value: Value,
    digest: OnceLock<Digest>,
}

impl Document {
    /// Parses a document.
    ///
    /// # Errors
    ///
    /// One diagnostic, if the document has too many bytes, is not UTF-8, is not JSON, nests too deeply, or has a
    /// duplicate property name.
    pub fn parse(bytes: &[u8]) -> Result<Self, Diagnostics> {
        Self::parse_at_most(bytes, limits::DOCUMENT_BYTES_MAX)
    }

    /// Parses a document that has at most `bytes_max` bytes, as [`Document::parse`] does.
    ///
    /// # Errors
    ///
    /// As for [`Document::parse`].
    pub fn parse_at_most(bytes: &[u8], bytes_max: usize) -> Result<Self, Diagnostics> {
        if bytes_max < bytes.len() {
            let message = format!("the document has {} bytes; at most {bytes_max} are allowed", bytes.len());
            return Err(vec![
                Diagnostic::new(Code::TooLarge, message)
                    .help("split the document into several documents that refer to each other"),
            ]);
        }
        // Some editors write a byte order mark. RFC 8259 allows a reader to ignore it.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let (text, value) = strict_json::parse(bytes).map_err(|diagnostic| vec![diagnostic])?;
        Ok(Self { text: text.into(), value, digest: OnceLock::new() })
    }

    /// Returns the text as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the parsed value, with the properties in the order of the text.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Returns the digest of the canonical form.
    pub fn digest(&self) -> &Digest {
        self.digest.get_or_init(|| Digest::of(&self.value))
    }

    /// Returns the position in the text of the value at a pointer; `None` if the value is missing.
    ///
    /// Each call searches the text, because only errors need positions, and few documents have errors.
    pub fn position(&self, pointer: &Pointer) -> Option<Position> {
        let mut part: &str = self.text.trim();
        for token in pointer.tokens() {
            part = member(part, &token)?;
        }
        let offset = part.as_ptr() as usize - self.text.as_ptr() as usize;
        Some(Position::of(&self.text, offset, part.len()))
    }

    /// Returns the position of the value at a pointer. If the value is missing, returns the position of the closest
    /// value around it.
    pub fn closest_position(&self, pointer: &Pointer) -> Option<Position> {
        let mut pointer = pointer.clone();
        loop {
            let found = self.position(&pointer);
            if found.is_some() || pointer.as_str().is_empty() {
                return found;
            }
            pointer.pop();
        }
    }
}

/// Finds the positions of many values of one document. Each search reads the text, so the number of searches is limited.
#[derive(Debug)]
pub(crate) struct Positions<'d> {
    document: &'d Document,
    /// The number of bytes that further searches may read.
    bytes: Cell<usize>,
}

impl<'d> Positions<'d> {
    /// Maximum number of bytes that all searches read: half a second of processor time.
    const BYTES_MAX: usize = 100_000_000;

    pub(crate) fn of(document: &'d Document) -> Self {
        Self { document, bytes: Cell::new(Self::BYTES_MAX) }
    }

    /// Returns [`Document::closest_position`], or `None` if earlier searches have read too much. Only a document with
    /// very many errors has errors without a position.
    pub(crate) fn closest(&self, pointer: &Pointer) -> Option<Position> {
        let left = self.bytes.get().checked_sub(self.document.text.len())?;
        self.bytes.set(left);
        self.document.closest_position(pointer)
    }
}

/// Returns the text of one property of an object, or of one item of an array.
fn member<'t>(text: &'t str, token: &str) -> Option<&'t str> {
    let raw = if text.starts_with('[') {
        let items: Vec<&'t RawValue> = serde_json::from_str(text).ok()?;
        *items.get(token.parse::<usize>().ok()?)?
    } else {
        members(text)?.into_iter().find(|(name, _)| name == token)?.1
    };
    Some(raw.get())
}

fn members(text: &str) -> Option<Vec<(Cow<'_, str>, &RawValue)>> {
    use serde::de::{Deserializer, MapAccess, Visitor};
    struct Members;
    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(Cow<'de, str>, &'de RawValue)>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry::<Cow<'de, str>, &'de RawValue>()? {
                members.push(member);
            }
            Ok(members)
        }
    }
    serde_json::Deserializer::from_str(text).deserialize_map(Members).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_of_pointers() {
        let text = "{\n  \"a\": {\"b/c\": [10, \"é\", {\"k\": null}]},\n  \"\\u0064\": true\n}\n";
        let document = Document::parse(text.as_bytes()).unwrap();
        for (pointer, at, part) in [
            ("", "1:1", text.trim()),
            ("/a", "2:8", "{\"b/c\": [10, \"é\", {\"k\": null}]}"),
            ("/a/b~1c/0", "2:17", "10"),
            ("/a/b~1c/2/k", "2:32", "null"),
            ("/d", "3:13", "true"),
        ] {
            let position = document.position(&Pointer::from_text(pointer)).unwrap();
            let start = position.offset as usize;
            assert_eq!(position.to_string(), at, "{pointer}");
            assert_eq!(&document.text()[start..start + position.bytes as usize], part);
        }
        assert_eq!(document.position(&Pointer::from_text("/a/x")), None);
        assert_eq!(document.closest_position(&Pointer::from_text("/a/x/y")).unwrap().to_string(), "2:8");
    }
}
