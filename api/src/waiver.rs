use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// The body of `PUT /schemas/{subject}/waivers/{fingerprint}`. This request accepts a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WaiverRequest {
    /// The reason why the finding is accepted.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1000))]
    pub reason: String,
    /// The last day (UTC) on which the waiver applies, such as `2027-01-31`. If absent, the waiver never expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(format = Date))]
    pub until: Option<String>,
}

/// A waiver: the acceptance of one finding in a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaiverView {
    /// The fingerprint of the finding.
    pub fingerprint: String,
    /// The reason why the finding is accepted.
    pub reason: String,
    /// The last day (UTC) on which the waiver applies; `null` if the waiver never expires.
    pub until: Option<String>,
    /// The author of the waiver: the `author` of the request. If `author` was absent, the name of the token that the
    /// request used.
    pub author: Option<String>,
    /// When the waiver was granted.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub granted_at: OffsetDateTime,
}

/// The answer to `GET /schemas/{subject}/waivers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaiverList {
    /// The waivers, in order of their fingerprints. The list contains expired waivers, but no withdrawn waivers.
    pub waivers: Vec<WaiverView>,
}
