//! Explains why an event is rejected. The explanation reads the event a second time, after the check has rejected it.
//! Its speed matters less than the speed of the check.

use crate::check::Checker;
use crate::document::Document;
use crate::error::{Error, Violation};
use crate::lexer::Lexer;
use crate::line_column::LineColumn;
use crate::program::NodeRef;
use crate::reject::{Reason, Reject};

mod applicators;
mod array;
mod message;
mod object;
mod pointer;
mod scalar;
mod schema;
#[cfg(test)]
mod tests;
mod walk;

use pointer::pointer_at;

/// Returns the error for a rejected event.
#[cold]
pub(crate) fn explain(document: &'static Document, bytes: &[u8], reject: Reject) -> Error {
    if reject.reason() == Reason::BrokenProgram {
        return broken_program(&format!("`{}`", document.base), document.root());
    }
    if reject.is_syntax() {
        return Error::not_json(bytes, reject);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Error::not_json(bytes, Reject::new(error.valid_up_to(), Reason::NotUtf8)),
    };
    let reject = match find_keyword(document.root(), text, reject) {
        Ok(reject) => reject,
        Err(error) => return error,
    };
    let mut violations = walk::violations(document, text);
    if violations.is_empty() {
        violations.push(first_violation(text, reject));
    }
    Error::Refused(violations)
}

/// Returns the message for a rejected value: the location of the deepest violation, and the keyword. For a text that the author
/// of the value knows, the message also has the line and the column.
#[cold]
pub(crate) fn message(node: NodeRef, text: &str, reject: Reject, has_positions: bool) -> String {
    let (line_column, message) = match find_keyword(node, text, reject) {
        Ok(reject) => {
            let Violation { pointer, line, column, message, .. } =
                first_violation(text, deepest(node, text, reject));
            let location = if pointer.is_empty() { "the value" } else { &pointer };
            (Some((line, column)), format!("{location}: {message}"))
        }
        Err(Error::NotJson { message, line, column }) => (Some((line, column)), message),
        Err(error) => (None, error.to_string()),
    };
    match line_column.filter(|_| has_positions) {
        Some((line, column)) => format!("{message} (line {line}, column {column} of this value)"),
        None => message,
    }
}

/// Returns the rejection by a keyword; an error if no keyword has rejected the text.
fn find_keyword(node: NodeRef, text: &str, reject: Reject) -> Result<Reject, Error> {
    if reject.reason() == Reason::BrokenProgram {
        return Err(broken_program("the type", node));
    }
    if reject.is_syntax() {
        return Err(Error::not_json(text.as_bytes(), reject));
    }
    // The schema rejected the event before its end, so the rest may not be JSON.
    let mut lexer = Lexer::new(text);
    lexer.skip().and_then(|()| lexer.end()).map_err(|reject| Error::not_json(text.as_bytes(), reject))?;
    if reject.reason() != Reason::DoesNotFitType {
        return Ok(reject);
    }
    // The generated type rejected the value before a keyword did. A check with the schema finds the keyword.
    match Checker::new(text).check(node) {
        Ok(()) => Err(Error::Internal(format!(
            "the value at byte {} does not fit the generated type",
            reject.position()
        ))),
        Err(by_schema) if by_schema.is_syntax() => find_keyword(node, text, by_schema),
        Err(by_schema) => Ok(by_schema),
    }
}

/// Returns the deepest rejection, if all alternatives of a schema have rejected a value. Otherwise returns the same
/// rejection.
fn deepest(node: NodeRef, text: &str, reject: Reject) -> Reject {
    if !matches!(reject.reason(), Reason::AnyOf | Reason::OneOf) {
        return reject;
    }
    let mut checker = Checker::new(text);
    match checker.check(node) {
        Err(again) if again == reject => checker.deepest(again),
        Ok(()) | Err(_) => reject,
    }
}

/// Returns the error for a program that is not readable, with the name of its owner.
fn broken_program(owner: &str, node: NodeRef) -> Error {
    Error::Internal(format!("the program of {owner} {}", node.defect()))
}

/// Returns the violation at which the check stopped.
fn first_violation(text: &str, reject: Reject) -> Violation {
    let keyword = reject.reason().keyword().unwrap_or_default();
    let (pointer, start) = pointer_at(text, reject.position());
    let value = excerpt(text, start);
    let message = format!("`{keyword}` rejects {value}");
    Finding { pointer, start, schema_pointer: String::new(), keyword, value, message }
        .into_violation(LineColumn::of(text.as_bytes(), start))
}

/// A violation before its texts are cut.
struct Finding {
    pointer: String,
    start: usize,
    schema_pointer: String,
    keyword: &'static str,
    value: String,
    message: String,
}

impl Finding {
    /// Adds the line and the column. Cuts the names in the pointer and the message, because a hostile event can make
    /// them long.
    fn into_violation(self, LineColumn { line, column }: LineColumn) -> Violation {
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
    let text = text.get(start..).unwrap_or_default();
    // One character more than the excerpt shows whether the value continues.
    let window = text.char_indices().nth(Violation::EXCERPT_CHARS_MAX + 1);
    let text = window.and_then(|(end, _)| text.get(..end)).unwrap_or(text);
    let mut lexer = Lexer::new(text);
    let end = lexer.skip().map_or(text.len(), |()| lexer.position());
    let value = text.get(..end).unwrap_or_default();
    let without_control = |c: char| if c.is_control() { ' ' } else { c };
    shorten(value, Violation::EXCERPT_CHARS_MAX).chars().map(without_control).collect()
}
