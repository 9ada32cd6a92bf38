//! Recognizes the serializers and deserializers of some crates by the names of their types.
//!
//! serde cannot ask a serializer for its format, so these functions read the name of its type. Each caller has a safe
//! answer for a type with an unknown name.

use std::any::type_name;

use serde::ser::{SerializeStruct, Serializer};

use crate::serde_json_tokens as tokens;

/// The serializers that understand [`serialize_raw`]. Any other serializer would write a struct with a strange name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SerdeJson {
    /// Writes text.
    Text,
    /// Builds a `serde_json::Value`.
    Value,
}

impl SerdeJson {
    /// Returns which serializer of serde_json has this type, or is wrapped by this type.
    ///
    /// If the name is unknown, the worst outcome is an error for a number that is neither an integer nor a float.
    pub(crate) fn of<S>() -> Option<Self> {
        let name = type_name::<S>();
        if name.starts_with("&mut serde_json::ser::") {
            return Some(Self::Text);
        }
        paths(name).find_map(|path| {
            if path.starts_with("serde_json::ser::") {
                Some(Self::Text)
            } else {
                path.starts_with("serde_json::value::ser::").then_some(Self::Value)
            }
        })
    }
}

/// Returns the paths of the types in a name, such as `serde_json::ser::CompactFormatter`.
fn paths(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | ':'))
}

/// Returns whether this is serde_json's own serializer for text without white space, so that [`serialize_raw`] can pass
/// it the text of any value.
///
/// A serializer around serde_json's does not count. serde's serializer for `#[serde(flatten)]`, for example, would write
/// the text as a property.
pub(crate) fn writes_compact_json<S>() -> bool {
    let arguments = type_name::<S>()
        .strip_prefix("&mut serde_json::ser::Serializer<")
        .and_then(|rest| rest.strip_suffix('>'));
    // The name of a type omits an argument that is the default.
    arguments.is_some_and(|arguments| {
        matches!(second_argument(arguments), None | Some("serde_json::ser::CompactFormatter"))
    })
}

/// Returns the second one of a type's arguments, if there are several.
fn second_argument(arguments: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let mut is_separator = |c: char| {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && c == ','
    };
    arguments.split_once(&mut is_separator).map(|(_, rest)| rest.trim_start())
}

/// Passes a JSON text in the same way as serde_json's `RawValue`, which keeps its spelling.
pub(crate) fn serialize_raw<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let mut raw = serializer.serialize_struct(tokens::RAW, 1)?;
    raw.serialize_field(tokens::RAW, text)?;
    raw.end()
}

/// Returns whether a map is serde_json's way to pass the text of a value, or is wrapped by this type. In any other map, a
/// property with the same name is a property of the event.
pub(crate) fn passes_raw_text<A>() -> bool {
    paths(type_name::<A>()).any(|path| path.starts_with("serde_json::raw::"))
}

/// Returns whether a deserializer reads a `serde_json::Value`, which has no text with lines and columns.
pub(crate) fn reads_value<D>() -> bool {
    paths(type_name::<D>()).any(|path| path.starts_with("serde_json::value::"))
}

/// Returns whether a map is of a crate for TOML. In any other map, a property with the name that marks a date is a
/// property of the event.
pub(crate) fn is_toml<A>() -> bool {
    paths(type_name::<A>()).any(|path| {
        let (name, _) = path.split_once("::").unwrap_or_default();
        matches!(name, "toml" | "toml_edit" | "toml_datetime")
    })
}

/// Returns whether the format of a serializer has integers of 128 bits.
///
/// Other serializers may accept such an integer, but write something else: MessagePack gets 16 bytes.
pub(crate) fn holds_i128<S>() -> bool {
    let name = type_name::<S>();
    let path = name.strip_prefix("&mut ").unwrap_or(name);
    [
        "ciborium::ser::",
        "serde_norway::ser::",
        "serde_yaml::ser::",
        "serde_yaml_ng::ser::",
        "serde_yml::ser::",
    ]
    .iter()
    .any(|known| path.starts_with(known))
}

#[cfg(test)]
mod tests {
    use serde_json::Serializer;
    use serde_json::ser::{CompactFormatter, PrettyFormatter};

    use super::*;

    #[test]
    fn only_the_compact_serializer_gets_raw_text() {
        type Nested<'a> = std::collections::BTreeMap<(u8, [u8; 2]), &'a mut Vec<u8>>;
        assert!(writes_compact_json::<&mut Serializer<Vec<u8>>>());
        assert!(writes_compact_json::<&mut Serializer<&mut Vec<u8>, CompactFormatter>>());
        assert!(writes_compact_json::<&mut Serializer<Nested<'_>>>());
        assert!(!writes_compact_json::<&mut Serializer<Vec<u8>, PrettyFormatter<'_>>>());
        assert!(!writes_compact_json::<&mut Serializer<Nested<'_>, Option<CompactFormatter>>>());
        assert!(!writes_compact_json::<Option<&mut Serializer<Vec<u8>>>>());
        assert!(!writes_compact_json::<serde_json::value::Serializer>());
    }

    #[test]
    fn formats_are_found_by_name() {
        assert_eq!(SerdeJson::of::<&mut Serializer<Vec<u8>>>(), Some(SerdeJson::Text));
        assert_eq!(SerdeJson::of::<Option<serde_json::value::Serializer>>(), Some(SerdeJson::Value));
        assert!(reads_value::<&serde_json::Value>() && !reads_value::<Vec<u8>>());
        assert!(is_toml::<toml::Value>() && !is_toml::<serde_json::Value>());
    }
}
