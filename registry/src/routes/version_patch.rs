use axum::extract::State;
use axum::response::Response;
use evschema_api::{StateChange, VersionView};

use super::{Author, exact, json};
use crate::app::App;
use crate::http::{Failure, Json, Params, StatePath};
use crate::service::Actor;

/// Deprecates, yanks or restores a version, with a reason.
///
/// A yanked version stays readable, and `latest` and ranges skip it. It stays a baseline, because events that were
/// written under it exist. If nobody ever wrote one, say so with `never_used`, which needs the scope `waive`. To come
/// back, a version is checked like a new one.
#[utoipa::path(
    patch,
    path = "/schemas/{subject}/{version}",
    tag = "versions",
    params(
        ("subject" = String, Path, description = "The subject", example = "commerce.order.placed"),
        ("version" = String, Path, description = "The version", example = "1.2.0"),
        Author,
    ),
    request_body = StateChange,
    responses(
        (status = 200, description = "Done, or so already", body = VersionView),
        (status = 400, description = "Bad change, such as `never_used` of a version that is not yanked", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such version", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 409, description = "It no longer fits the other versions", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn patch(
    State(app): State<App>,
    actor: Actor,
    StatePath(path): StatePath,
    Params(author): Params<Author>,
    Json(change): Json<StateChange>,
) -> Result<Response, Failure> {
    let at = exact(path)?;
    Ok(json(&app.registry().set_state(&at, change, &actor, author.author).await?))
}
