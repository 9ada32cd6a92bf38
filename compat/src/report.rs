use std::fmt;

use evschema_model::{Bump, ContentModel, Formats, Mode, Pointer, Position, Subject, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The answer to a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The reader provably accepts every event of the writer.
    Compatible,
    /// The reader rejects an event of the writer, and the report contains this event.
    Incompatible,
    /// The engine has found neither a proof nor a counterexample. The check rejects the change, but does not report it
    /// as a break.
    Undecided,
}

/// The direction of a comparison. It determines which version is the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The new version reads events of the old version.
    Backward,
    /// The old version reads events of the new version.
    Forward,
}

/// The severity of a finding under the subject's mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The check rejects the change because of this finding.
    Error,
    /// The finding is a break, but in a direction that the mode does not check.
    Warning,
    /// The finding is harmless information.
    Note,
}

/// The identifier of a finding for waivers: 16 hexadecimal digits. It is a hash of the rule, the subject, the
/// direction, the place, the use of a shared definition, the candidate version and the change itself.
///
/// So a larger change, another use of a shared definition and another version each have another fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub(crate) String);

/// The answer to the question whether a reader's schema accepts everything that a writer's schema accepts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Containment {
    /// The reader provably accepts everything that the writer accepts.
    Contained,
    /// The validator accepted a value under the writer's schema and rejected it under the reader's schema.
    NotContained {
        /// The value.
        witness: Value,
    },
    /// The engine has found neither a proof nor a counterexample.
    Undecided {
        /// The reason, for people.
        reason: String,
    },
}

/// One place where a change breaks a reader, or where the engine cannot decide whether it does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// The id of the rule in kebab-case, from the point of view of the reader. Example: `reader-requires-property`.
    pub rule: String,
    /// The severity under the mode.
    pub severity: Severity,
    /// The direction: it determines which version is the reader.
    pub direction: Direction,
    /// The version with which the candidate was compared.
    pub baseline: Version,
    /// The place in the candidate's document.
    pub pointer: Pointer,
    /// The place in the candidate's document, as a position in the text.
    pub position: Option<Position>,
    /// The place in the baseline's document, if the finding has a place there.
    pub baseline_pointer: Option<Pointer>,
    /// The place in the baseline's document, as a position in the text.
    pub baseline_position: Option<Position>,
    /// The place of the change, if the change is in another document. Example: `common.money@2.0.0#/$defs/Amount`. In
    /// this case, `pointer` is the place of the reference to that document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// One sentence that names the part of the event and the break.
    pub message: String,
    /// A whole event that the writer's schema accepts and the reader's schema rejects. The validator confirmed both
    /// facts. Only an undecided finding has no witness.
    pub witness: Option<Value>,
    /// The message of the validator about the witness.
    pub refusal: Option<String>,
    /// The next step for the author.
    pub help: String,
    /// The property or item that uses a shared definition, in the document of the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Pointer>,
    /// The identifier for waivers.
    pub fingerprint: Fingerprint,
    /// The fingerprint of the former scheme, which had 12 digits. Only explanations use it.
    #[serde(skip)]
    pub former_fingerprint: Fingerprint,
    /// The reason of the waiver that accepts the finding, if a waiver accepts it.
    pub waived: Option<String>,
    /// The fingerprint of the waiver that accepts the finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived_by: Option<Fingerprint>,
    /// The earlier version for which the waiver was added, if the candidate only repeats the change of that version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived_through: Option<Version>,
}

/// The result of a check of one candidate version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// The subject.
    pub subject: Subject,
    /// The candidate's version.
    pub version: Version,
    /// The mode of the check.
    pub mode: Mode,
    /// The content model of the comparison.
    pub content_model: ContentModel,
    /// Whether `format` rejects values.
    pub formats: Formats,
    /// The versions with which the candidate was compared, in ascending order; empty for the first version of a line.
    pub baselines: Vec<Version>,
    /// The verdict. It ignores the waived findings.
    pub verdict: Verdict,
    /// The bump that this change requires after the previous version.
    pub required_bump: Bump,
    /// The smallest version under which the check would accept this content.
    pub required_version: Version,
    /// Whether the candidate's version is too small for the change.
    pub version_too_small: bool,
    /// All findings. The most severe ones come first.
    pub findings: Vec<Finding>,
    /// Whether more findings may exist, because the search for findings stopped at a limit.
    #[serde(default)]
    pub may_have_more: bool,
    /// Properties whose only value is the schema's own version. The comparison ignored them.
    pub masked: Vec<Pointer>,
    /// A break under a stricter content model, if no break exists under the chosen model and
    /// [`crate::check::Settings::advises`] is set.
    pub stricter: Option<Stricter>,
    /// An older reader that rejects events of a compatible candidate, if the mode checks only backward and
    /// [`crate::check::Settings::advises`] is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_readers: Option<OldReaders>,
    /// Places where no value with only declared properties or items would be valid. The check lets writers send
    /// undeclared properties and items at these places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opened: Vec<OpenedPlace>,
}

/// A break under a stricter content model than that of the check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Stricter {
    /// The nearest stricter model with a break.
    pub content_model: ContentModel,
    /// One sentence that names the part of the event and the break.
    pub message: String,
    /// An event that the reader rejects under that model.
    pub witness: Option<Value>,
}

/// An older reader that rejects events of a compatible candidate, although the mode does not check this direction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OldReaders {
    /// The version of the reader: the latest baseline.
    pub version: Version,
    /// One sentence about the rejected events.
    pub message: String,
    /// An event of the candidate that the reader rejects.
    pub witness: Option<Value>,
}

/// A place of a schema at which the check lets writers send undeclared properties and items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OpenedPlace {
    /// The version of the schema.
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

/// The kind of a change between two versions. The change may be harmless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// A new declaration.
    Added,
    /// A removed declaration.
    Removed,
    /// The place accepts more values than before.
    Widened,
    /// The place accepts fewer values than before.
    Narrowed,
    /// A changed declaration.
    Changed,
    /// A change without effect on events, for example of a title, description, example or comment.
    Annotation,
}

/// One difference between two documents, with or without an effect on events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Change {
    /// The kind.
    pub kind: ChangeKind,
    /// The place in the newer document. For a removed declaration, the place in the older document.
    pub pointer: Pointer,
    /// One sentence about the difference.
    pub message: String,
}

/// The result of a comparison of two versions in both directions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Diff {
    /// The subject.
    pub subject: Subject,
    /// The older version.
    pub from: Version,
    /// The newer version.
    pub to: Version,
    /// The content model of the comparison.
    pub content_model: ContentModel,
    /// The answer to the question whether the new version accepts every event of the old version.
    pub backward: Verdict,
    /// The answer to the question whether the old version accepts every event of the new version.
    pub forward: Verdict,
    /// The bump that the change requires under the subject's mode.
    pub required_bump: Bump,
    /// The findings in both directions.
    pub findings: Vec<Finding>,
    /// Whether more findings may exist, because the search for findings stopped at a limit.
    #[serde(default)]
    pub may_have_more: bool,
    /// All differences between the documents.
    pub changes: Vec<Change>,
}

impl Report {
    /// Returns whether a registry may register the candidate: it is compatible, and its version is large enough.
    pub fn is_accepted(&self) -> bool {
        self.verdict == Verdict::Compatible && !self.version_too_small
    }
}

impl Fingerprint {
    /// The number of hexadecimal digits of a fingerprint.
    pub const DIGITS: usize = 16;

    /// The number of hexadecimal digits of a fingerprint of the former scheme. Such a fingerprint did not depend on the
    /// version or the change.
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

    /// Returns the more severe of two verdicts. `Incompatible` is the most severe verdict, and `Compatible` is the
    /// least severe.
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
