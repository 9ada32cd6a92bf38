use axum::extract::State;
use axum::response::Response;
use evschema_api::{StateChange, VersionView};

use super::{Author, exact, json};
use crate::app::App;
use crate::http::{Failure, Json, Params, StatePath};
use crate::service::Actor;

/// Deprecates, yanks or restores a version, with a reason.
///
/// A yanked version stays readable, but `latest` and ranges skip it. It stays a baseline, because events that were
/// written under it may exist. If nobody ever wrote one, set `never_used`, which needs the scope `waive`. Before the
/// registry restores a yanked version, it checks the version like a new one.
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
        (status = 200, description = "Changed, or already as requested", body = VersionView),
        (status = 400, description = "An invalid change, such as `never_used` for a version that is not yanked", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 404, description = "The subject or version does not exist", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 409, description = "The version is not compatible with the other versions", body = evschema_api::Problem, content_type = "application/problem+json"),
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
