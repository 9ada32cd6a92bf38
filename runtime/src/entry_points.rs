//! The functions that generated types and applications call to parse, validate and write events.

use serde::Serialize;

use crate::check::Checker;
use crate::document::Document;
use crate::error::Error;
use crate::event::Event;
use crate::explain::explain;
use crate::lexer::Lexer;
use crate::number::Number;
use crate::read::{Read, read};
use crate::reject::Reject;
use crate::via_serde::{explain_refusal, failure};
use crate::write::Write;

/// Parses an event and validates it against its schema.
///
/// # Errors
///
/// If the bytes are not JSON, or the schema rejects the event.
pub fn from_slice<'a, T: Read<'a>>(document: &'static Document, bytes: &'a [u8]) -> Result<T, Error> {
    let text = Lexer::decode_utf8(bytes).map_err(|reject| explain(document, bytes, reject))?;
    let mut checker = Checker::new(text);
    read_event(document, &mut checker)
        .map_err(|reject| explain_refusal(explain(document, bytes, reject), checker.refusal))
}

fn read_event<'a, T: Read<'a>>(document: &'static Document, checker: &mut Checker<'a>) -> Result<T, Reject> {
    let event = read(checker, Some(document.root()))?;
    checker.lexer.end()?;
    Ok(event)
}

/// Validates an event that is already a value in memory, such as a `serde_json::Value`. Returns the event as a `T`.
///
/// # Errors
///
/// If the value has no JSON, or the schema rejects the event.
pub fn from_value<T: for<'a> Read<'a>>(
    document: &'static Document,
    event: &impl Serialize,
) -> Result<T, Error> {
    let bytes = serde_json::to_vec(event).map_err(|error| Error::NotSerializable(error.to_string()))?;
    from_slice(document, &bytes)
}

impl Document {
    /// Validates an event without making a value of its type.
    ///
    /// # Errors
    ///
    /// If the bytes are not JSON, or the schema rejects the event.
    pub fn check(&'static self, bytes: &[u8]) -> Result<(), Error> {
        check_event(self, bytes).map_err(|reject| explain(self, bytes, reject))
    }
}

/// Returns whether the schema accepts an event, without making a value of its type.
pub fn check_bytes(document: &'static Document, bytes: &[u8]) -> bool {
    check_event(document, bytes).is_ok()
}

fn check_event(document: &'static Document, bytes: &[u8]) -> Result<(), Reject> {
    let mut checker = Checker::new(Lexer::decode_utf8(bytes)?);
    checker.check(document.root())?;
    checker.lexer.end()
}

/// Validates an event and writes it as JSON.
///
/// # Errors
///
/// If the event has no JSON, or the schema rejects its JSON.
pub fn to_vec<T: Event>(event: &T) -> Result<Vec<u8>, Error> {
    written(T::document(), event)
}

/// Validates a value against a schema and writes it as JSON.
///
/// # Errors
///
/// If the value has no JSON, or the schema rejects its JSON.
pub fn written<T: Write>(document: &'static Document, event: &T) -> Result<Vec<u8>, Error> {
    let mut text = String::new();
    event.write(&mut text);
    match check_event(document, text.as_bytes()) {
        Ok(()) => Ok(text.into_bytes()),
        Err(reject) => Err(match failure(&text) {
            Some(failure) => Error::NotSerializable(failure.to_owned()),
            None => explain(document, text.as_bytes(), reject),
        }),
    }
}

/// Returns the number of a text in generated code.
pub fn number(text: &'static str) -> Number {
    Number::of_literal(text)
}
