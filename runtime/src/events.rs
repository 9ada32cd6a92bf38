//! What an event type offers: reading, checking, writing.

use crate::cursor::Cursor;
use crate::reject::Reject;
use crate::{Document, Error, Event, Read, Write, explain, read};

/// Parses an event and validates it against its schema.
///
/// # Errors
///
/// When the bytes are not JSON, or the schema rejects the event.
pub fn from_slice<'a, T: Read<'a>>(document: &'static Document, bytes: &'a [u8]) -> Result<T, Error> {
    typed(document, bytes).map_err(|reject| explain::explain(document, bytes, reject))
}

fn typed<'a, T: Read<'a>>(document: &'static Document, bytes: &'a [u8]) -> Result<T, Reject> {
    let mut cursor = Cursor::of_text(Cursor::text_of(bytes)?);
    let event = read(&mut cursor, Some(document.root()))?;
    cursor.end()?;
    Ok(event)
}

/// Validates an event that is already a value, such as a `serde_json::Value`.
///
/// # Errors
///
/// When the schema rejects the event.
pub fn from_value<T: for<'a> Read<'a>>(
    document: &'static Document,
    event: &impl serde::Serialize,
) -> Result<T, Error> {
    let bytes = serde_json::to_vec(event).map_err(|error| Error::Internal(error.to_string()))?;
    from_slice(document, &bytes)
}

impl Document {
    /// Validates an event without making a value of its type.
    ///
    /// # Errors
    ///
    /// When the bytes are not JSON, or the schema rejects the event.
    pub fn check(&'static self, bytes: &[u8]) -> Result<(), Error> {
        checked(self, bytes).map_err(|reject| explain::explain(self, bytes, reject))
    }
}

/// Tells whether bytes are an event that the schema accepts, without typing it.
pub fn check_bytes(document: &'static Document, bytes: &[u8]) -> bool {
    checked(document, bytes).is_ok()
}

fn checked(document: &'static Document, bytes: &[u8]) -> Result<(), Reject> {
    let mut cursor = Cursor::of_text(Cursor::text_of(bytes)?);
    cursor.check(document.root())?;
    cursor.end()
}

/// Checks and writes an event.
///
/// # Errors
///
/// When the schema refuses what the value would be written as.
pub fn to_vec<T: Event>(event: &T) -> Result<Vec<u8>, Error> {
    written(T::document(), event)
}

/// Checks and writes a value as an event of a schema.
///
/// # Errors
///
/// When the schema refuses what the value would be written as.
pub fn written<T: Write>(document: &'static Document, event: &T) -> Result<Vec<u8>, Error> {
    let mut text = String::new();
    event.write(&mut text);
    let bytes = text.into_bytes();
    match checked(document, &bytes) {
        Ok(()) => Ok(bytes),
        Err(reject) => Err(explain::explain(document, &bytes, reject)),
    }
}

/// Writes any generated value for a serializer that is not one of JSON bytes.
///
/// # Errors
///
/// What the serializer says.
pub fn serialize<T: Write, S: serde::Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::Serialize as _;
    let mut text = String::new();
    value.write(&mut text);
    let json = crate::Json::parse(&text).map_err(serde::ser::Error::custom)?;
    json.serialize(serializer)
}

/// Reads any generated value from a deserializer, as far as its type says: unchecked.
///
/// # Errors
///
/// When the type does not hold the value.
pub fn deserialize<'de, T: for<'a> Read<'a>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    use serde::Deserialize as _;
    use serde::de::Error as _;
    let json = crate::Json::deserialize(deserializer)?;
    let mut text = String::new();
    json.write(&mut text);
    let mut cursor = Cursor::of_text(&text);
    T::read(&mut cursor, None).map_err(|_| D::Error::custom("the value does not fit the type"))
}
