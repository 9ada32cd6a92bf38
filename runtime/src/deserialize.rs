//! Reads values from any deserializer of serde, and checks them.

use serde::de::Deserializer;

use crate::check::Checker;
use crate::explain::message;
use crate::json_text::{Source, deserialize_text};
use crate::program::NodeRef;
use crate::read::{Read, read};
use crate::reject::Reject;

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
        read_text(node, text).map_err(|reject| message(node, text, reject, source == Source::Text))
    })
}

fn read_text<T: for<'a> Read<'a>>(node: NodeRef, text: &str) -> Result<T, Reject> {
    crate::lexer::Lexer::check_length(text.len())?;
    let mut checker = Checker::new(text);
    let value = read(&mut checker, Some(node))?;
    checker.lexer.end()?;
    Ok(value)
}
