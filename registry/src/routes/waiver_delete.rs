use axum::extract::State;
use axum::response::Response;
use evschema_api::WaiverView;

use super::parameters::Author;
use super::responses::json;
use crate::http::{App, Failure, Params, WaiverPath};
use crate::service::Actor;

/// Withdraws a waiver. Needs the scope `waive`.
///
/// Versions that the registry accepted because of this waiver stay registered.
#[utoipa::path(
    delete,
    path = "/schemas/{subject}/waivers/{fingerprint}",
    tag = "waivers",
    params(
        ("subject" = String, Path, description = "The subject", example = "commerce.order.placed"),
        ("fingerprint" = String, Path, description = "The fingerprint of the finding; the report of the compatibility check contains it", example = "1f0e9a77c2b45d60"),
        Author,
    ),
    responses(
        (status = 200, description = "The waiver that was withdrawn", body = WaiverView),
        (status = 401, description = "A token is required", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope `waive`", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 404, description = "The subject or waiver does not exist", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete(
    State(app): State<App>,
    actor: Actor,
    WaiverPath { subject, fingerprint }: WaiverPath,
    Params(author): Params<Author>,
) -> Result<Response, Failure> {
    let signature = actor.sign(author.author);
    Ok(json(&app.registry().withdraw_waiver(&subject, &fingerprint, signature).await?))
}
