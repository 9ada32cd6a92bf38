use axum::extract::State;
use axum::response::Response;
use evschema_api::{WaiverRequest, WaiverView};

use super::parameters::Author;
use super::responses::json_of_put;
use crate::http::{App, Failure, Json, Params, WaiverPath};
use crate::service::Actor;

/// Grants a waiver: the registry no longer rejects a version because of this finding. Needs the scope `waive`.
///
/// The report of the rejected version has the `fingerprint` of each finding. A fingerprint identifies one change in one
/// version. A later or larger change has a different fingerprint, so the waiver does not accept that change.
#[utoipa::path(
    put,
    path = "/schemas/{subject}/waivers/{fingerprint}",
    tag = "waivers",
    params(
        ("subject" = String, Path, description = "The subject", example = "commerce.order.placed"),
        ("fingerprint" = String, Path, description = "The fingerprint of the finding; the report of the compatibility check contains it", example = "1f0e9a77c2b45d60"),
        Author,
    ),
    request_body = WaiverRequest,
    responses(
        (status = 200, description = "The waiver was changed, or already had this content", body = WaiverView),
        (status = 201, description = "The waiver was granted", body = WaiverView),
        (status = 400, description = "The fingerprint or the body is not valid", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 401, description = "A token is required", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope `waive`", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 404, description = "The subject does not exist", body = evschema_api::Problem, content_type = "application/problem+json"),
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
    Ok(json_of_put(&waiver, is_new))
}
