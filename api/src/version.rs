use std::fmt;

use evschema_model::{Coordinates, Digest, Field, Subject, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

/// Where a version is in its life. Its content never changes, and it is never deleted.
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
    /// The state to go to; `active` restores.
    pub state: State,
    /// Why, for those who will ask.
    pub reason: String,
    /// Whether nobody ever wrote an event under the yanked version: it is then no baseline. Absent, a new yank counts
    /// as used, and a yanked version stays as it is. `true` needs the scope `waive`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub never_used: Option<bool>,
}

/// The answer to a registration, new or repeated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Registration {
    /// The subject.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub subject: Subject,
    /// The version.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub version: Version,
    /// Digest of the content.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub digest: Digest,
    /// Number of the content, positive and below 2³¹: the same content has one number.
    pub id: u32,
    /// Number of the version in its subject, from one, in order of registration.
    pub ordinal: u32,
    /// Path of the content on this registry; the `dataschema` of its events.
    pub url: String,
    /// The state of the version; absent when it is active.
    #[serde(default, skip_serializing_if = "State::is_active")]
    pub state: State,
    /// Why it is in that state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// The report of the check; absent when the version was there already.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub report: Option<Value>,
}

/// One line of a subject's list of versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionSummary {
    /// The version.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub version: Version,
    /// Digest of the content.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub digest: Digest,
    /// Where it is in its life.
    pub state: State,
    /// Why it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// Whether it was yanked and nobody ever wrote an event under it; it is then no baseline. Absent when not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub never_used: bool,
    /// When it was registered.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub registered_at: OffsetDateTime,
    /// What was said when it was registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A version: everything about it but its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionView {
    /// The subject.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub subject: Subject,
    /// The version.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub version: Version,
    /// Digest of the content.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub digest: Digest,
    /// Number of the content, positive and below 2³¹.
    pub id: u32,
    /// Number of the version in its subject, from one, in order of registration.
    pub ordinal: u32,
    /// Path of the content on this registry.
    pub url: String,
    /// The draft of JSON Schema it is written in.
    pub draft: String,
    /// The schema's title.
    pub title: Option<String>,
    /// The schema's description.
    pub description: Option<String>,
    /// Where it is in its life.
    pub state: State,
    /// Why it is there.
    pub state_reason: Option<String>,
    /// Whether it was yanked and nobody ever wrote an event under it; it is then no baseline. Absent when not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub never_used: bool,
    /// When it was registered.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub registered_at: OffsetDateTime,
    /// Who registered it, as they named themselves.
    pub author: Option<String>,
    /// What was said when it was registered.
    pub message: Option<String>,
    /// The findings with which waivers let it in.
    #[serde(default)]
    pub accepted: Vec<AcceptedFinding>,
    /// The versions its content refers to.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub references: Vec<Coordinates>,
    /// The versions whose content refers to it.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub dependents: Vec<Coordinates>,
    /// The properties its content declares.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub fields: Vec<Field>,
}

/// A finding that a waiver accepted when a version was registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AcceptedFinding {
    /// The rule.
    pub rule: String,
    /// The direction: `backward` if the new version reads, `forward` if the old one does.
    pub direction: String,
    /// The version that it was compared with.
    pub baseline: String,
    /// The place in the document.
    pub pointer: String,
    /// One sentence that names the part of the event and the break.
    pub message: String,
    /// An event that breaks; none where the place could not be decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub witness: Option<serde_json::Value>,
    /// The finding, as reports name it.
    pub fingerprint: String,
    /// The fingerprint of the waiver; that of an earlier version which made the same change, if it is another one.
    pub waiver: String,
    /// Why it was accepted.
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
