use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use evschema_api::{WaiverRequest, WaiverView};

use super::{Author, json};
use crate::app::App;
use crate::http::{Failure, Json, Params, WaiverPath};
use crate::service::Actor;

/// Accepts one finding in a subject: a check no longer refuses for it. Needs the scope `waive`.
///
/// The report of the refusal names the finding by its `fingerprint`, which is that of one change in one version:
/// a later or larger change is another finding.
#[utoipa::path(
    put,
    path = "/schemas/{subject}/waivers/{fingerprint}",
    tag = "waivers",
    params(
        ("subject" = String, Path, description = "The subject", example = "commerce.order.placed"),
        ("fingerprint" = String, Path, description = "The finding, as reports name it", example = "1f0e9a77c2b45d60"),
        Author,
    ),
    request_body = WaiverRequest,
    responses(
        (status = 200, description = "Changed, or so already", body = WaiverView),
        (status = 201, description = "Accepted from here on", body = WaiverView),
        (status = 400, description = "Not a fingerprint, or a bad body", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 401, description = "A token is needed", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope `waive`", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such subject", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put(
    State(app): State<App>,
    actor: Actor,
    WaiverPath { subject, fingerprint }: WaiverPath,
    Params(author): Params<Author>,
    Json(request): Json<WaiverRequest>,
) -> Result<Response, Failure> {
    let signature = actor.sign(author.author);
    let (waiver, is_new) = app.registry().grant_waiver(&subject, &fingerprint, request, signature).await?;
    let mut response = json(&waiver);
    if is_new {
        *response.status_mut() = StatusCode::CREATED;
    }
    Ok(response)
}
