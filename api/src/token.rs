use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::scope::Scope;

/// The body of `POST /tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// The name of the token, such as `ci-orders`. The registry records this name as the author of each change made
    /// with the token, unless the request names another author.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128))]
    pub name: String,
    /// The scopes: everything that the token allows, such as `register:commerce.`. A token has at least one scope.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>, min_items = 1, max_items = 32))]
    pub scopes: Vec<Scope>,
    /// When the token expires. If absent, the token never expires.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub expires_at: Option<OffsetDateTime>,
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenView {
    /// The public id of the token: the first 16 hexadecimal digits of its SHA-256.
    pub id: String,
    /// The name of the token.
    pub name: String,
    /// The scopes: everything that the token allows.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub scopes: Vec<Scope>,
    /// When the token was created.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: OffsetDateTime,
    /// The author of the token: the `author` of the request that created it. If `author` was absent, the name of the
    /// token that this request used.
    pub created_by: String,
    /// When the token expires; `null` if it never expires.
    #[serde(with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub expires_at: Option<OffsetDateTime>,
    /// When a client last used the token, accurate to one minute; `null` if no client ever used it.
    #[serde(with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub last_used_at: Option<OffsetDateTime>,
    /// When the token was revoked; `null` if it is not revoked.
    #[serde(with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub revoked_at: Option<OffsetDateTime>,
    /// The author of the revocation; `null` if the token is not revoked.
    pub revoked_by: Option<String>,
}

/// The answer to `POST /tokens`. Only this answer contains the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenCreated {
    /// The secret, for the header `Authorization: Bearer …`. The registry stores only a digest of the secret.
    pub token: String,
    /// The token, without its secret.
    #[serde(flatten)]
    pub view: TokenView,
}

/// The answer to `GET /tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenList {
    /// All tokens, including expired and revoked ones, oldest first.
    pub tokens: Vec<TokenView>,
}
