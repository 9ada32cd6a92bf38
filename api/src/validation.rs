use evschema_model::Violation;
use serde::{Deserialize, Serialize};

/// The answer to `POST /schemas/{subject}/{version}/validate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Validation {
    /// `true` if the registry validated every event and every event is valid.
    pub valid: bool,
    /// The number of events that the registry validated.
    pub checked: u32,
    /// The events that the registry did not accept, in the order of their lines in the body; at most 100.
    pub refused: Vec<EventVerdict>,
    /// The number of the first line of the body that the registry did not validate, because the request reached its
    /// time limit or the registry was too busy. If this field is present, `valid` is `false`. Send the lines from this
    /// number on in another request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unchecked_from: Option<u32>,
}

/// An event that the registry did not accept. `unreadable`, `undecided` or `violations` has the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventVerdict {
    /// The number of the event's line in the body, counted from 1.
    pub line: u32,
    /// The syntax error. Present only if the line is not JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
    /// The reason why the registry did not validate the event. Present only if the validation would take too many
    /// steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undecided: Option<String>,
    /// The violations: the reasons why the schema rejects the event; at most 50.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub violations: Vec<Violation>,
}
