use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

/// One change in the registry, as an event in the JSON format of CloudEvents 1.0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CloudEvent {
    /// Always `1.0`.
    pub specversion: String,
    /// The position of the event in the feed, as a decimal number. Positions are 1, 2, 3 and so on, without gaps.
    pub id: String,
    /// The public URL of the registry, with a slash at the end. If the registry has no public URL: `/`.
    pub source: String,
    /// The kind of change, such as `evschema.version.registered`. The subject with the same name has the schema of
    /// `data`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The subject that changed. If a token changed: the id of the token.
    pub subject: String,
    /// When the change was made.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub time: OffsetDateTime,
    /// Always `application/json`.
    pub datacontenttype: String,
    /// The URL of the schema that describes `data`.
    pub dataschema: String,
    /// How the registry authenticated the client, in words of the CloudEvents extension *Auth Context*. `api_key`: with
    /// a token of the registry. `service_account`: with the token of a CI job. `system`: a command opened the database
    /// itself. `unauthenticated`: the request had no token.
    #[serde(default)]
    pub authtype: String,
    /// The id of the token. For a CI job: the claims `iss` and `sub` of its token, with `#` between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authid: Option<String>,
    /// The network address of the client that made the change. The registry shows this address only to clients with
    /// the scope `admin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clientaddress: Option<String>,
    /// The details of the change.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub data: Value,
}

/// A page of the feed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedPage {
    /// The events, in order of their positions.
    pub events: Vec<CloudEvent>,
    /// The value of `after` for the next page. If this page is empty, `next` is equal to the `after` of the request.
    pub next: u64,
}
