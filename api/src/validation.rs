use evschema_model::Violation;
use serde::{Deserialize, Serialize};

/// The answer to `POST /schemas/{subject}/{version}/validate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Validation {
    /// Whether every event is accepted.
    pub valid: bool,
    /// How many events were looked at.
    pub checked: u32,
    /// The events that are refused, in order; at most a named number of them.
    pub refused: Vec<EventVerdict>,
    /// The first line that was not looked at, where the time for one request did not suffice. Send the lines from here
    /// on in another request. `valid` is false then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unchecked_from: Option<u32>,
}

/// One event that is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventVerdict {
    /// Line of the event in the body, counted from one.
    pub line: u32,
    /// Why it is no event at all, where the line is not JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
    /// Why it is not decided whether the schema accepts it, where that would take too many steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undecided: Option<String>,
    /// Why the schema refuses it.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub violations: Vec<Violation>,
}
