use std::fmt;

use serde::{Deserialize, Serialize};

use crate::pointer::Pointer;
use crate::position::Position;

/// Declares every code once: variant and word.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $word:literal;)*) => {
        /// The kind of a problem in an input document. Its word never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the word, such as `duplicate-key`.
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
    /// The document has more subschemas than [`crate::limits::SCHEMA_NODES_MAX`].
    TooManyNodes "too-many-nodes";
    /// The bytes are not UTF-8.
    NotUtf8 "not-utf8";
    /// The text is not JSON (RFC 8259).
    NotJson "not-json";
    /// An object has two properties with the same name.
    DuplicateKey "duplicate-key";
    /// `$schema` names neither a draft nor a mapped dialect.
    UnknownDialect "unknown-dialect";
    /// The metaschema of the draft rejects the document.
    NotASchema "not-a-schema";
    /// A pattern is not a regular expression.
    InvalidPattern "invalid-pattern";
    /// A pattern, or all patterns of a schema, would take too much memory when compiled.
    PatternTooLarge "pattern-too-large";
    /// A `$ref` leads out of the tree, but evschema fetches no document.
    RemoteReference "remote-reference";
    /// A `$ref` names a document that does not exist.
    MissingReference "missing-reference";
    /// A `$ref` names a place that its document does not have.
    DanglingReference "dangling-reference";
    /// A schema reaches too many documents through references.
    TooManyReferences "too-many-references";
    /// A `$ref` names an `$id` that several versions of a subject share.
    SharedId "shared-id";
    /// Two documents that a schema reaches use the same `$id` for different content.
    AmbiguousId "ambiguous-id";
    /// An `$id` is the URI of another place in the tree, or belongs to a metaschema.
    ForeignId "foreign-id";
    /// Two documents claim the same `$id`, subject or version.
    Conflict "conflict";
    /// A file or folder is at a place that the layout of the tree does not allow.
    Misplaced "misplaced";
    /// A file or folder cannot be read.
    Unreadable "unreadable";
    /// A word is probably a misspelt keyword.
    MisspeltKeyword "misspelt-keyword";
    /// A keyword of another draft, or of OpenAPI, has no effect.
    KeywordWithoutEffect "keyword-without-effect";
    /// The name of a format is probably misspelt.
    MisspeltFormat "misspelt-format";
    /// A format of a later draft has no effect.
    FormatWithoutEffect "format-without-effect";
    /// The root of the schema rejects nothing.
    AcceptsEveryEvent "accepts-every-event";
    /// A template of the code generator cannot be used.
    BadTemplate "bad-template";
    /// A setting for generated code names a missing schema, or cannot be used for this schema.
    BadSetting "bad-setting";
    /// A locked version is missing, or its digest differs from the lock file.
    NotAsLocked "not-as-locked";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One problem in an input document: its kind, its place, and the next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The kind, for programs.
    pub code: Code,
    /// A lowercase fragment, for people.
    pub message: String,
    /// The place in the document's structure.
    pub pointer: Pointer,
    /// The place in the document's text, if it is known.
    pub position: Option<Position>,
    /// The next step.
    pub help: Option<String>,
}

/// All problems in an input document. As an error, the list is never empty.
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

    /// Adds the next step.
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
