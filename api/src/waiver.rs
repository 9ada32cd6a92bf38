use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// The body of `PUT /schemas/{subject}/waivers/{fingerprint}`: a finding is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WaiverRequest {
    /// Why, for those who will ask.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1000))]
    pub reason: String,
    /// Last day on which it holds, `2027-01-31`, in UTC; for ever when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(format = Date))]
    pub until: Option<String>,
}

/// A finding that is accepted in a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaiverView {
    /// The finding, as reports name it.
    pub fingerprint: String,
    /// Why.
    pub reason: String,
    /// Last day on which it holds, in UTC.
    pub until: Option<String>,
    /// Who granted it, as they named themselves, or the name of their token.
    pub author: Option<String>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub granted_at: OffsetDateTime,
}

/// The answer to `GET /schemas/{subject}/waivers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaiverList {
    /// Those that are granted now, expired ones included, by fingerprint.
    pub waivers: Vec<WaiverView>,
}
