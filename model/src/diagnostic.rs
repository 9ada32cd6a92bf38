use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Pointer, Position};

/// What is wrong with an input document, in a word that never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The document is longer than [`crate::limits::DOCUMENT_BYTES_MAX`].
    TooLarge,
    /// Arrays and objects nest deeper than [`crate::limits::NESTING_MAX`].
    TooDeep,
    /// There are more subschemas than [`crate::limits::SCHEMA_NODES_MAX`].
    TooManyNodes,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The text is not JSON (RFC 8259).
    NotJson,
    /// An object has two members of one name.
    DuplicateKey,
    /// `$schema` names no draft that evschema knows.
    UnknownDialect,
    /// The draft's metaschema refuses the document.
    NotASchema,
    /// A pattern is not a regular expression.
    InvalidPattern,
    /// A `$ref` leads out of the tree, to where evschema never looks.
    RemoteReference,
    /// A `$ref` names a document that is not there.
    MissingReference,
    /// A `$ref` names a place that its document does not have.
    DanglingReference,
    /// Too many documents are reached through references.
    TooManyReferences,
    /// Two documents claim the same `$id`, subject or version.
    Conflict,
    /// A file is not where its name says it belongs.
    Misplaced,
    /// A template of the code generator cannot be used.
    BadTemplate,
    /// A version is not there, or not what the lock says.
    NotAsLocked,
}

impl Code {
    /// Returns the word, `duplicate-key`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::TooDeep => "too-deep",
            Self::TooManyNodes => "too-many-nodes",
            Self::NotUtf8 => "not-utf8",
            Self::NotJson => "not-json",
            Self::DuplicateKey => "duplicate-key",
            Self::UnknownDialect => "unknown-dialect",
            Self::NotASchema => "not-a-schema",
            Self::InvalidPattern => "invalid-pattern",
            Self::RemoteReference => "remote-reference",
            Self::MissingReference => "missing-reference",
            Self::DanglingReference => "dangling-reference",
            Self::TooManyReferences => "too-many-references",
            Self::Conflict => "conflict",
            Self::Misplaced => "misplaced",
            Self::BadTemplate => "bad-template",
            Self::NotAsLocked => "not-as-locked",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing wrong with an input document: what, where, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The kind, for programs.
    pub code: Code,
    /// A lowercase fragment, for people.
    pub message: String,
    /// The place in the document's structure.
    pub pointer: Pointer,
    /// The place in the document's text, where it could be found.
    pub position: Option<Position>,
    /// What to do next.
    pub help: Option<String>,
}

/// All that is wrong with an input document; never empty.
pub type Diagnostics = Vec<Diagnostic>;

impl Diagnostic {
    /// Returns a diagnostic about the whole document.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), pointer: Pointer::root(), position: None, help: None }
    }

    /// Adds the place in the structure.
    #[must_use]
    pub fn at(mut self, pointer: Pointer) -> Self {
        self.pointer = pointer;
        self
    }

    /// Adds the place in the text.
    #[must_use]
    pub fn position(mut self, position: Option<Position>) -> Self {
        self.position = position;
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    /// Writes `7:16 (/properties/total): message`, in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(position) = self.position {
            write!(f, "{position} ")?;
        }
        if !self.pointer.as_str().is_empty() {
            write!(f, "({}) ", self.pointer)?;
        }
        f.write_str(&self.message)
    }
}
