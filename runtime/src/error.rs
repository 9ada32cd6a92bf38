use std::fmt;

use crate::line_column::LineColumn;
use crate::reject::{Reason, Reject};

/// Why an event was rejected or could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not JSON, have a duplicate property, or nest too deeply.
    NotJson {
        /// The error in the text.
        message: String,
        /// The line, counted from one.
        line: usize,
        /// The column in bytes, counted from one.
        column: usize,
    },
    /// The schema rejects the event. The list has all violations in the order of the event, up to
    /// [`Error::VIOLATIONS_MAX`]. If no branch of a union accepts a value, the violations of the closest branch follow.
    /// If the list would take more steps than a check may take, it has only the first violation.
    Refused(Vec<Violation>),
    /// The validation would take too many steps, because the alternatives of the schema multiply. `evschema gen` warns
    /// about schemas that can cause this.
    Undecided {
        /// The line at which validation stopped, counted from one.
        line: usize,
        /// The column in bytes, counted from one.
        column: usize,
    },
    /// The value has no JSON: its implementation of `Serialize` failed with this message.
    NotSerializable(String),
    /// The schema accepts the event, but the generated type cannot represent it. This is a bug in the code generator.
    Internal(String),
}

/// One reason why a schema rejects an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The location in the event, as a JSON Pointer. A name longer than [`Violation::EXCERPT_CHARS_MAX`] characters is
    /// cut and ends with `…`.
    pub pointer: String,
    /// The line of that location, counted from one.
    pub line: usize,
    /// The column of that location in bytes, counted from one.
    pub column: usize,
    /// The location of the keyword in the schema document, as a JSON Pointer. If the schema refers to another document,
    /// it is a location there. Empty if only the first violation is known.
    pub schema_pointer: String,
    /// The keyword that rejects the value; `rustType` if the schema accepts the value, but a type of the user refuses it.
    pub keyword: String,
    /// The rejected value, cut after [`Violation::EXCERPT_CHARS_MAX`] characters.
    pub value: String,
    /// The message for people, cut after [`Violation::MESSAGE_CHARS_MAX`] characters.
    pub message: String,
}

impl Error {
    /// Maximum number of violations listed, so that a hostile event cannot cause an unbounded answer.
    pub const VIOLATIONS_MAX: usize = 100;

    /// Returns the violations if the schema rejects the event. Returns an empty slice for any other error.
    pub fn violations(&self) -> &[Violation] {
        match self {
            Self::Refused(violations) => violations,
            Self::NotJson { .. } | Self::Undecided { .. } | Self::NotSerializable(_) | Self::Internal(_) => {
                &[]
            }
        }
    }

    /// Returns the error for an event whose text is not JSON, or whose check took too many steps.
    pub(crate) fn not_json(bytes: &[u8], reject: Reject) -> Self {
        let message = reject.reason().syntax_message().unwrap_or("not JSON").to_owned();
        let LineColumn { line, column } = LineColumn::of(bytes, reject.position());
        if reject.reason() == Reason::TooManySteps {
            return Self::Undecided { line, column };
        }
        Self::NotJson { message, line, column }
    }
}

impl Violation {
    /// Maximum number of characters of the event that a violation quotes.
    pub const EXCERPT_CHARS_MAX: usize = 80;

    /// Maximum number of characters of a message, which may quote the event and the schema.
    pub const MESSAGE_CHARS_MAX: usize = 500;
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson { message, line, column } => write!(f, "{line}:{column} {message}"),
            Self::Undecided { line, column } => {
                let message = Reason::TooManySteps.syntax_message().unwrap_or_default();
                write!(f, "{line}:{column} undecided: {message}")
            }
            Self::Refused(violations) => {
                for (at, violation) in violations.iter().enumerate() {
                    let separator = if at == 0 { "" } else { "; " };
                    write!(f, "{separator}{violation}")?;
                }
                Ok(())
            }
            Self::NotSerializable(message) => write!(f, "the value has no JSON: {message}"),
            Self::Internal(message) => {
                write!(f, "{message}; this is a bug in the code generator, please report it")
            }
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let location = if self.pointer.is_empty() { "the event" } else { &self.pointer };
        write!(f, "{}:{} {location}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for Error {}

/// The error for a string that is no variant of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownText;

impl fmt::Display for UnknownText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the enum has no variant for this string")
    }
}

impl std::error::Error for UnknownText {}

/// The error for an integer that is no variant of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownInteger;

impl fmt::Display for UnknownInteger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the enum has no variant for this integer")
    }
}

impl std::error::Error for UnknownInteger {}
