//! What the feed says of each change.
//!
//! The kinds are subjects of this project's own `schemas/`, and the structs are generated from
//! those schemas by this project's own generator (`cargo xtask regenerate`).

#[rustfmt::skip]
#[allow(
    unreachable_pub,
    clippy::allow_attributes_without_reason,
    reason = "generated code does not know its crate's lints, nor how far it is shown"
)]
mod generated;

use evschema_api::State;
use evschema_model::{ContentModel, Coordinates, Digest, Mode};
use evschema_runtime::{Event, Maybe};
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::store::{NewEvent, Settings};
use generated::subject_changed::v1::{ContentModel as SentModel, Mode as SentMode, SubjectChanged};
use generated::version_deprecated::v1::VersionDeprecated;
use generated::version_registered::v1::{ReferencedVersion, VersionRegistered};
use generated::version_restored::v1::{From as RestoredFrom, VersionRestored};
use generated::version_yanked::v1::VersionYanked;

/// Who did something, when the request does not say.
pub(crate) const ANONYMOUS: &str = "anonymous";

/// A change of a subject: which, by whom, when, and the revision it led to.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) revision: u64,
    pub(crate) at: i64,
    pub(crate) author: Option<String>,
}

/// What a registration's event says beside its stamp.
#[derive(Debug, Clone)]
pub(crate) struct Registered {
    pub(crate) at: Coordinates,
    pub(crate) digest: Digest,
    pub(crate) ordinal: u32,
    pub(crate) message: Option<String>,
    pub(crate) references: Vec<Coordinates>,
}

/// Returns the event of a subject that was created or whose settings were replaced.
pub(crate) fn subject_changed(subject: &str, created: bool, settings: &Settings, stamp: &Stamp) -> NewEvent {
    let mut event = SubjectChanged::new(
        subject.to_owned(),
        stamp.revision.into(),
        rfc3339(stamp.at),
        stamp.author(),
        created,
        sent_mode(settings.policy.mode),
        sent_model(settings.policy.content_model),
    );
    event.owner = settings.owner.clone().map_or(Maybe::Null, Maybe::Value);
    event.description = settings.description.clone().map_or(Maybe::Null, Maybe::Value);
    new(&event)
}

/// Returns the event of a version that was registered, its content under this number.
pub(crate) fn version_registered(registered: &Registered, schema_id: u32, stamp: &Stamp) -> NewEvent {
    let mut event = VersionRegistered::new(
        registered.at.subject.to_string(),
        registered.at.version.to_string(),
        registered.digest.to_string(),
        i64::from(schema_id),
        i64::from(registered.ordinal),
        stamp.revision.into(),
        rfc3339(stamp.at),
        stamp.author(),
    );
    event.message.clone_from(&registered.message);
    let referenced =
        |at: &Coordinates| ReferencedVersion::new(at.subject.to_string(), at.version.to_string());
    event.references = Some(registered.references.iter().map(referenced).collect());
    new(&event)
}

/// Returns the event of a version that went from one state to another.
pub(crate) fn state_changed(
    at: &Coordinates,
    from: State,
    to: State,
    reason: &str,
    stamp: &Stamp,
) -> NewEvent {
    let (subject, version) = (at.subject.to_string(), at.version.to_string());
    let (revision, when, author) = (stamp.revision.into(), rfc3339(stamp.at), stamp.author());
    let reason = reason.to_owned();
    match to {
        State::Deprecated => new(&VersionDeprecated::new(subject, version, revision, when, author, reason)),
        State::Yanked => new(&VersionYanked::new(subject, version, revision, when, author, reason)),
        State::Active => {
            let from = if from == State::Yanked { RestoredFrom::Yanked } else { RestoredFrom::Deprecated };
            let mut event = VersionRestored::new(subject, version, revision, when, author, from);
            event.reason = Some(reason);
            new(&event)
        }
    }
}

/// Returns the schema of one of the feed's events, which every registry has, registered or not.
pub(crate) fn schema_of(at: &Coordinates) -> Option<&'static str> {
    const OWN: [(&str, &str, &str); 5] = [
        (SubjectChanged::SUBJECT, SubjectChanged::VERSION, SubjectChanged::SCHEMA),
        (VersionDeprecated::SUBJECT, VersionDeprecated::VERSION, VersionDeprecated::SCHEMA),
        (VersionRegistered::SUBJECT, VersionRegistered::VERSION, VersionRegistered::SCHEMA),
        (VersionRestored::SUBJECT, VersionRestored::VERSION, VersionRestored::SCHEMA),
        (VersionYanked::SUBJECT, VersionYanked::VERSION, VersionYanked::SCHEMA),
    ];
    let version = at.version.to_string();
    OWN.into_iter().find(|own| own.0 == at.subject.as_str() && own.1 == version).map(|own| own.2)
}

/// Returns the path of the schema of a kind's events.
pub(crate) fn dataschema_of(kind: &str) -> &'static str {
    match kind {
        SubjectChanged::SUBJECT => SubjectChanged::DATASCHEMA,
        VersionDeprecated::SUBJECT => VersionDeprecated::DATASCHEMA,
        VersionRegistered::SUBJECT => VersionRegistered::DATASCHEMA,
        VersionRestored::SUBJECT => VersionRestored::DATASCHEMA,
        VersionYanked::SUBJECT => VersionYanked::DATASCHEMA,
        // Written by a newer registry that shares the database.
        _ => "",
    }
}

/// Returns a moment given in microseconds since 1970.
pub(crate) fn moment(micros: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn rfc3339(micros: i64) -> String {
    moment(micros).format(&Rfc3339).unwrap_or_default()
}

fn new<E: Event + Serialize>(event: &E) -> NewEvent {
    // Texts and numbers always have a JSON form; a test holds every kind to its schema.
    NewEvent { kind: E::SUBJECT, data: serde_json::to_string(event).unwrap_or_default() }
}

fn sent_mode(mode: Mode) -> SentMode {
    match mode {
        Mode::Backward => SentMode::Backward,
        Mode::BackwardTransitive => SentMode::BackwardTransitive,
        Mode::Forward => SentMode::Forward,
        Mode::ForwardTransitive => SentMode::ForwardTransitive,
        Mode::Full => SentMode::Full,
        Mode::FullTransitive => SentMode::FullTransitive,
        Mode::None => SentMode::None,
    }
}

fn sent_model(model: ContentModel) -> SentModel {
    match model {
        ContentModel::Strict => SentModel::Strict,
        ContentModel::Lenient => SentModel::Lenient,
        ContentModel::Tolerant => SentModel::Tolerant,
    }
}

impl Stamp {
    fn author(&self) -> String {
        self.author.clone().unwrap_or_else(|| ANONYMOUS.to_owned())
    }
}
