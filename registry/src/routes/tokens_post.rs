use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use evschema_api::{TokenCreated, TokenRequest};

use super::parameters::Author;
use super::responses::json;
use crate::http::{App, Failure, Json, Params};
use crate::service::Actor;

/// Creates a token. Only this answer contains the secret of the token.
#[utoipa::path(
    post,
    path = "/tokens",
    tag = "tokens",
    security(("token" = [])),
    params(Author),
    request_body = TokenRequest,
    responses(
        (status = 201, description = "The token, with its secret", body = TokenCreated),
        (status = 400, description = "An invalid name, scope or expiry time", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 401, description = "A token is required", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope `admin`", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn post(
    State(app): State<App>,
    actor: Actor,
    Params(author): Params<Author>,
    Json(request): Json<TokenRequest>,
) -> Result<Response, Failure> {
    let created = app.registry().tokens().create(request, actor.sign(author.author)).await?;
    let mut response = json(&created);
    *response.status_mut() = StatusCode::CREATED;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(location) = HeaderValue::from_str(&format!("/tokens/{}", created.view.id)) {
        headers.insert(LOCATION, location);
    }
    Ok(response)
}
