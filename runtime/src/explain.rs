//! Explains why an event is rejected. The explanation reads the event a second time, after the check has rejected it.
//! Its speed matters less than the speed of the check.

use crate::check::Checker;
use crate::document::Document;
use crate::error::{Error, Violation};
use crate::lexer::Lexer;
use crate::line_column::LineColumn;
use crate::reject::{Reason, Reject};

#[cfg(feature = "explain")]
mod cost;
mod pointer;
#[cfg(feature = "explain")]
mod validator;

#[cfg(all(test, feature = "explain"))]
mod tests;

use pointer::pointer_at;

/// Returns the error for a rejected event.
#[cold]
pub(crate) fn explain(document: &'static Document, bytes: &[u8], mut reject: Reject) -> Error {
    if reject.is_syntax() {
        return Error::not_json(bytes, reject);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Error::not_json(bytes, Reject::new(error.valid_up_to(), Reason::NotUtf8)),
    };
    // The schema rejected the event before its end, so the rest may not be JSON.
    let mut lexer = Lexer::new(text);
    if let Err(reject) = lexer.skip().and_then(|()| lexer.end()) {
        return Error::not_json(bytes, reject);
    }
    if reject.reason() == Reason::DoesNotFitType {
        // The generated type rejected the value before a keyword did. A check with the schema finds the keyword.
        match Checker::new(text).check(document.root()) {
            Ok(()) => {
                return Error::Internal(format!(
                    "the value at byte {} does not fit the generated type",
                    reject.position()
                ));
            }
            Err(by_schema) => reject = by_schema,
        }
    }
    #[cfg(feature = "explain")]
    {
        let violations = validator::violations(document, text);
        if !violations.is_empty() {
            return Error::Refused(violations);
        }
    }
    Error::Refused(vec![first_violation(text, reject)])
}

/// Returns the violation at which the check stopped.
fn first_violation(text: &str, reject: Reject) -> Violation {
    let keyword = reject.reason().keyword().unwrap_or_default();
    let (pointer, start) = pointer_at(text, reject.position());
    let value = excerpt(text, start);
    let message = format!("`{keyword}` rejects {value}");
    Finding { pointer, start, schema_pointer: String::new(), keyword, value, message }.into_violation(text)
}

/// A violation before its texts are cut.
struct Finding<'k> {
    pointer: String,
    start: usize,
    schema_pointer: String,
    keyword: &'k str,
    value: String,
    message: String,
}

impl Finding<'_> {
    /// Adds the line and the column. Cuts the names in the pointer and the message, because a hostile event can make
    /// them long.
    fn into_violation(self, text: &str) -> Violation {
        let LineColumn { line, column } = LineColumn::of(text.as_bytes(), self.start);
        let names: Vec<String> =
            self.pointer.split('/').map(|name| shorten(name, Violation::EXCERPT_CHARS_MAX)).collect();
        Violation {
            pointer: names.join("/"),
            line,
            column,
            schema_pointer: self.schema_pointer,
            keyword: self.keyword.to_owned(),
            value: self.value,
            message: shorten(&self.message, Violation::MESSAGE_CHARS_MAX),
        }
    }
}

/// Returns the beginning of a text, and `…` if the text continues.
fn shorten(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Returns the beginning of the value at a position, on one line.
fn excerpt(text: &str, start: usize) -> String {
    let mut lexer = Lexer::new(text);
    lexer.rewind(start);
    let end = lexer.skip().map_or(text.len(), |()| lexer.position());
    let value = text.get(start..end).unwrap_or_default();
    let without_control = |c: char| if c.is_control() { ' ' } else { c };
    shorten(value, Violation::EXCERPT_CHARS_MAX).chars().map(without_control).collect()
}
