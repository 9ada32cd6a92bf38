use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

/// One change of the registry, as a CloudEvent 1.0 in structured JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CloudEvent {
    /// `1.0`.
    pub specversion: String,
    /// The event's position in the feed, in decimal: 1, 2, 3, without gaps.
    pub id: String,
    /// The registry: its public URL, or `/`.
    pub source: String,
    /// The kind of change, which is also the subject of its data's schema.
    #[serde(rename = "type")]
    pub kind: String,
    /// The subject that changed.
    pub subject: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub time: OffsetDateTime,
    /// `application/json`.
    pub datacontenttype: String,
    /// Where the schema of `data` is.
    pub dataschema: String,
    /// How the one who asked for the change was known (the CloudEvents extension *Auth Context*):
    /// `api_key` with a token, `system` at the database itself, otherwise `unauthenticated`.
    #[serde(default)]
    pub authtype: String,
    /// The id of the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authid: Option<String>,
    /// The address the request came from; only an admin is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clientaddress: Option<String>,
    /// What changed.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub data: Value,
}

/// A page of the feed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedPage {
    /// The events, in order.
    pub events: Vec<CloudEvent>,
    /// What to give as `after` to go on from here; the same as asked for when there is nothing new.
    pub next: u64,
}
