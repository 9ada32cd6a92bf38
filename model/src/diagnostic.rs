use std::fmt;

use serde::{Deserialize, Serialize};

use crate::pointer::Pointer;
use crate::position::Position;

/// Declares every code once: variant and word.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $word:literal;)*) => {
        /// What is wrong with an input document, in a word that never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the word, `duplicate-key`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

codes! {
    /// The document is longer than [`crate::limits::DOCUMENT_BYTES_MAX`].
    TooLarge "too-large";
    /// Arrays and objects nest deeper than [`crate::limits::NESTING_MAX`].
    TooDeep "too-deep";
    /// There are more subschemas than [`crate::limits::SCHEMA_NODES_MAX`].
    TooManyNodes "too-many-nodes";
    /// The bytes are not UTF-8.
    NotUtf8 "not-utf8";
    /// The text is not JSON (RFC 8259).
    NotJson "not-json";
    /// An object has two members of one name.
    DuplicateKey "duplicate-key";
    /// `$schema` names no draft that evschema knows.
    UnknownDialect "unknown-dialect";
    /// The draft's metaschema refuses the document.
    NotASchema "not-a-schema";
    /// A pattern is not a regular expression.
    InvalidPattern "invalid-pattern";
    /// A pattern, or all patterns of a schema, would take too much memory when compiled.
    PatternTooLarge "pattern-too-large";
    /// A `$ref` leads out of the tree, to where evschema never looks.
    RemoteReference "remote-reference";
    /// A `$ref` names a document that is not there.
    MissingReference "missing-reference";
    /// A `$ref` names a place that its document does not have.
    DanglingReference "dangling-reference";
    /// Too many documents are reached through references.
    TooManyReferences "too-many-references";
    /// A `$ref` names an `$id` that several versions of a subject share.
    SharedId "shared-id";
    /// Two documents that a schema reaches have a part of the same `$id` with another content.
    AmbiguousId "ambiguous-id";
    /// An `$id` is the place of another document, or a metaschema's.
    ForeignId "foreign-id";
    /// Two documents claim the same `$id`, subject or version.
    Conflict "conflict";
    /// A file is not where its name says it belongs.
    Misplaced "misplaced";
    /// A file or folder cannot be read.
    Unreadable "unreadable";
    /// A word that is close to a keyword is none.
    MisspeltKeyword "misspelt-keyword";
    /// A keyword of another draft, or of OpenAPI, has no effect.
    KeywordWithoutEffect "keyword-without-effect";
    /// A format that is close to one of the specification is none.
    MisspeltFormat "misspelt-format";
    /// A format of a later draft has no effect.
    FormatWithoutEffect "format-without-effect";
    /// The root rejects nothing.
    AcceptsEveryEvent "accepts-every-event";
    /// A template of the code generator cannot be used.
    BadTemplate "bad-template";
    /// A version is not there, or not what the lock says.
    NotAsLocked "not-as-locked";
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
