use axum::body::Bytes;
use evschema_api::State;
use evschema_model::{Coordinates, Digest, Subject, SubjectPolicy, Version};

/// A stored subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectRecord {
    /// The subject.
    pub subject: Subject,
    /// The policy of its versions.
    pub policy: SubjectPolicy,
    /// The owner: the person or team that is responsible for the subject.
    pub owner: Option<String>,
    /// The description of the subject.
    pub description: Option<String>,
    /// The revision. Each change of the subject or of one of its versions adds one.
    pub revision: u64,
    /// The highest version that is neither yanked nor a pre-release.
    pub latest: Option<Version>,
    /// The number of versions.
    pub version_count: u32,
    /// The time of creation, in microseconds since 1970.
    pub created_at: i64,
    /// The time of the last change, in microseconds since 1970.
    pub updated_at: i64,
}

/// A subject at one revision, with all its versions or with a selection of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The subject.
    pub subject: SubjectRecord,
    /// The versions, in ascending order.
    pub versions: Vec<VersionRecord>,
    /// The waivers, in order of their fingerprints.
    pub waivers: Vec<WaiverRecord>,
}

/// A stored waiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverRecord {
    /// The fingerprint of the finding, as in reports.
    pub fingerprint: String,
    /// The reason.
    pub reason: String,
    /// The last day on which the waiver applies, such as `2027-01-31`.
    pub until: Option<String>,
    /// The author.
    pub author: Option<String>,
    /// The time of the grant, in microseconds since 1970.
    pub granted_at: i64,
}

/// A stored version, without its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRecord {
    /// The version.
    pub version: Version,
    /// The number of the version in the order of registration. The first version of a subject has number 1.
    pub ordinal: u32,
    /// The number of the schema.
    pub schema_id: u32,
    /// The digest of the schema.
    pub digest: Digest,
    /// The state.
    pub state: State,
    /// The reason for the state.
    pub state_reason: Option<String>,
    /// Whether the version is yanked and nobody ever wrote an event under it.
    pub never_used: bool,
    /// The author of the registration.
    pub author: Option<String>,
    /// The message of the registration.
    pub message: Option<String>,
    /// The time of registration, in microseconds since 1970.
    pub registered_at: i64,
}

/// The schema of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The bytes, as registered.
    pub bytes: Bytes,
    /// The digest.
    pub digest: Digest,
}

/// A reference of a new version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The resolved URI, without fragment.
    pub uri: String,
    /// The version that the reference means. It never changes.
    pub target: Coordinates,
}

/// The references of one version in both directions. Both lists are sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// The versions that this version refers to.
    pub references: Vec<Coordinates>,
    /// The versions that refer to this version.
    pub dependents: Vec<Coordinates>,
}

/// The proof of a client's identity, for the audit. The author that a request names is not a proof.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The id of the token; `local` if a command opened the database itself.
    pub token: Option<String>,
    /// The network address of the client.
    pub address: Option<String>,
}

/// A stored event of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRecord {
    /// The position in the feed, counted from 1 without gaps.
    pub position: u64,
    /// The kind of change.
    pub kind: String,
    /// The subject that changed, or the id of the token.
    pub subject: String,
    /// The time, in microseconds since 1970.
    pub at: i64,
    /// The data, as JSON.
    pub data: String,
    /// The proof of the client's identity.
    pub provenance: Provenance,
}
