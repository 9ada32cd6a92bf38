use serde::{Deserialize, Serialize};

use crate::Scope;

/// The answer to `GET /access`: what the sender of a request may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessView {
    /// The name of the token; missing without a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What it allows.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub scopes: Vec<Scope>,
    /// Whether it may give a subject that exists another policy: with the scope `admin`, or where anybody may write.
    #[serde(default)]
    pub policies: bool,
}
