use std::fmt;

use evschema_model::{Coordinates, Digest, Field, Subject, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

/// The state of a version: `active`, `deprecated` (users should change to another version) or `yanked` (`latest` and
/// ranges skip this version). In every state, the schema of the version stays readable and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// In use.
    #[default]
    Active,
    /// In use, but users should change to another version.
    Deprecated,
    /// Withdrawn: readable at its URL, but `latest` and ranges skip it. A yanked version stays a baseline, unless it
    /// was never used.
    Yanked,
}

/// The body of `PATCH /schemas/{subject}/{version}`. This request deprecates, yanks or restores a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StateChange {
    /// The new state; `active` restores the version.
    pub state: State,
    /// The reason for the change, for the users of the version.
    pub reason: String,
    /// Whether nobody ever wrote an event under this version. If `true`, the registry no longer compares new versions
    /// with this version. `true` needs the state `yanked` and the scope `waive`. If absent, a version that is already
    /// yanked keeps its value; for every other version, the value is `false`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub never_used: Option<bool>,
}

/// The answer to a successful registration, also if the version already existed with the same schema.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Registration {
    /// The subject.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub subject: Subject,
    /// The version.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub version: Version,
    /// The digest of the schema: SHA-256 of its canonical form (RFC 8785).
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub digest: Digest,
    /// The number of the schema in this registry: positive and below 2³¹. Equal schemas have the same number, also in
    /// different subjects.
    pub id: u32,
    /// The number of the version in the order of registration. The first registered version of a subject has number 1.
    pub ordinal: u32,
    /// The path of the schema on this registry. In the events of this version, `dataschema` is the URL of this path.
    pub url: String,
    /// The state of the version; absent if it is `active`.
    #[serde(default, skip_serializing_if = "State::is_active")]
    pub state: State,
    /// The reason for this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// The report of the compatibility check; absent if the version already existed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub report: Option<Value>,
}

/// A version in the list of its subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionSummary {
    /// The version.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub version: Version,
    /// The digest of the schema: SHA-256 of its canonical form (RFC 8785).
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub digest: Digest,
    /// The state of the version.
    pub state: State,
    /// The reason for this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// Whether the version is yanked and nobody ever wrote an event under it. If `true`, the registry does not compare
    /// new versions with this version. Absent if `false`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub never_used: bool,
    /// When the version was registered.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub registered_at: OffsetDateTime,
    /// The message that the client sent with the registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A version, without its schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionView {
    /// The subject.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub subject: Subject,
    /// The version.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub version: Version,
    /// The digest of the schema: SHA-256 of its canonical form (RFC 8785).
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub digest: Digest,
    /// The number of the schema in this registry: positive and below 2³¹. Equal schemas have the same number, also in
    /// different subjects.
    pub id: u32,
    /// The number of the version in the order of registration. The first registered version of a subject has number 1.
    pub ordinal: u32,
    /// The path of the schema on this registry.
    pub url: String,
    /// The JSON Schema draft of the schema.
    pub draft: String,
    /// The schema's title.
    pub title: Option<String>,
    /// The schema's description.
    pub description: Option<String>,
    /// The state of the version.
    pub state: State,
    /// The reason for this state.
    pub state_reason: Option<String>,
    /// Whether the version is yanked and nobody ever wrote an event under it. If `true`, the registry does not compare
    /// new versions with this version. Absent if `false`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub never_used: bool,
    /// When the version was registered.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub registered_at: OffsetDateTime,
    /// The author of the registration: the `author` of the request. If `author` was absent, the name of the token that
    /// the request used.
    pub author: Option<String>,
    /// The message that the client sent with the registration.
    pub message: Option<String>,
    /// The findings of the compatibility check that waivers accepted when the version was registered.
    #[serde(default)]
    pub accepted: Vec<AcceptedFinding>,
    /// The versions that the schema refers to.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub references: Vec<Coordinates>,
    /// The versions whose schemas refer to this version.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub dependents: Vec<Coordinates>,
    /// The properties that the schema declares.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub fields: Vec<Field>,
}

/// A finding that a waiver accepted when a version was registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AcceptedFinding {
    /// The id of the compatibility rule.
    pub rule: String,
    /// The direction of the comparison. `backward`: the new version reads events of the baseline. `forward`: the
    /// baseline reads events of the new version.
    pub direction: String,
    /// The baseline: the published version that the new version was compared with.
    pub baseline: String,
    /// The place of the finding in the schema, as a JSON Pointer.
    pub pointer: String,
    /// A sentence that describes the break and names the part of the event that breaks.
    pub message: String,
    /// An event that the writer's schema accepts and the reader's schema rejects. Absent if the registry could not
    /// decide whether such an event exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub witness: Option<serde_json::Value>,
    /// The fingerprint of the finding.
    pub fingerprint: String,
    /// The fingerprint that the waiver names. It differs from `fingerprint` if the waiver was granted for the same
    /// change in an earlier version.
    pub waiver: String,
    /// The reason that the waiver has.
    pub reason: String,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Active, Self::Deprecated, Self::Yanked];

    /// Whether the version is `active`: not deprecated and not yanked.
    // Serde passes a reference.
    pub fn is_active(&self) -> bool {
        *self == Self::Active
    }

    /// Returns the word used in URLs, bodies and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deprecated => "deprecated",
            Self::Yanked => "yanked",
        }
    }

    /// Returns the state of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
