use std::fmt;

use evschema_model::{Coordinates, Digest, Subject, Version};

use super::changes::{Addition, Derived, StateChanged, SubjectChange, WaiverChange};
use super::outcome::{Answer, Appended, Written};
use super::records::{Content, FeedRecord, History, Links, VersionRecord};
use super::search::Search;
use super::tokens::Tokens;

/// A database of subjects, versions, waivers, search terms, tokens and the feed.
pub trait Store: Search + Tokens + fmt::Debug + Send + Sync {
    /// Returns a subject with all its versions and waivers at one moment.
    ///
    /// The name matches in upper and lower case. The record has the registered spelling.
    fn history<'a>(&'a self, subject: &'a Subject) -> Answer<'a, Option<History>>;

    /// Like [`history`](Self::history), but only with the versions that decide about the registration of `candidate`.
    ///
    /// These are the version itself, its possible baselines, and the versions that determine the next free number. So
    /// the answer stays small even if the subject has many versions. Without a candidate, the answer has the versions
    /// that decide about the next version: those around the latest version, and every version above it.
    ///
    /// The answer may also contain a few versions that are not necessary.
    fn history_for<'a>(
        &'a self,
        subject: &'a Subject,
        candidate: Option<&'a Version>,
    ) -> Answer<'a, Option<History>>;

    /// Returns a version without its schema.
    fn version<'a>(&'a self, at: &'a Coordinates) -> Answer<'a, Option<VersionRecord>>;

    /// Returns the version of a subject that has this schema.
    ///
    /// If several versions have this schema, the store prefers, in this order: a version that is not yanked, a release,
    /// the highest version.
    fn version_with<'a>(
        &'a self,
        subject: &'a Subject,
        digest: &'a Digest,
    ) -> Answer<'a, Option<VersionRecord>>;

    /// Returns the schema of a version.
    fn content<'a>(&'a self, at: &'a Coordinates) -> Answer<'a, Option<Content>>;

    /// Returns the findings that waivers accepted at the registration of a version, as JSON, or `None` if the version
    /// needed no waiver.
    fn accepted<'a>(&'a self, at: &'a Coordinates) -> Answer<'a, Option<String>>;

    /// Returns the versions that have this `$id`, in order of registration. If other versions refer to the `$id`, the
    /// answer contains only the version that these references mean.
    fn owners_of_id<'a>(&'a self, id: &'a str) -> Answer<'a, Vec<Coordinates>>;

    /// Returns the references of a version in both directions.
    fn links<'a>(&'a self, at: &'a Coordinates) -> Answer<'a, Links>;

    /// Creates a subject, or replaces its settings.
    fn put_subject(&self, change: SubjectChange) -> Answer<'_, Written<()>>;

    /// Adds a version, and also its subject if the subject does not exist.
    fn append(&self, addition: Addition) -> Answer<'_, Appended>;

    /// Changes the state of a version.
    fn set_state(&self, change: StateChanged) -> Answer<'_, Written<()>>;

    /// Grants, changes or withdraws a waiver.
    fn set_waiver(&self, change: WaiverChange) -> Answer<'_, Written<()>>;

    /// Returns events after a position, in order and without gaps.
    fn feed(&self, after: u64, limit: u32) -> Answer<'_, Vec<FeedRecord>>;

    /// Returns the highest position of the feed, or 0 if the feed is empty.
    fn feed_head(&self) -> Answer<'_, u64>;

    /// Returns as soon as the database answers.
    fn ping(&self) -> Answer<'_, ()>;

    /// Writes data without meaning. An error shows that the database has no free space.
    fn probe_write(&self) -> Answer<'_, ()>;

    /// Replaces the derived data of a subject. The revision of the subject does not change.
    fn set_derived(&self, derived: Derived) -> Answer<'_, ()>;

    /// Waits for running operations and closes all connections.
    fn close(&self) -> Answer<'_, ()>;
}
