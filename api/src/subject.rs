use evschema_model::{ContentModel, Mode, Subject, Version};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::patch::Patch;
use crate::version::VersionSummary;

/// A subject in the list of subjects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubjectSummary {
    /// The subject.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub subject: Subject,
    /// The description of the subject.
    pub description: Option<String>,
    /// The owner: the person or team that is responsible for the subject.
    pub owner: Option<String>,
    /// The latest version: the highest version that is not yanked and not a pre-release; `null` if no such version
    /// exists.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub latest: Option<Version>,
    /// The number of versions, including yanked ones.
    pub versions: u32,
    /// When the subject or one of its versions last changed.
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
    /// The value of `after` for the next page; `null` on the last page.
    pub next: Option<String>,
}

/// A subject, with its policy and its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubjectView {
    /// The subject.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub subject: Subject,
    /// The compatibility mode: the directions (backward, forward) in which a new version must be compatible, and the
    /// earlier versions that the registry compares the new version with.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub mode: Mode,
    /// The content model: whether writers send properties that their schema does not declare, and whether readers
    /// ignore such properties.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub content_model: ContentModel,
    /// The owner: the person or team that is responsible for the subject.
    pub owner: Option<String>,
    /// The description of the subject.
    pub description: Option<String>,
    /// The revision of the subject. Each change adds one to the revision. The revision is also the ETag of the subject,
    /// for `If-Match`.
    pub revision: u64,
    /// When the subject was created.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: OffsetDateTime,
    /// When the subject or one of its versions last changed.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub updated_at: OffsetDateTime,
    /// The latest version: the highest version that is not yanked and not a pre-release; `null` if no such version
    /// exists.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub latest: Option<Version>,
    /// All versions, in ascending order.
    pub versions: Vec<VersionSummary>,
}

/// The body of `PUT /schemas/{subject}`: a JSON Merge Patch (RFC 7396). The registry changes only the settings that the
/// body contains.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SubjectPatch {
    /// The compatibility mode; `null` sets the registry's default.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub mode: Patch<Mode>,
    /// The content model; `null` sets the registry's default.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub content_model: Patch<ContentModel>,
    /// The owner: the person or team that is responsible for the subject. `null` removes the owner.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub owner: Patch<String>,
    /// The description of the subject. `null` removes the description.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub description: Patch<String>,
}
