//! What is said of a refused event. This is the cold side: the event is read again, at leisure.

use crate::cursor::Cursor;
use crate::place::{Position, pointer_at, position};
use crate::reject::{Reject, Why};
use crate::{Document, Error, Violation};

#[cfg(feature = "explain")]
mod validator;
#[cfg(feature = "explain")]
mod work;

#[cfg(all(test, feature = "explain"))]
mod tests;

/// Returns why an event is refused, given where its reading stopped.
#[cold]
pub(crate) fn explain(document: &'static Document, bytes: &[u8], mut reject: Reject) -> Error {
    if reject.is_syntax() {
        return Error::not_json(bytes, reject);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Error::not_json(bytes, Reject::new(error.valid_up_to(), Why::NotUtf8)),
    };
    // The schema refused what came first; the rest may still not be JSON.
    let mut cursor = Cursor::of_text(text);
    if let Err(reject) = cursor.skip().and_then(|()| cursor.end()) {
        return Error::not_json(bytes, reject);
    }
    if reject.why() == Why::Untypable {
        // The type was the first to notice; the schema has the word for it.
        cursor.rewind(0);
        match cursor.check(document.root()) {
            Ok(()) => {
                return Error::Internal(format!(
                    "the value at byte {} does not fit the generated type",
                    reject.at()
                ));
            }
            Err(said) => reject = said,
        }
    }
    #[cfg(feature = "explain")]
    {
        let violations = validator::violations(document, text);
        if !violations.is_empty() {
            return Error::Refused(violations);
        }
    }
    Error::Refused(vec![first(text, reject)])
}

/// Returns the violation at which reading stopped.
fn first(text: &str, reject: Reject) -> Violation {
    let keyword = reject.why().keyword().unwrap_or_default();
    let (pointer, start) = pointer_at(text, reject.at());
    let value = excerpt(text, start);
    let message = format!("`{keyword}` rejects {value}");
    violation(
        text,
        start,
        Violation {
            pointer,
            line: 0,
            column: 0,
            schema_pointer: String::new(),
            keyword: keyword.to_owned(),
            value,
            message,
        },
    )
}

/// Adds line and column, and cuts what the event may have made long: names in the pointer, and the message.
fn violation(text: &str, start: usize, violation: Violation) -> Violation {
    let Position { line, column } = position(text.as_bytes(), start);
    let names: Vec<String> =
        violation.pointer.split('/').map(|name| shortened(name, Violation::EXCERPT_CHARS_MAX)).collect();
    let message = shortened(&violation.message, Violation::MESSAGE_CHARS_MAX);
    Violation { line, column, pointer: names.join("/"), message, ..violation }
}

/// Returns the beginning of a text, with `…` if that is not all of it.
fn shortened(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Returns the beginning of the value that starts at a byte, on one line.
fn excerpt(text: &str, start: usize) -> String {
    let mut cursor = Cursor::of_text(text);
    cursor.rewind(start);
    let end = cursor.skip().map_or(text.len(), |()| cursor.position());
    let value = text.get(start..end).unwrap_or_default();
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    shortened(value, Violation::EXCERPT_CHARS_MAX).chars().map(plain).collect()
}
