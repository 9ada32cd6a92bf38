use axum::extract::State;
use axum::response::Response;
use evschema_api::TokenView;

use super::parameters::Author;
use super::responses::json;
use crate::http::{App, Failure, Params, TokenPath};
use crate::service::Actor;

/// Revokes a token. From then on, every registry that uses this database rejects the token.
///
/// The revoked token stays in the list of tokens, because changes in the feed refer to it.
#[utoipa::path(
    delete,
    path = "/tokens/{id}",
    tag = "tokens",
    security(("token" = [])),
    params(("id" = String, Path, description = "The token's id", example = "5e884898da280471"), Author),
    responses(
        (status = 200, description = "The token is revoked, by this request or by an earlier one", body = TokenView),
        (status = 401, description = "A token is required", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope `admin`", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 404, description = "The token does not exist", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete(
    State(app): State<App>,
    actor: Actor,
    TokenPath(id): TokenPath,
    Params(author): Params<Author>,
) -> Result<Response, Failure> {
    Ok(json(&app.registry().tokens().revoke(&id, actor.sign(author.author)).await?))
}
