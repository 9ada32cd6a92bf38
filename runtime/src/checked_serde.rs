//! serde for generated types: reads and writes only values that the schema accepts.

use serde::de::Deserializer;
use serde::ser::{Error as _, Serializer};

use crate::check::Checker;
use crate::explain::message;
use crate::json_text::{Source, deserialize_text};
use crate::known_formats::{serialize_raw, writes_compact_json};
use crate::lexer::Lexer;
use crate::program::NodeRef;
use crate::read::{Read, read};
use crate::reject::Reject;
use crate::via_serde::failure;
use crate::write::Write;

/// Reads a value of a type and checks it against a node.
///
/// # Errors
///
/// If the deserializer fails, if the value has no JSON text, or if the node rejects the value.
pub fn deserialize_checked<'de, T, D>(node: NodeRef, deserializer: D) -> Result<T, D::Error>
where
    T: for<'a> Read<'a>,
    D: Deserializer<'de>,
{
    deserialize_text(deserializer, |text, source| {
        let mut checker = Checker::new(text);
        read_text(node, text.len(), &mut checker).map_err(|reject| {
            let message = message(node, text, reject, source == Source::Text);
            match checker.refusal {
                Some(refusal) => format!("{message}: {refusal}"),
                None => message,
            }
        })
    })
}

fn read_text<'t, T: Read<'t>>(node: NodeRef, length: usize, checker: &mut Checker<'t>) -> Result<T, Reject> {
    Lexer::check_length(length)?;
    let value = read(checker, Some(node))?;
    checker.lexer.end()?;
    Ok(value)
}

/// Checks the JSON of a value against a node, and passes the value to a serializer.
///
/// # Errors
///
/// If the node rejects the value, if the value has no JSON, or if the serializer fails. Nothing has been written if the
/// node rejects the value.
pub fn serialize_checked<T: Write, S: Serializer>(
    node: NodeRef,
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut text = String::new();
    value.write(&mut text);
    // The author of the value never sees this text, so the message has no line and no column.
    check_text(node, &text).map_err(|reject| match failure(&text) {
        Some(failure) => S::Error::custom(failure),
        None => S::Error::custom(message(node, &text, reject, false)),
    })?;
    // A second pass over the value would double the time for each type that a user's type contains.
    if writes_compact_json::<S>() {
        return serialize_raw(&text, serializer);
    }
    value.serialize_unchecked(serializer)
}

fn check_text(node: NodeRef, text: &str) -> Result<(), Reject> {
    Lexer::check_length(text.len())?;
    let mut checker = Checker::new(text);
    checker.check(node)?;
    checker.lexer.end()
}
