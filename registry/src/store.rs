//! What the registry remembers, and the one trait through which it does.
//!
//! Two databases implement [`Store`]; one contract suite runs on both (`tests/tests/registry`).
//! Every verb is one transaction. A store decides nothing: what may be written has been decided
//! by the services, under a revision that the store compares.

mod migrations;
mod outcome;
mod place;
mod postgres;
mod rows;
mod search;
mod sqlite;
mod tokens;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Bytes;
use evschema_api::State;
use evschema_model::{Coordinates, Digest, Subject, SubjectPolicy, Version};

pub use outcome::{Appended, StoreError, Written};
pub use search::{Indexing, Search, SubjectQuery};
pub use tokens::{Revocation, TokenRecord, Tokens};

/// What a verb of the store answers, in time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A database of subjects, versions, words, tokens and the feed.
pub trait Store: Search + Tokens + fmt::Debug + Send + Sync {
    /// Returns a subject with all its versions and waivers as of one moment; upper and lower case are taken
    /// for the same, the record has the true name.
    fn history<'a>(&'a self, subject: &'a Subject) -> Answer<'a, Option<History>>;

    /// Returns the same, of whose versions there are only those that a registration as `candidate` is decided by,
    /// however many there are: that version; those it may be held against; and those that the next free number
    /// depends on. Without a candidate they are those around the latest version, with every number above it that is
    /// taken: what the next version is decided by.
    ///
    /// A few others may be among them.
    fn history_for<'a>(
        &'a self,
        subject: &'a Subject,
        candidate: Option<&'a Version>,
    ) -> Answer<'a, Option<History>>;

    /// Returns one version without its content.
    fn version<'a>(&'a self, at: &'a Coordinates) -> Answer<'a, Option<VersionRecord>>;

    /// Returns the version of a subject that has this content. If several have it: one that is not yanked before one
    /// that is, a release before a pre-release, and of those the highest.
    fn version_with<'a>(
        &'a self,
        subject: &'a Subject,
        digest: &'a Digest,
    ) -> Answer<'a, Option<VersionRecord>>;

    /// Returns the content of one version.
    fn content<'a>(&'a self, at: &'a Coordinates) -> Answer<'a, Option<Content>>;

    /// Returns the findings that a version was let in with, as JSON; nothing where no waiver was needed.
    fn accepted<'a>(&'a self, at: &'a Coordinates) -> Answer<'a, Option<String>>;

    /// Returns the versions that have an `$id`, in order of registration; only the one that others mean by it, if
    /// they refer to it.
    fn owners_of_id<'a>(&'a self, id: &'a str) -> Answer<'a, Vec<Coordinates>>;

    /// Returns what a version refers to, and what refers to it.
    fn links<'a>(&'a self, at: &'a Coordinates) -> Answer<'a, Links>;

    /// Creates a subject or replaces its settings.
    fn put_subject(&self, change: SubjectChange) -> Answer<'_, Written<()>>;

    /// Adds a version, and its subject if that is new.
    fn append(&self, addition: Addition) -> Answer<'_, Appended>;

    /// Moves a version to another state.
    fn set_state(&self, change: StateChanged) -> Answer<'_, Written<()>>;

    /// Accepts a finding in a subject, or no longer does.
    fn set_waiver(&self, change: WaiverChange) -> Answer<'_, Written<()>>;

    /// Returns events after a position, in order and without gaps.
    fn feed(&self, after: u64, limit: u32) -> Answer<'_, Vec<FeedRecord>>;

    /// Returns the highest position of the feed; 0 when it is empty.
    fn feed_head(&self) -> Answer<'_, u64>;

    /// Returns when the database answers.
    fn ping(&self) -> Answer<'_, ()>;

    /// Writes something that means nothing, to find out whether there is room to write.
    fn probe_write(&self) -> Answer<'_, ()>;

    /// Records again what follows from a subject's versions; its revision stays.
    fn set_derived(&self, derived: Derived) -> Answer<'_, ()>;

    /// Waits for running work and closes every connection.
    fn close(&self) -> Answer<'_, ()>;
}

/// What a database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reading and writing.
    Write,
    /// Reading only: nothing is written, not even the tables' version.
    ReadOnly,
}

/// Opens a database by its URL. For writing it also brings the tables up to date.
///
/// # Errors
///
/// When the URL names no known database, the database cannot be used, its tables are of a newer version than this one,
/// or it is opened for reading only and its tables are of an earlier one.
pub async fn open(url: &str, access: Access) -> Result<Arc<dyn Store>, StoreError> {
    match url.split_once(':').map(|(scheme, _)| scheme) {
        Some("sqlite") => Ok(Arc::new(sqlite::Sqlite::open(url, access).await?)),
        Some("postgres" | "postgresql") => Ok(Arc::new(postgres::Postgres::open(url, access).await?)),
        _ => Err(StoreError::UnknownDatabase),
    }
}

/// Tells whether a URL names a database of a kind that is known.
pub(crate) fn is_known(url: &str) -> bool {
    matches!(url.split_once(':').map(|(scheme, _)| scheme), Some("sqlite" | "postgres" | "postgresql"))
}

/// What follows from the versions of a subject, and is recorded with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    /// The subject.
    pub subject: Subject,
    /// The highest version that is neither yanked nor a pre-release.
    pub latest: Option<Version>,
    /// How many versions there are.
    pub version_count: u32,
}

/// A subject as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectRecord {
    /// The subject.
    pub subject: Subject,
    /// What its versions are held to.
    pub policy: SubjectPolicy,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// How often it and its versions have changed.
    pub revision: u64,
    /// The highest version that is neither yanked nor a pre-release.
    pub latest: Option<Version>,
    /// How many versions there are.
    pub version_count: u32,
    /// When it was created, in microseconds since 1970.
    pub created_at: i64,
    /// When it last changed, in microseconds since 1970.
    pub updated_at: i64,
}

/// A subject and its versions, all or those that were asked for, at one revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The subject.
    pub subject: SubjectRecord,
    /// Its versions, ascending.
    pub versions: Vec<VersionRecord>,
    /// The findings that are accepted in it, by fingerprint.
    pub waivers: Vec<WaiverRecord>,
}

/// A finding that is accepted in a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverRecord {
    /// The finding, as reports name it.
    pub fingerprint: String,
    /// Why.
    pub reason: String,
    /// The last day on which it holds, as in `2027-01-31`.
    pub until: Option<String>,
    /// Who granted it.
    pub author: Option<String>,
    /// When, in microseconds since 1970.
    pub granted_at: i64,
}

/// A version as it is remembered, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRecord {
    /// The version.
    pub version: Version,
    /// Place among the subject's versions in order of registration, from one.
    pub ordinal: u32,
    /// Number of the content.
    pub schema_id: u32,
    /// Digest of the content.
    pub digest: Digest,
    /// Where it is in its life.
    pub state: State,
    /// Why it is there.
    pub state_reason: Option<String>,
    /// Whether it is yanked and nobody ever wrote an event under it.
    pub never_used: bool,
    /// Who registered it.
    pub author: Option<String>,
    /// What they said.
    pub message: Option<String>,
    /// When, in microseconds since 1970.
    pub registered_at: i64,
}

/// The content of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The bytes as registered.
    pub bytes: Bytes,
    /// Their digest.
    pub digest: Digest,
}

/// A reference of a version that is to be added.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The resolved URI, without fragment.
    pub uri: String,
    /// The version it leads to, now and for ever.
    pub target: Coordinates,
}

/// References of one version, both ways, each in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// What it refers to.
    pub references: Vec<Coordinates>,
    /// What refers to it.
    pub dependents: Vec<Coordinates>,
}

/// An event of the feed before it has its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The kind of change.
    pub kind: &'static str,
    /// The data, as JSON.
    pub data: String,
    /// What is proven of who made the change.
    pub provenance: Provenance,
}

/// An event of the feed that tells the number of a content, which the database has not given yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnnumberedEvent {
    /// The kind of change.
    pub kind: &'static str,
    /// The data, as JSON, up to the number.
    pub before: String,
    /// The data from behind the number.
    pub after: String,
    /// What is proven of who made the change.
    pub provenance: Provenance,
}

/// What is proven of who made a change: for the audit, beside the name they gave themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The id of the token; `local` for who was at the database itself.
    pub token: Option<String>,
    /// The address the request came from.
    pub address: Option<String>,
}

/// An event of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRecord {
    /// Its place in the feed, from one, without gaps.
    pub position: u64,
    /// The kind of change.
    pub kind: String,
    /// The subject that changed, or the id of the token.
    pub subject: String,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// The data, as JSON.
    pub data: String,
    /// What is proven of who made the change.
    pub provenance: Provenance,
}

/// What a subject must look like for a change to be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// It must not exist.
    Absent,
    /// It must be at this revision.
    At(u64),
}

/// A subject to be created, or settings to be replaced.
#[derive(Debug)]
pub struct SubjectChange {
    /// The subject.
    pub subject: Subject,
    /// What it was when the change was decided.
    pub head: Head,
    /// The settings from now on.
    pub settings: Settings,
    /// The words by which a search finds the subject because of its name and of them.
    pub about: Vec<String>,
    /// The words of its latest content, by which it is found as before; nothing where that cannot be read any more.
    pub content: Option<Vec<String>>,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// What the feed says of it.
    pub event: NewEvent,
}

/// What a subject's owner sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What its versions are held to.
    pub policy: SubjectPolicy,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What it is.
    pub description: Option<String>,
}

/// A version to be added.
#[derive(Debug)]
pub struct Addition {
    /// Its subject and version.
    pub at: Coordinates,
    /// What the subject was when the addition was decided.
    pub head: Head,
    /// The settings of a subject that is created by this, and what the feed says of that; by whom is as in the
    /// event of the version.
    pub creation: Option<(Settings, NewEvent)>,
    /// Place among the subject's versions in order of registration.
    pub ordinal: u32,
    /// The bytes as sent.
    pub bytes: Vec<u8>,
    /// Their digest.
    pub digest: Digest,
    /// The content's `$id`; versions of one subject may share it.
    pub uri: Option<String>,
    /// What it refers to; all of it registered, each URI once.
    pub references: Vec<Reference>,
    /// The subject's latest version from now on.
    pub latest: Option<Version>,
    /// The words by which a search finds the subject because of its name and of this content, when it is the latest.
    pub words: Option<Vec<String>>,
    /// Who registers it.
    pub author: Option<String>,
    /// What they say.
    pub message: Option<String>,
    /// When, in microseconds since 1970.
    pub registered_at: i64,
    /// The findings that waivers accepted, as JSON; nothing where there were none.
    pub accepted: Option<String>,
    /// What the feed says of it.
    pub event: UnnumberedEvent,
}

/// A version to be moved to another state.
#[derive(Debug)]
pub struct StateChanged {
    /// The version.
    pub at: Coordinates,
    /// Revision of the subject when the change was decided.
    pub revision: u64,
    /// The state from now on.
    pub state: State,
    /// Why.
    pub reason: String,
    /// Whether nobody ever wrote an event under it; only of a version that is yanked from now on.
    pub never_used: bool,
    /// The subject's latest version from now on.
    pub latest: Option<Version>,
    /// When, in microseconds since 1970.
    pub changed_at: i64,
    /// What the feed says of it.
    pub event: NewEvent,
}

/// A finding to be accepted in a subject, or no longer.
#[derive(Debug)]
pub struct WaiverChange {
    /// The subject.
    pub subject: Subject,
    /// Its revision when the change was decided.
    pub revision: u64,
    /// The finding.
    pub fingerprint: String,
    /// The waiver from now on; nothing to withdraw it.
    pub waiver: Option<WaiverRecord>,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// What the feed says of it.
    pub event: NewEvent,
}

impl Head {
    /// Returns the revision the subject has after the change.
    pub fn next_revision(self) -> u64 {
        match self {
            Self::Absent => 1,
            Self::At(revision) => revision + 1,
        }
    }
}

impl UnnumberedEvent {
    /// Returns the event with the number of the content.
    #[must_use]
    pub fn numbered(&self, schema_id: u32) -> NewEvent {
        let data = format!("{}{schema_id}{}", self.before, self.after);
        NewEvent { kind: self.kind, data, provenance: self.provenance.clone() }
    }
}
