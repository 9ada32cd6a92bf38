use evschema_model::Violation;
use serde::{Deserialize, Serialize};

/// The answer to `POST /schemas/{subject}/{version}/validate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Validation {
    /// Whether the registry checked every event, and all of them are valid.
    pub valid: bool,
    /// How many events the registry checked.
    pub checked: u32,
    /// The events that are not valid, in order of their lines; at most 100.
    pub refused: Vec<EventVerdict>,
    /// The number of the first line that the registry did not check, because the request reached its time limit. Send
    /// the lines from this one on in another request. `valid` is then `false`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unchecked_from: Option<u32>,
}

/// One event that is not valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventVerdict {
    /// The line of the event in the body, counted from 1.
    pub line: u32,
    /// The syntax error, if the line is not JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
    /// Why the registry did not validate the event, if that would take too many steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undecided: Option<String>,
    /// The violations: why the schema rejects the event.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub violations: Vec<Violation>,
}
