use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

/// One change of the registry, as a CloudEvent 1.0 in the JSON format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CloudEvent {
    /// Always `1.0`.
    pub specversion: String,
    /// The position of the event in the feed, as a decimal number: 1, 2, 3, without gaps.
    pub id: String,
    /// The registry: its public URL, or `/`.
    pub source: String,
    /// The kind of change. The schema of `data` is a version of the subject with this name.
    #[serde(rename = "type")]
    pub kind: String,
    /// The subject that changed, or the id of the token.
    pub subject: String,
    /// When the change was made.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub time: OffsetDateTime,
    /// Always `application/json`.
    pub datacontenttype: String,
    /// The URL of the schema of `data`.
    pub dataschema: String,
    /// How the registry authenticated the client (the CloudEvents extension *Auth Context*): `api_key` for a token,
    /// `service_account` for a CI job, `system` for a change at the database itself, otherwise `unauthenticated`.
    #[serde(default)]
    pub authtype: String,
    /// The id of the token, or the issuer and subject of the CI job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authid: Option<String>,
    /// The address that the request came from; only clients with the scope `admin` get it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clientaddress: Option<String>,
    /// The change.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub data: Value,
}

/// A page of the feed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedPage {
    /// The events, in order of their positions.
    pub events: Vec<CloudEvent>,
    /// The value of `after` for the next page. If the page is empty, it is the `after` of this request.
    pub next: u64,
}
