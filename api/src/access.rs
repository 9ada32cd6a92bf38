use serde::{Deserialize, Serialize};

use crate::scope::Scope;

/// The answer to `GET /access`: what the client may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessView {
    /// The name of the token; absent if the request has no token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The scopes of the token. If the request has no token, the scopes show what a request without a token may do.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub scopes: Vec<Scope>,
    /// Whether the client may change the policy (mode and content model) of an existing subject. A client with a token
    /// needs the scope `admin` for this change. A client without a token may make this change if the registry accepts
    /// writes without a token.
    #[serde(default)]
    pub policies: bool,
}
