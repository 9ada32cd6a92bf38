//! What the feed says of each change.
//!
//! The kinds are subjects of this project's own `schemas/`, and the structs are those schemas'.

use evschema_api::State;
use evschema_model::{Coordinates, Digest, Version};
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::store::{NewEvent, Settings};

/// Version of every one of the feed's schemas.
pub(crate) const SCHEMA_VERSION: &str = "1.0.0";

/// Who did something, when the request does not say.
pub(crate) const ANONYMOUS: &str = "anonymous";

/// A change of a subject: which, by whom, when, and the revision it led to.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) revision: u64,
    pub(crate) at: i64,
    pub(crate) author: Option<String>,
}

#[derive(Serialize)]
struct SubjectChanged<'a> {
    subject: &'a str,
    revision: u64,
    at: String,
    author: &'a str,
    created: bool,
    mode: &'a str,
    content_model: &'a str,
    owner: Option<&'a str>,
    description: Option<&'a str>,
}

#[derive(Serialize)]
struct VersionRegistered<'a> {
    subject: &'a str,
    version: String,
    digest: &'a str,
    schema_id: u32,
    ordinal: u32,
    revision: u64,
    at: String,
    author: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    references: &'a [Coordinates],
}

#[derive(Serialize)]
struct StateChanged<'a> {
    subject: &'a str,
    version: &'a Version,
    revision: u64,
    at: String,
    author: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<State>,
    reason: &'a str,
}

/// Returns the event of a subject that was created or whose settings were replaced.
pub(crate) fn subject_changed(subject: &str, created: bool, settings: &Settings, stamp: &Stamp) -> NewEvent {
    event(
        "evschema.subject.changed",
        &SubjectChanged {
            subject,
            revision: stamp.revision,
            at: rfc3339(stamp.at),
            author: stamp.author(),
            created,
            mode: settings.policy.mode.as_str(),
            content_model: settings.policy.content_model.as_str(),
            owner: settings.owner.as_deref(),
            description: settings.description.as_deref(),
        },
    )
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

/// Returns the event of a version that was registered, its content under this number.
pub(crate) fn version_registered(registered: &Registered, schema_id: u32, stamp: &Stamp) -> NewEvent {
    event(
        "evschema.version.registered",
        &VersionRegistered {
            subject: registered.at.subject.as_str(),
            version: registered.at.version.to_string(),
            digest: registered.digest.as_str(),
            schema_id,
            ordinal: registered.ordinal,
            revision: stamp.revision,
            at: rfc3339(stamp.at),
            author: stamp.author(),
            message: registered.message.as_deref(),
            references: &registered.references,
        },
    )
}

/// Returns the event of a version that went from one state to another.
pub(crate) fn state_changed(
    at: &Coordinates,
    from: State,
    to: State,
    reason: &str,
    stamp: &Stamp,
) -> NewEvent {
    let kind = match to {
        State::Active => "evschema.version.restored",
        State::Deprecated => "evschema.version.deprecated",
        State::Yanked => "evschema.version.yanked",
    };
    event(
        kind,
        &StateChanged {
            subject: at.subject.as_str(),
            version: &at.version,
            revision: stamp.revision,
            at: rfc3339(stamp.at),
            author: stamp.author(),
            from: (to == State::Active).then_some(from),
            reason,
        },
    )
}

/// Returns a moment given in microseconds since 1970.
pub(crate) fn moment(micros: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn rfc3339(micros: i64) -> String {
    moment(micros).format(&Rfc3339).unwrap_or_default()
}

fn event(kind: &'static str, data: &impl Serialize) -> NewEvent {
    // Texts and numbers always have a JSON form.
    NewEvent { kind, data: serde_json::to_string(data).unwrap_or_default() }
}

impl Stamp {
    fn author(&self) -> &str {
        self.author.as_deref().unwrap_or(ANONYMOUS)
    }
}
