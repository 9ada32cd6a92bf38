//! The reasons why a schema rejects an event.

use serde::{Deserialize, Serialize};

use crate::pointer::Pointer;

/// One reason why a schema rejects an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Violation {
    /// The place in the event.
    pub pointer: Pointer,
    /// The place in the schema, as the path of keywords.
    pub schema_pointer: Pointer,
    /// The keyword that rejects the event; `unexplained` if the event and the unions of the schema are too large to
    /// find the keyword.
    pub keyword: String,
    /// The message. It quotes at most [`Violation::EXCERPT_CHARS_MAX`] characters of the event.
    pub message: String,
    /// The missing property, if the keyword is `required`.
    #[serde(skip)]
    pub missing: Option<String>,
}

impl Violation {
    /// A message quotes at most this many characters of an event.
    pub const EXCERPT_CHARS_MAX: usize = 80;

    /// The maximum length of a message in characters. A message can quote the schema.
    pub const MESSAGE_CHARS_MAX: usize = 500;

    /// Returns a violation without an explanation.
    pub(crate) fn unexplained() -> Self {
        Self {
            pointer: Pointer::root(),
            schema_pointer: Pointer::root(),
            keyword: "unexplained".to_owned(),
            message:
                "the schema rejects the event, but listing all violations would take too long; validate a \
                 smaller event, or validate a part of the event with the schema of that part"
                    .to_owned(),
            missing: None,
        }
    }
}
