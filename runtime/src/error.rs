use std::fmt;

use crate::place::{Position, position};
use crate::reject::{Reject, Why};

/// Why an event is refused, or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not JSON, name a member twice, or nest too deeply.
    NotJson {
        /// What is wrong.
        message: String,
        /// The line, counted from one.
        line: usize,
        /// The column in bytes, counted from one.
        column: usize,
    },
    /// The schema refuses the event; every reason, up to [`Error::VIOLATIONS_MAX`]. Without the feature `explain`, and
    /// where unions and the event are so large that listing would take too long, the first that was met.
    Refused(Vec<Violation>),
    /// Whether the schema accepts the event takes too many steps to find out: its alternatives multiply. `evschema gen`
    /// warns of schemas that can ask for this.
    Undecided {
        /// The line at which the check stopped, counted from one.
        line: usize,
        /// The column in bytes, counted from one.
        column: usize,
    },
    /// The event satisfies the schema but not its type: a bug of the generator.
    Internal(String),
}

/// One reason why a schema refuses an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// Where in the event, as a JSON Pointer; names are cut after [`Violation::EXCERPT_CHARS_MAX`] characters, with
    /// `…` in the place of the rest.
    pub pointer: String,
    /// The line of that place, counted from one.
    pub line: usize,
    /// The column of that place in bytes, counted from one.
    pub column: usize,
    /// Where in the schema, as the path of keywords taken; empty where only the first reason is known.
    pub schema_pointer: String,
    /// The keyword that refuses.
    pub keyword: String,
    /// The value that is refused, cut after [`Violation::EXCERPT_CHARS_MAX`] characters.
    pub value: String,
    /// What is wrong, for people, cut after [`Violation::MESSAGE_CHARS_MAX`] characters.
    pub message: String,
}

impl Error {
    /// Most violations that are listed, so that a hostile event costs a bounded answer.
    pub const VIOLATIONS_MAX: usize = 100;

    /// Returns the reasons why the schema refuses the event; none for other errors.
    pub fn violations(&self) -> &[Violation] {
        match self {
            Self::Refused(violations) => violations,
            Self::NotJson { .. } | Self::Undecided { .. } | Self::Internal(_) => &[],
        }
    }

    pub(crate) fn not_json(bytes: &[u8], reject: Reject) -> Self {
        let message = reject.why().says_not_json().unwrap_or("not JSON").to_owned();
        let Position { line, column } = position(bytes, reject.at());
        if reject.why() == Why::TooManySteps {
            return Self::Undecided { line, column };
        }
        Self::NotJson { message, line, column }
    }
}

impl Violation {
    /// Most characters of an event that a violation repeats.
    pub const EXCERPT_CHARS_MAX: usize = 80;

    /// Most characters of a message, which may name members of the event and quotes the schema.
    pub const MESSAGE_CHARS_MAX: usize = 500;
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson { message, line, column } => write!(f, "{line}:{column} {message}"),
            Self::Undecided { line, column } => {
                let why = Why::TooManySteps.says_not_json().unwrap_or_default();
                write!(f, "{line}:{column} undecided: {why}")
            }
            Self::Refused(violations) => {
                for (at, violation) in violations.iter().enumerate() {
                    let separator = if at == 0 { "" } else { "; " };
                    write!(f, "{separator}{violation}")?;
                }
                Ok(())
            }
            Self::Internal(message) => {
                write!(f, "{message}; this is a bug of the generator, please report it")
            }
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the event" } else { &self.pointer };
        write!(f, "{}:{} {place}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for Error {}

/// A text that an enum does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownText;

impl fmt::Display for UnknownText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not one of the texts of this type")
    }
}

impl std::error::Error for UnknownText {}
