use axum::extract::State;
use axum::response::Response;
use evschema_api::WaiverList;

use super::responses::json;
use crate::http::{App, Failure, NoParams, SubjectPath};

/// Lists the waivers of a subject: the findings that the registry accepts in this subject.
#[utoipa::path(
    get,
    path = "/schemas/{subject}/waivers",
    tag = "waivers",
    params(("subject" = String, Path, description = "The subject", example = "commerce.order.placed")),
    responses(
        (status = 200, description = "The waivers", body = WaiverList),
        (status = 404, description = "The subject does not exist", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    SubjectPath(subject): SubjectPath,
    _: NoParams,
) -> Result<Response, Failure> {
    Ok(json(&app.registry().waivers(&subject).await?))
}
