use axum::extract::State;
use axum::response::Response;
use evschema_api::TokenList;

use super::responses::json;
use crate::http::{App, Failure, NoParams};

/// Lists all tokens, including expired and revoked ones, without their secrets.
#[utoipa::path(
    get,
    path = "/tokens",
    tag = "tokens",
    security(("token" = [])),
    responses(
        (status = 200, description = "The tokens", body = TokenList),
        (status = 401, description = "A token is required", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope `admin`", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(State(app): State<App>, _: NoParams) -> Result<Response, Failure> {
    Ok(json(&app.registry().tokens().list().await?))
}
