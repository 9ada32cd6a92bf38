use axum::extract::State;
use axum::response::Response;
use evschema_api::{StateChange, VersionView};

use super::parameters::{Author, exact};
use super::responses::json;
use crate::http::{App, Failure, Json, Params, StatePath};
use crate::service::Actor;

/// Deprecates, yanks or restores a version, with a reason.
///
/// A yanked version stays readable, but `latest` and ranges skip it. The registry still compares new versions with a
/// yanked version, because events of the yanked version may exist. If nobody ever wrote such an event, set
/// `never_used`: the registry no longer compares new versions with it. `never_used` needs the scope `waive`. Before the
/// registry restores a yanked version, it checks that version like a new version.
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
        (status = 200, description = "The state was changed, or the version already had this state", body = VersionView),
        (status = 400, description = "The change is not valid, such as `never_used` with a state other than `yanked`", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 404, description = "The subject or version does not exist", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 409, description = "The registry cannot restore the version, because it is not compatible with the other versions", body = evschema_api::Problem, content_type = "application/problem+json"),
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
