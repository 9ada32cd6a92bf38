use axum::extract::State;
use axum::http::header::ETAG;
use axum::response::Response;
use evschema_api::SubjectView;

use super::responses::{json, page};
use crate::http::{App, Failure, NoParams, SubjectPath, Wants, etag};

/// Returns a subject: its policy, its owner and its versions.
#[utoipa::path(
    get,
    path = "/schemas/{subject}",
    tag = "subjects",
    params(("subject" = String, Path, description = "The subject", example = "commerce.order.placed")),
    responses(
        (status = 200, description = "The subject; the ETag is the revision of the subject", body = SubjectView),
        (status = 404, description = "The subject does not exist", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get(
    State(app): State<App>,
    wants: Wants,
    SubjectPath(subject): SubjectPath,
    _: NoParams,
) -> Result<Response, Failure> {
    let view = app.registry().subject(&subject).await?;
    if wants == Wants::Page {
        return Ok(page(app.pages().subject(view)));
    }
    let mut response = json(&view);
    response.headers_mut().insert(ETAG, etag(view.revision));
    Ok(response)
}
