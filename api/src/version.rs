use std::fmt;

use evschema_model::{Coordinates, Digest, Field, Subject, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

/// The state of a version: `active`, `deprecated` (it works, but users should replace it) or `yanked` (`latest` and
/// ranges skip it). In every state, the schema stays readable and unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// In use.
    #[default]
    Active,
    /// In use, and better replaced; nothing else changes.
    Deprecated,
    /// Withdrawn: readable at its URL, skipped by `latest` and ranges. It stays a baseline unless it was never used.
    Yanked,
}

/// The body of `PATCH /schemas/{subject}/{version}`: deprecate, yank or restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StateChange {
    /// The new state; `active` restores the version.
    pub state: State,
    /// The reason, for users of the version.
    pub reason: String,
    /// Whether nobody ever wrote an event under the yanked version. If `true`, the version is no baseline; this needs
    /// the scope `waive`. If absent, a new yank counts as used, and a version that is already yanked keeps its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub never_used: Option<bool>,
}

/// The answer to a registration, also if the version already existed.
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
    /// The number of the schema, positive and below 2³¹. Equal schemas have the same number, in all subjects.
    pub id: u32,
    /// The number of the version in its subject, from 1, in order of registration.
    pub ordinal: u32,
    /// The path of the schema on this registry. Events of this version have its URL as `dataschema`.
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
    /// Whether the version is yanked and nobody ever wrote an event under it. If so, it is no baseline. Absent if
    /// `false`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub never_used: bool,
    /// When it was registered.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub registered_at: OffsetDateTime,
    /// The message of the registration.
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
    /// The number of the schema, positive and below 2³¹. Equal schemas have the same number, in all subjects.
    pub id: u32,
    /// The number of the version in its subject, from 1, in order of registration.
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
    /// Whether the version is yanked and nobody ever wrote an event under it. If so, it is no baseline. Absent if
    /// `false`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub never_used: bool,
    /// When it was registered.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub registered_at: OffsetDateTime,
    /// The author of the registration: the `author` of the request, or the name of its token.
    pub author: Option<String>,
    /// The message of the registration.
    pub message: Option<String>,
    /// The findings that waivers accepted when the version was registered.
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
    /// The id of the rule.
    pub rule: String,
    /// The direction: `backward` if the new version is the reader, `forward` if the old version is the reader.
    pub direction: String,
    /// The baseline: the published version that the new version was compared with.
    pub baseline: String,
    /// The place in the schema, as a JSON Pointer.
    pub pointer: String,
    /// One sentence: what breaks, and at which part of the event.
    pub message: String,
    /// An event that breaks; absent if the registry could not decide about this place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub witness: Option<serde_json::Value>,
    /// The fingerprint of the finding.
    pub fingerprint: String,
    /// The fingerprint in the waiver. It differs from `fingerprint` if the waiver accepted the same change in an
    /// earlier version.
    pub waiver: String,
    /// The reason of the waiver.
    pub reason: String,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Active, Self::Deprecated, Self::Yanked];

    /// Whether the version is in use, and neither deprecated nor yanked.
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
