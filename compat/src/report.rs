use std::fmt;

use evschema_model::{Bump, ContentModel, Formats, Mode, Pointer, Position, Subject, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The answer to a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Proven: no event breaks.
    Compatible,
    /// Shown: an event breaks, and the report has it.
    Incompatible,
    /// Neither proven nor shown. Treated as a refusal, never called a break.
    Undecided,
}

/// Which side of a change reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The new version reads what the old one wrote.
    Backward,
    /// The old version reads what the new one writes.
    Forward,
}

/// How much a finding weighs under the subject's mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The change is refused because of it.
    Error,
    /// A break in a direction that the mode does not check.
    Warning,
    /// Harmless, said for information.
    Note,
}

/// Names a finding for waivers: 16 hexadecimal digits of rule, subject, direction, place, use, candidate version and
/// of the change itself.
///
/// A larger change, another use of a shared definition or another version is another finding.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub(crate) String);

/// The bare answer for two schemas: is everything the writer accepts accepted by the reader?
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Containment {
    /// Proven.
    Contained,
    /// Refuted by this value, which the validator accepts under the writer and refuses under
    /// the reader.
    NotContained {
        /// The value.
        witness: Value,
    },
    /// Neither.
    Undecided {
        /// Why not, for people.
        reason: String,
    },
}

/// One place where a change breaks, or where nobody can tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Kebab-case id of the rule, said from the reader's side: `reader-requires-property`.
    pub rule: String,
    /// Weight under the mode.
    pub severity: Severity,
    /// Who reads.
    pub direction: Direction,
    /// The version the candidate was held against.
    pub baseline: Version,
    /// The place in the candidate's document.
    pub pointer: Pointer,
    /// The same, in the text.
    pub position: Option<Position>,
    /// The place in the baseline's document, if it has one.
    pub baseline_pointer: Option<Pointer>,
    /// The same, in the text.
    pub baseline_position: Option<Position>,
    /// Where the change was made when it is in another document, `common.money@2.0.0#/$defs/Amount`; the
    /// pointer is then that of the reference which leads there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// One sentence that names the part of the event and the break.
    pub message: String,
    /// A whole event that the writer's schema accepts and the reader's refuses, confirmed by the
    /// validator on both. Only an undecided finding has none.
    pub witness: Option<Value>,
    /// What the reader says of the witness.
    pub refusal: Option<String>,
    /// What to do next.
    pub help: String,
    /// The member or item through which an event comes to a shared definition, in the document that reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Pointer>,
    /// Name for waivers.
    pub fingerprint: Fingerprint,
    /// The name by the scheme before, which had 12 digits; for explanations only.
    #[serde(skip)]
    pub former_fingerprint: Fingerprint,
    /// Reason of the waiver that accepts the finding, if one does.
    pub waived: Option<String>,
    /// Fingerprint of that waiver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived_by: Option<Fingerprint>,
    /// The earlier version that the waiver was given for, when the candidate only repeats its change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived_through: Option<Version>,
}

/// What a check of one candidate version found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The subject.
    pub subject: Subject,
    /// The candidate's version.
    pub version: Version,
    /// The mode that decided.
    pub mode: Mode,
    /// The content model that decided.
    pub content_model: ContentModel,
    /// Whether formats refuse values.
    pub formats: Formats,
    /// The versions it was held against, ascending; empty for the first of a line.
    pub baselines: Vec<Version>,
    /// The answer, waived findings left aside.
    pub verdict: Verdict,
    /// The step that this change requires from the version before it.
    pub required_bump: Bump,
    /// The smallest version that would be accepted for this content.
    pub required_version: Version,
    /// Whether the candidate's version is too small for the change.
    pub version_too_small: bool,
    /// Everything found, gravest first.
    pub findings: Vec<Finding>,
    /// Whether there may be more to find: the search behind the findings did not come to its end.
    #[serde(default)]
    pub may_have_more: bool,
    /// Properties that only repeat the schema's own version, left out of the comparison.
    pub masked: Vec<Pointer>,
    /// The break that a stricter content model finds, when the chosen one finds none and
    /// [`crate::Settings::advises`].
    pub stricter: Option<Stricter>,
    /// An older reader that rejects events of a compatible candidate, when the mode checks only backward and
    /// [`crate::Settings::advises`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_readers: Option<OldReaders>,
    /// Places at which the content model leaves a writer no value, so that members and items of any kind are
    /// compared there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opened: Vec<OpenedPlace>,
}

/// A break under a stricter content model than the one that decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stricter {
    /// The nearest model that finds a break.
    pub content_model: ContentModel,
    /// One sentence that names the part of the event and the break.
    pub message: String,
    /// The event that breaks under that model.
    pub witness: Option<Value>,
}

/// An older reader that rejects events of a compatible candidate, although the mode does not check this direction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OldReaders {
    /// The version of the reader: the latest baseline.
    pub version: Version,
    /// What the reader rejects, in one sentence.
    pub message: String,
    /// An event of the candidate that the reader rejects.
    pub witness: Option<Value>,
}

/// A place of a schema that a content model compares as if it were free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedPlace {
    /// The version whose schema it is.
    pub version: Version,
    /// The place.
    pub pointer: Pointer,
}

impl fmt::Display for OldReaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "upgrade readers first, because readers of {} reject some events of this version: {}",
            self.version, self.message
        )?;
        match &self.witness {
            Some(event) => write!(f, ", as in {event}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Stricter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "would break under `{}`: {}", self.content_model, self.message)?;
        match &self.witness {
            Some(event) => write!(f, ", as in {event}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for OpenedPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.as_str().is_empty() { "the root" } else { self.pointer.as_str() };
        write!(
            f,
            "at {place}, every value of version {} has undeclared properties or items, so the check allows \
             writers to send them at this place",
            self.version
        )
    }
}

/// Kind of a change between two versions, harmless or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// Something was declared that was not before.
    Added,
    /// Something is no longer declared.
    Removed,
    /// The place takes more values than before.
    Widened,
    /// The place takes fewer values than before.
    Narrowed,
    /// A declaration says something else.
    Changed,
    /// Only what readers of the schema see changed: title, description, examples, comments.
    Annotation,
}

/// One difference between two documents, whatever it means for events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The kind.
    pub kind: ChangeKind,
    /// The place, in the newer document unless it was removed.
    pub pointer: Pointer,
    /// In one sentence.
    pub message: String,
}

/// Two versions compared both ways.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Diff {
    /// The subject.
    pub subject: Subject,
    /// The older version.
    pub from: Version,
    /// The newer version.
    pub to: Version,
    /// The content model that decided.
    pub content_model: ContentModel,
    /// Whether the new version reads what the old one wrote.
    pub backward: Verdict,
    /// Whether the old version reads what the new one writes.
    pub forward: Verdict,
    /// The step that the change requires under the subject's mode.
    pub required_bump: Bump,
    /// What breaks, both ways.
    pub findings: Vec<Finding>,
    /// Whether there may be more to find: the search behind the findings did not come to its end.
    #[serde(default)]
    pub may_have_more: bool,
    /// Everything that differs.
    pub changes: Vec<Change>,
}

impl Report {
    /// Returns whether the candidate may be registered: compatible, and its version large enough.
    pub fn is_accepted(&self) -> bool {
        self.verdict == Verdict::Compatible && !self.version_too_small
    }
}

impl Fingerprint {
    /// Hexadecimal digits of a fingerprint.
    pub const DIGITS: usize = 16;

    /// Hexadecimal digits of a fingerprint by the scheme before, which named neither version nor change.
    pub const FORMER_DIGITS: usize = 12;

    /// Returns the hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Verdict {
    /// Returns the word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Incompatible => "incompatible",
            Self::Undecided => "undecided",
        }
    }

    /// Returns the graver of two answers: a shown break, then a doubt, then a proof.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let weight = |verdict| match verdict {
            Self::Incompatible => 2,
            Self::Undecided => 1,
            Self::Compatible => 0,
        };
        if weight(self) < weight(other) { other } else { self }
    }
}

impl Direction {
    /// Returns the word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Backward => "backward",
            Self::Forward => "forward",
        }
    }
}

impl Severity {
    /// Returns the word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

macro_rules! displayed {
    ($($type:ty),*) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}
displayed!(Verdict, Direction, Severity, Fingerprint);
