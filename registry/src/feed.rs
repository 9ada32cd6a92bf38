//! The events of the feed.
//!
//! Each kind of event is a subject in the folder `schemas/` of this repository. The generator of evschema generates the
//! structs from these schemas (`cargo xtask regenerate`).

mod generated;

use axum::body::Bytes;
use evschema_api::{State, StateChange};
use evschema_model::{ContentModel, Coordinates, Digest, Mode, SubjectPolicy};
use evschema_runtime::{Event, Maybe};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::store::{Content, NewEvent, Provenance, Settings, TokenRecord, UnnumberedEvent, WaiverRecord};
use generated::evschema_policy_loosened::v1::{self as policy, PolicyLoosened, policy_loosened as loosened};
use generated::evschema_subject_changed::v1::{
    ContentModel as EventContentModel, Mode as EventMode, SubjectChanged, subject_changed as changed,
};
use generated::evschema_token_created::v1::{TokenCreated, token_created as created};
use generated::evschema_token_revoked::v1::{TokenRevoked, token_revoked as revoked};
use generated::evschema_version_deprecated::v1::{VersionDeprecated, version_deprecated as deprecated};
use generated::evschema_version_registered::v1::{
    Reference, VersionRegistered, reference, version_registered as registered_version,
};
use generated::evschema_version_restored::v1::{
    From as RestoredFrom, VersionRestored, version_restored as restored,
};
use generated::evschema_version_yanked::v1::{VersionYanked, version_yanked as yanked};
use generated::evschema_waiver_granted::v1::{WaiverGranted, waiver_granted as granted};
use generated::evschema_waiver_withdrawn::v1::{WaiverWithdrawn, waiver_withdrawn as withdrawn};

/// The author of a change if neither the request nor a token names one.
pub(crate) const ANONYMOUS: &str = "anonymous";

/// A placeholder for the number of a schema. The database assigns the real number later. No schema has the placeholder
/// as its number.
const UNNUMBERED: i64 = 0;

/// A kind of event, with the constants of its generated struct.
struct EventKind {
    subject: &'static str,
    version: &'static str,
    dataschema: &'static str,
    schema: &'static str,
}

const KINDS: [EventKind; 10] = [
    kind::<PolicyLoosened>(),
    kind::<SubjectChanged>(),
    kind::<TokenCreated>(),
    kind::<TokenRevoked>(),
    kind::<VersionDeprecated>(),
    kind::<VersionRegistered>(),
    kind::<VersionRestored>(),
    kind::<VersionYanked>(),
    kind::<WaiverGranted>(),
    kind::<WaiverWithdrawn>(),
];

const fn kind<E: Event>() -> EventKind {
    EventKind { subject: E::SUBJECT, version: E::VERSION, dataschema: E::DATASCHEMA, schema: E::SCHEMA }
}

/// The author of a change, and the proof of their identity.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signature {
    /// The name in the request. If the request has no name, this is the name of the token.
    pub(crate) name: Option<String>,
    pub(crate) provenance: Provenance,
}

/// The revision, time and author of a change of a subject.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) revision: u64,
    pub(crate) at: i64,
    pub(crate) signature: Signature,
}

/// The details of a registration for its event.
#[derive(Debug, Clone)]
pub(crate) struct Registered {
    pub(crate) at: Coordinates,
    pub(crate) digest: Digest,
    pub(crate) ordinal: u32,
    pub(crate) message: Option<String>,
    pub(crate) references: Vec<Coordinates>,
}

/// Returns the event for a subject that was created, or whose settings were replaced.
pub(crate) fn subject_changed(subject: &str, created: bool, settings: &Settings, stamp: &Stamp) -> NewEvent {
    let mut event = SubjectChanged::new(changed::Required {
        subject: subject.to_owned(),
        created,
        mode: event_mode(settings.policy.mode),
        content_model: event_content_model(settings.policy.content_model),
        revision: stamp.revision.into(),
        at: rfc3339(stamp.at),
        author: stamp.author(),
    });
    event.owner = settings.owner.clone().map_or(Maybe::Null, Maybe::Value);
    event.description = settings.description.clone().map_or(Maybe::Null, Maybe::Value);
    new(&event, &stamp.signature.provenance)
}

/// Returns the event for a subject whose new policy allows more changes than the old one.
pub(crate) fn policy_loosened(
    subject: &str,
    before: SubjectPolicy,
    settings: &Settings,
    stamp: &Stamp,
) -> NewEvent {
    let mut event = PolicyLoosened::new(loosened::Required {
        subject: subject.to_owned(),
        before: policy::Before::new(policy::before::Required {
            mode: mode_before(before.mode),
            content_model: content_model_before(before.content_model),
        }),
        mode: mode_after(settings.policy.mode),
        content_model: content_model_after(settings.policy.content_model),
        revision: stamp.revision.into(),
        at: rfc3339(stamp.at),
        author: stamp.author(),
    });
    event.owner = settings.owner.clone().map_or(Maybe::Null, Maybe::Value);
    event.description = settings.description.clone().map_or(Maybe::Null, Maybe::Value);
    new(&event, &stamp.signature.provenance)
}

/// Returns the event for a registered version whose schema has no number yet.
pub(crate) fn version_registered(registered: &Registered, stamp: &Stamp) -> UnnumberedEvent {
    let mut event = VersionRegistered::new(registered_version::Required {
        subject: registered.at.subject.to_string(),
        version: registered.at.version.to_string(),
        digest: registered.digest.to_string(),
        schema_id: UNNUMBERED,
        ordinal: i64::from(registered.ordinal),
        revision: stamp.revision.into(),
        at: rfc3339(stamp.at),
        author: stamp.author(),
    });
    event.message.clone_from(&registered.message);
    let referenced = |at: &Coordinates| {
        Reference::new(reference::Required {
            subject: at.subject.to_string(),
            version: at.version.to_string(),
        })
    };
    event.references = Some(registered.references.iter().map(referenced).collect());
    let NewEvent { kind, data, provenance } = new(&event, &stamp.signature.provenance);
    // The placeholder cannot match inside a string, because a string has a backslash before each quotation mark.
    let (before, after) = data.split_once(&format!("\"schema_id\":{UNNUMBERED}")).unwrap_or((&data, ""));
    UnnumberedEvent { kind, before: format!("{before}\"schema_id\":"), after: after.to_owned(), provenance }
}

/// Returns the event for a version that changed its state.
pub(crate) fn state_changed(
    at: &Coordinates,
    from: State,
    change: &StateChange,
    never_used: bool,
    stamp: &Stamp,
) -> NewEvent {
    let (subject, version) = (at.subject.to_string(), at.version.to_string());
    let (revision, at, author) = (stamp.revision.into(), rfc3339(stamp.at), stamp.author());
    let (reason, provenance) = (change.reason.clone(), &stamp.signature.provenance);
    match change.state {
        State::Deprecated => {
            let required = deprecated::Required { subject, version, reason, revision, at, author };
            new(&VersionDeprecated::new(required), provenance)
        }
        State::Yanked => {
            let mut event =
                VersionYanked::new(yanked::Required { subject, version, reason, revision, at, author });
            event.never_used = never_used.into();
            new(&event, provenance)
        }
        State::Active => {
            let from = if from == State::Yanked { RestoredFrom::Yanked } else { RestoredFrom::Deprecated };
            let mut event =
                VersionRestored::new(restored::Required { subject, version, from, revision, at, author });
            event.reason = Some(reason);
            new(&event, provenance)
        }
    }
}

/// Returns the event for a created token.
pub(crate) fn token_created(
    token: &TokenRecord,
    scopes: Vec<String>,
    at: i64,
    signature: &Signature,
) -> NewEvent {
    let (id, name) = (token.id.clone(), token.name.clone());
    let mut event = TokenCreated::new(created::Required {
        id,
        name,
        scopes,
        at: rfc3339(at),
        author: author_of(signature),
    });
    event.expires_at = token.expires_at.map(rfc3339);
    new(&event, &signature.provenance)
}

/// Returns the event for a revoked token.
pub(crate) fn token_revoked(token: &TokenRecord, at: i64, signature: &Signature) -> NewEvent {
    let event = TokenRevoked::new(revoked::Required {
        id: token.id.clone(),
        name: token.name.clone(),
        at: rfc3339(at),
        author: author_of(signature),
    });
    new(&event, &signature.provenance)
}

/// Returns the event for a granted waiver.
pub(crate) fn waiver_granted(subject: &str, waiver: &WaiverRecord, stamp: &Stamp) -> NewEvent {
    let mut event = WaiverGranted::new(granted::Required {
        subject: subject.to_owned(),
        fingerprint: waiver.fingerprint.clone(),
        reason: waiver.reason.clone(),
        revision: stamp.revision.into(),
        at: rfc3339(stamp.at),
        author: stamp.author(),
    });
    event.until.clone_from(&waiver.until);
    new(&event, &stamp.signature.provenance)
}

/// Returns the event for a withdrawn waiver.
pub(crate) fn waiver_withdrawn(subject: &str, fingerprint: &str, stamp: &Stamp) -> NewEvent {
    let event = WaiverWithdrawn::new(withdrawn::Required {
        subject: subject.to_owned(),
        fingerprint: fingerprint.to_owned(),
        revision: stamp.revision.into(),
        at: rfc3339(stamp.at),
        author: stamp.author(),
    });
    new(&event, &stamp.signature.provenance)
}

/// Returns the schema with this subject and version, if it is the schema of a kind of event in the feed. Every registry
/// has these schemas, even if nobody registered them.
pub(crate) fn content_of(at: &Coordinates) -> Option<Content> {
    let version = at.version.to_string();
    let kind = KINDS.iter().find(|kind| kind.subject == at.subject.as_str() && kind.version == version)?;
    let value = serde_json::from_str(kind.schema).unwrap_or_default();
    Some(Content { bytes: Bytes::from_static(kind.schema.as_bytes()), digest: Digest::of(&value) })
}

/// Returns the path of the schema of a kind of event.
pub(crate) fn dataschema_of(kind: &str) -> &'static str {
    // A newer registry that shares the database may have written an event of an unknown kind.
    KINDS.iter().find(|known| known.subject == kind).map_or("", |known| known.dataschema)
}

/// Returns the time for a number of microseconds since 1970.
pub(crate) fn moment(micros: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn rfc3339(micros: i64) -> String {
    moment(micros).format(&Rfc3339).unwrap_or_default()
}

fn new<E: Event>(event: &E, provenance: &Provenance) -> NewEvent {
    // The struct writes its fields in the order of the schema, without a check. A test validates every kind of event.
    let mut data = String::new();
    event.write(&mut data);
    NewEvent { kind: E::SUBJECT, data, provenance: provenance.clone() }
}

/// Declares functions that return the variant of a generated enum with the same name.
macro_rules! same_variants {
    ($($function:ident: $from:ident -> $to:path { $($variant:ident)* })*) => {
        $(fn $function(from: $from) -> $to {
            use $to as To;
            match from {
                $($from::$variant => To::$variant,)*
            }
        })*
    };
}

same_variants! {
    event_mode: Mode -> EventMode {
        Backward BackwardTransitive Forward ForwardTransitive Full FullTransitive None
    }
    mode_before: Mode -> policy::BeforeMode {
        Backward BackwardTransitive Forward ForwardTransitive Full FullTransitive None
    }
    mode_after: Mode -> policy::Mode {
        Backward BackwardTransitive Forward ForwardTransitive Full FullTransitive None
    }
    event_content_model: ContentModel -> EventContentModel { Strict Lenient Tolerant }
    content_model_before: ContentModel -> policy::BeforeContentModel { Strict Lenient Tolerant }
    content_model_after: ContentModel -> policy::ContentModel { Strict Lenient Tolerant }
}

fn author_of(signature: &Signature) -> String {
    signature.name.clone().unwrap_or_else(|| ANONYMOUS.to_owned())
}

impl Stamp {
    fn author(&self) -> String {
        author_of(&self.signature)
    }
}
