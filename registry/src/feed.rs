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

use axum::body::Bytes;
use evschema_api::{State, StateChange};
use evschema_model::{ContentModel, Coordinates, Digest, Mode, SubjectPolicy};
use evschema_runtime::{Event, Maybe};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::service::Signature;
use crate::store::{Content, NewEvent, Provenance, Settings, TokenRecord, UnnumberedEvent, WaiverRecord};
use generated::policy_loosened::v1::{Before, BeforeContentModel as BeforeModel, PolicyLoosened};
use generated::subject_changed::v1::{ContentModel as SentModel, Mode as SentMode, SubjectChanged};
use generated::token_created::v1::TokenCreated;
use generated::token_revoked::v1::TokenRevoked;
use generated::version_deprecated::v1::VersionDeprecated;
use generated::version_registered::v1::{Reference, VersionRegistered};
use generated::version_restored::v1::{From as RestoredFrom, VersionRestored};
use generated::version_yanked::v1::VersionYanked;
use generated::waiver_granted::v1::WaiverGranted;
use generated::waiver_withdrawn::v1::WaiverWithdrawn;

/// Who did something, when the request does not say.
pub(crate) const ANONYMOUS: &str = "anonymous";

/// Stands for the number of a content until it is known: no content has it.
const UNNUMBERED: i64 = 0;

/// What is known of one kind of event, whose generated struct knows it.
struct Own {
    subject: &'static str,
    version: &'static str,
    dataschema: &'static str,
    schema: &'static str,
}

const OWN: [Own; 10] = [
    own::<PolicyLoosened>(),
    own::<SubjectChanged>(),
    own::<TokenCreated>(),
    own::<TokenRevoked>(),
    own::<VersionDeprecated>(),
    own::<VersionRegistered>(),
    own::<VersionRestored>(),
    own::<VersionYanked>(),
    own::<WaiverGranted>(),
    own::<WaiverWithdrawn>(),
];

const fn own<E: Event>() -> Own {
    Own { subject: E::SUBJECT, version: E::VERSION, dataschema: E::DATASCHEMA, schema: E::SCHEMA }
}

/// A change of a subject: which, by whom, when, and the revision it led to.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) revision: u64,
    pub(crate) at: i64,
    pub(crate) signature: Signature,
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
        rfc3339(stamp.at),
        stamp.author(),
        sent_model(settings.policy.content_model),
        created,
        sent_mode(settings.policy.mode),
        stamp.revision.into(),
        subject.to_owned(),
    );
    event.owner = settings.owner.clone().map_or(Maybe::Null, Maybe::Value);
    event.description = settings.description.clone().map_or(Maybe::Null, Maybe::Value);
    new(&event, &stamp.signature.provenance)
}

/// Returns the event of a subject whose policy lets through more than before.
pub(crate) fn policy_loosened(
    subject: &str,
    before: SubjectPolicy,
    settings: &Settings,
    stamp: &Stamp,
) -> NewEvent {
    let before_model = match before.content_model {
        ContentModel::Strict => BeforeModel::Strict,
        ContentModel::Lenient => BeforeModel::Lenient,
        ContentModel::Tolerant => BeforeModel::Tolerant,
    };
    let mut event = PolicyLoosened::new(
        rfc3339(stamp.at),
        stamp.author(),
        Before::new(before_model, sent_mode(before.mode)),
        sent_model(settings.policy.content_model),
        sent_mode(settings.policy.mode),
        stamp.revision.into(),
        subject.to_owned(),
    );
    event.owner = settings.owner.clone().map_or(Maybe::Null, Maybe::Value);
    event.description = settings.description.clone().map_or(Maybe::Null, Maybe::Value);
    new(&event, &stamp.signature.provenance)
}

/// Returns the event of a version that is registered under a number that is not known yet.
pub(crate) fn version_registered(registered: &Registered, stamp: &Stamp) -> UnnumberedEvent {
    let mut event = VersionRegistered::new(
        rfc3339(stamp.at),
        stamp.author(),
        registered.digest.to_string(),
        i64::from(registered.ordinal),
        stamp.revision.into(),
        UNNUMBERED,
        registered.at.subject.to_string(),
        registered.at.version.to_string(),
    );
    event.message.clone_from(&registered.message);
    let referenced = |at: &Coordinates| Reference::new(at.subject.to_string(), at.version.to_string());
    event.references = Some(registered.references.iter().map(referenced).collect());
    let NewEvent { kind, data, provenance } = new(&event, &stamp.signature.provenance);
    // Found nowhere else: within a text there would be a backslash before the second quotation mark.
    let (before, after) = data.split_once(&format!("\"schema_id\":{UNNUMBERED}")).unwrap_or((&data, ""));
    UnnumberedEvent { kind, before: format!("{before}\"schema_id\":"), after: after.to_owned(), provenance }
}

/// Returns the event of a version that went from one state to another.
pub(crate) fn state_changed(
    at: &Coordinates,
    from: State,
    change: &StateChange,
    never_used: bool,
    stamp: &Stamp,
) -> NewEvent {
    let (subject, version) = (at.subject.to_string(), at.version.to_string());
    let (revision, when, author) = (stamp.revision.into(), rfc3339(stamp.at), stamp.author());
    let (reason, proven) = (change.reason.clone(), &stamp.signature.provenance);
    match change.state {
        State::Deprecated => {
            new(&VersionDeprecated::new(when, author, reason, revision, subject, version), proven)
        }
        State::Yanked => {
            let mut event = VersionYanked::new(when, author, reason, revision, subject, version);
            event.never_used = never_used.into();
            new(&event, proven)
        }
        State::Active => {
            let from = if from == State::Yanked { RestoredFrom::Yanked } else { RestoredFrom::Deprecated };
            let mut event = VersionRestored::new(when, author, from, revision, subject, version);
            event.reason = Some(reason);
            new(&event, &stamp.signature.provenance)
        }
    }
}

/// Returns the event of a token that was made.
pub(crate) fn token_created(
    token: &TokenRecord,
    scopes: Vec<String>,
    at: i64,
    signature: &Signature,
) -> NewEvent {
    let (id, name) = (token.id.clone(), token.name.clone());
    let mut event = TokenCreated::new(rfc3339(at), named(signature), id, name, scopes);
    event.expires_at = token.expires_at.map(rfc3339);
    new(&event, &signature.provenance)
}

/// Returns the event of a token that was revoked.
pub(crate) fn token_revoked(token: &TokenRecord, at: i64, signature: &Signature) -> NewEvent {
    let event = TokenRevoked::new(rfc3339(at), named(signature), token.id.clone(), token.name.clone());
    new(&event, &signature.provenance)
}

/// Returns the event of a finding that is accepted from here on.
pub(crate) fn waiver_granted(subject: &str, waiver: &WaiverRecord, stamp: &Stamp) -> NewEvent {
    let mut event = WaiverGranted::new(
        rfc3339(stamp.at),
        stamp.author(),
        waiver.fingerprint.clone(),
        waiver.reason.clone(),
        stamp.revision.into(),
        subject.to_owned(),
    );
    event.until.clone_from(&waiver.until);
    new(&event, &stamp.signature.provenance)
}

/// Returns the event of a finding that is accepted no longer.
pub(crate) fn waiver_withdrawn(subject: &str, fingerprint: &str, stamp: &Stamp) -> NewEvent {
    let event = WaiverWithdrawn::new(
        rfc3339(stamp.at),
        stamp.author(),
        fingerprint.to_owned(),
        stamp.revision.into(),
        subject.to_owned(),
    );
    new(&event, &stamp.signature.provenance)
}

/// Returns the schema of one of the feed's events, which every registry has, registered or not.
pub(crate) fn content_of(at: &Coordinates) -> Option<Content> {
    let version = at.version.to_string();
    let own = OWN.iter().find(|own| own.subject == at.subject.as_str() && own.version == version)?;
    let value = serde_json::from_str(own.schema).unwrap_or_default();
    Some(Content { bytes: Bytes::from_static(own.schema.as_bytes()), digest: Digest::of(&value) })
}

/// Returns the path of the schema of a kind's events.
pub(crate) fn dataschema_of(kind: &str) -> &'static str {
    // None when a newer registry that shares the database has written it.
    OWN.iter().find(|own| own.subject == kind).map_or("", |own| own.dataschema)
}

/// Returns a moment given in microseconds since 1970.
pub(crate) fn moment(micros: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn rfc3339(micros: i64) -> String {
    moment(micros).format(&Rfc3339).unwrap_or_default()
}

fn new<E: Event>(event: &E, proven: &Provenance) -> NewEvent {
    // Unchecked, in the schema's order; a test holds every kind to its schema.
    let mut data = String::new();
    event.write(&mut data);
    NewEvent { kind: E::SUBJECT, data, provenance: proven.clone() }
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

fn named(signature: &Signature) -> String {
    signature.name.clone().unwrap_or_else(|| ANONYMOUS.to_owned())
}

impl Stamp {
    fn author(&self) -> String {
        named(&self.signature)
    }
}
