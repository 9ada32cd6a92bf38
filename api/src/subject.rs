use evschema_model::{ContentModel, Mode, Subject, Version};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{Patch, VersionSummary};

/// One line of the list of subjects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubjectSummary {
    /// The subject.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub subject: Subject,
    /// What it is, as its owner put it.
    pub description: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The latest version: the highest that is neither yanked nor a pre-release.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub latest: Option<Version>,
    /// How many versions there are, yanked ones included.
    pub versions: u32,
    /// When anything about it last changed.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub updated_at: OffsetDateTime,
}

/// A page of the list of subjects, in order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubjectPage {
    /// The subjects.
    pub subjects: Vec<SubjectSummary>,
    /// What to give as `after` to get the next page; absent on the last one.
    pub next: Option<String>,
}

/// A subject: its policy, and its versions in ascending order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubjectView {
    /// The subject.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub subject: Subject,
    /// Which directions of a change must hold.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub mode: Mode,
    /// What writers send and readers accept, beyond their schemas.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub content_model: ContentModel,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Counts every change of the subject; its ETag, for `If-Match`.
    pub revision: u64,
    /// When it was created.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: OffsetDateTime,
    /// When anything about it last changed.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub updated_at: OffsetDateTime,
    /// The latest version: the highest that is neither yanked nor a pre-release.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub latest: Option<Version>,
    /// Every version, ascending.
    pub versions: Vec<VersionSummary>,
}

/// The body of `PUT /schemas/{subject}`: a JSON Merge Patch (RFC 7396), which changes only the members that it names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SubjectPatch {
    /// Which directions of a change must hold; `null` sets the registry's default.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub mode: Patch<Mode>,
    /// The content model; `null` sets the registry's default.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub content_model: Patch<ContentModel>,
    /// Who answers for it; `null` removes it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub owner: Patch<String>,
    /// What it is; `null` removes it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub description: Patch<String>,
}
