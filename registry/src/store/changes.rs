use evschema_api::State;
use evschema_model::{Coordinates, Digest, Subject, SubjectPolicy, Version};

use super::records::{Provenance, Reference, WaiverRecord};

/// An event of the feed that has no position yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The kind of change.
    pub kind: &'static str,
    /// The data, as JSON.
    pub data: String,
    /// The proof of the client's identity.
    pub provenance: Provenance,
}

/// An event of the feed whose data contains the number of a schema that the database has not assigned yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnnumberedEvent {
    /// The kind of change.
    pub kind: &'static str,
    /// The data, as JSON, up to the number.
    pub before: String,
    /// The data, as JSON, after the number.
    pub after: String,
    /// The proof of the client's identity.
    pub provenance: Provenance,
}

impl UnnumberedEvent {
    /// Returns the event with the number of the schema.
    #[must_use]
    pub fn numbered(&self, schema_id: u32) -> NewEvent {
        let data = format!("{}{schema_id}{}", self.before, self.after);
        NewEvent { kind: self.kind, data, provenance: self.provenance.clone() }
    }
}

/// The expected state of the subject. The store applies a change only if the subject is in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// The subject does not exist.
    Absent,
    /// The subject is at this revision.
    At(u64),
}

impl Head {
    /// Returns the revision of the subject after the change.
    pub fn next_revision(self) -> u64 {
        match self {
            Self::Absent => 1,
            Self::At(revision) => revision + 1,
        }
    }
}

/// The creation of a subject, or the replacement of its settings.
#[derive(Debug)]
pub struct SubjectChange {
    /// The subject.
    pub subject: Subject,
    /// The condition for the change.
    pub head: Head,
    /// The new settings.
    pub settings: Settings,
    /// The search terms from the name and from the settings.
    pub about: Vec<String>,
    /// The search terms from the latest schema. They are the same before and after the change. `None` if the schema can
    /// no longer be read.
    pub content: Option<Vec<String>>,
    /// The time, in microseconds since 1970.
    pub at: i64,
    /// The event for the feed.
    pub event: NewEvent,
}

/// The settings of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The policy of its versions.
    pub policy: SubjectPolicy,
    /// The owner: the person or team that is responsible for the subject.
    pub owner: Option<String>,
    /// The description of the subject.
    pub description: Option<String>,
}

/// The registration of a version.
#[derive(Debug)]
pub struct Addition {
    /// The subject and the version.
    pub at: Coordinates,
    /// The condition for the addition.
    pub head: Head,
    /// The settings of a new subject, and the event of its creation. The event has the provenance of [`Self::event`].
    pub creation: Option<(Settings, NewEvent)>,
    /// The number of the version in the order of registration.
    pub ordinal: u32,
    /// The bytes of the schema, as sent.
    pub bytes: Vec<u8>,
    /// The digest of the schema.
    pub digest: Digest,
    /// The `$id` of the schema. Several versions of one subject may have the same `$id`.
    pub uri: Option<String>,
    /// The references of the schema. All targets are registered, and each URI occurs once.
    pub references: Vec<Reference>,
    /// The latest version of the subject after the addition.
    pub latest: Option<Version>,
    /// The search terms from the name and from this schema; `None` if this version is not the latest.
    pub words: Option<Vec<String>>,
    /// The author.
    pub author: Option<String>,
    /// The message.
    pub message: Option<String>,
    /// The time, in microseconds since 1970.
    pub registered_at: i64,
    /// The findings that waivers accepted, as JSON; `None` if no waiver was necessary.
    pub accepted: Option<String>,
    /// The event for the feed.
    pub event: UnnumberedEvent,
}

/// A change of a version's state.
#[derive(Debug)]
pub struct StateChanged {
    /// The version.
    pub at: Coordinates,
    /// The revision that the subject must have.
    pub revision: u64,
    /// The new state.
    pub state: State,
    /// The reason.
    pub reason: String,
    /// Whether nobody ever wrote an event under the version; `true` only if the new state is yanked.
    pub never_used: bool,
    /// The latest version of the subject after the change.
    pub latest: Option<Version>,
    /// The time, in microseconds since 1970.
    pub changed_at: i64,
    /// The event for the feed.
    pub event: NewEvent,
}

/// The grant, change or withdrawal of a waiver.
#[derive(Debug)]
pub struct WaiverChange {
    /// The subject.
    pub subject: Subject,
    /// The revision that the subject must have.
    pub revision: u64,
    /// The fingerprint of the finding.
    pub fingerprint: String,
    /// The new waiver; `None` to withdraw the waiver.
    pub waiver: Option<WaiverRecord>,
    /// The time, in microseconds since 1970.
    pub at: i64,
    /// The event for the feed.
    pub event: NewEvent,
}

/// The data of a subject that the registry derives from its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// The subject.
    pub subject: Subject,
    /// The highest version that is neither yanked nor a pre-release.
    pub latest: Option<Version>,
    /// The number of versions.
    pub version_count: u32,
}
