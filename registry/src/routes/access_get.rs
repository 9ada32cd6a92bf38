use axum::response::Response;
use evschema_api::AccessView;

use super::responses::json;
use crate::http::{Failure, NoParams};
use crate::service::Actor;

/// Returns what the client may do: the scopes of the client's token, or the rights of a request without a token.
#[utoipa::path(
    get,
    path = "/access",
    tag = "tokens",
    responses((status = 200, description = "The scopes", body = AccessView))
)]
pub(crate) async fn get(actor: Actor, _: NoParams) -> Result<Response, Failure> {
    Ok(json(&actor.access()))
}
