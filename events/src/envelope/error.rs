use std::fmt;

/// Why a message is not a valid CloudEvent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
#[non_exhaustive]
pub struct EnvelopeError {
    /// The place of the problem.
    pub place: Place,
    /// The problem.
    pub problem: EnvelopeProblem,
}

/// The place of a problem in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// The whole message.
    Message,
    /// An attribute that is missing, or that a program has set.
    Attribute(String),
    /// A place in a JSON text.
    Json {
        /// The JSON Pointer (RFC 6901) of the value; empty for the whole text.
        pointer: String,
        /// The line, counted from one.
        line: usize,
        /// The column in bytes, counted from one.
        column: usize,
    },
    /// A header of the message.
    Header(String),
}

/// A rule of CloudEvents 1.0, or a limit of this crate, that a message breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeProblem {
    /// The text is not JSON.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// The structured mode needs an object.
    #[error("an envelope is a JSON object")]
    NotAnObject,
    /// A batch needs an array.
    #[error("a batch is a JSON array of envelopes")]
    NotAnArray,
    /// The message is longer than [`Envelope::BYTES_MAX`](super::Envelope::BYTES_MAX).
    #[error("{bytes} bytes, of at most {max}; send a reference to the content instead")]
    TooLong {
        /// The size in bytes.
        bytes: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// More attributes than [`Envelope::ATTRIBUTES_MAX`](super::Envelope::ATTRIBUTES_MAX).
    #[error("more than {0} attributes; move application data to the payload")]
    TooManyAttributes(usize),
    /// More events than [`Envelope::BATCH_MAX`](super::Envelope::BATCH_MAX).
    #[error("more than {0} events; send several batches")]
    TooManyEvents(usize),
    /// The message has no `specversion`, so it is not a CloudEvent.
    #[error("the message has no CloudEvents attributes; send the structured or the binary mode")]
    NotACloudEvent,
    /// A required attribute is missing (specification, "REQUIRED attributes").
    #[error("the attribute is missing, and CloudEvents requires it")]
    Missing,
    /// The attribute is an empty string.
    #[error("the attribute is empty; omit it, or give it a value")]
    Empty,
    /// The attribute occurs twice.
    #[error("the attribute occurs twice")]
    Duplicate,
    /// The name breaks the rules for names (specification, "Attribute Naming Convention").
    #[error("an attribute name has only the characters a-z and 0-9, and at most 64 of them")]
    Name,
    /// The value is an object, an array, or a number that is no 32-bit integer (specification, "Type System").
    #[error("the value of an attribute is a string, a boolean or a 32-bit integer")]
    Value,
    /// The value of this attribute must be a string.
    #[error("the value of this attribute is a string")]
    NotAString,
    /// The string has a character that CloudEvents forbids (specification, "Type System").
    #[error("the string contains the forbidden character U+{0:04X}")]
    Character(u32),
    /// The version of CloudEvents is not 1.0.
    #[error("`specversion` is `{0}`, and this reader knows `1.0`")]
    SpecVersion(String),
    /// The text is not a time of RFC 3339.
    #[error("not a time of RFC 3339, such as `2026-05-20T08:00:00Z`")]
    Time,
    /// The text is not a media type of RFC 2046.
    #[error("not a media type, such as `application/json`")]
    MediaType,
    /// The envelope has both `data` and `data_base64` (JSON format, section 3.1.1).
    #[error("an envelope has `data` or `data_base64`, not both")]
    TwoPayloads,
    /// `data_base64` is not Base64 (RFC 4648, section 4).
    #[error("not Base64")]
    Base64,
    /// The payload of this content type must be a string (JSON format, section 3.1.2).
    #[error("the `datacontenttype` is not JSON, so `data` is a string")]
    DataNotAString,
    /// A percent-encoded header value is broken, or its bytes are not UTF-8 (HTTP binding, section 3.1.3.2).
    #[error("the percent-encoding is broken, or its bytes are not UTF-8")]
    PercentEncoding,
    /// A header value is not UTF-8.
    #[error("the value is not UTF-8")]
    NotUtf8,
    /// The content type is a batch, and the function reads one event.
    #[error("the message is a batch; read it with `read_batch`")]
    Batch,
    /// The event format is not JSON.
    #[error("the event format `{0}` is not supported; send `application/cloudevents+json`")]
    Format(String),
    /// The envelope of another system lacks a property, or has another type for it.
    #[error("{0}")]
    Other(String),
}

impl EnvelopeError {
    pub(crate) fn new(place: Place, problem: EnvelopeProblem) -> Self {
        Self { place, problem }
    }

    /// Returns whether the message is not even JSON.
    #[must_use]
    pub fn is_not_json(&self) -> bool {
        matches!(self.problem, EnvelopeProblem::NotJson(_))
    }
}

impl Place {
    /// Returns the place of a byte in a JSON text.
    pub(crate) fn in_json(text: &[u8], position: usize, pointer: String) -> Self {
        let before = text.get(..position).unwrap_or(text);
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Self::Json { pointer, line, column: before.len() - line_start + 1 }
    }

    /// Returns the same place, as a place inside the value at `parent` that begins at `position` of `text`.
    pub(crate) fn below(self, text: &[u8], position: usize, parent: &str) -> Self {
        let Self::Json { pointer, line, column } = self else { return self };
        let Self::Json { line: first_line, column: first_column, .. } =
            Self::in_json(text, position, String::new())
        else {
            return Self::Message;
        };
        let column = if line == 1 { first_column + column - 1 } else { column };
        Self::Json { pointer: format!("{parent}{pointer}"), line: first_line + line - 1, column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message => f.write_str("the message"),
            Self::Attribute(name) => write!(f, "attribute `{name}`"),
            Self::Json { pointer, line, column } if pointer.is_empty() => write!(f, "{line}:{column}"),
            Self::Json { pointer, line, column } => write!(f, "{line}:{column} `{pointer}`"),
            Self::Header(name) => write!(f, "header `{name}`"),
        }
    }
}
