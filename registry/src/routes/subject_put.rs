use axum::extract::State;
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use evschema_api::{SubjectSettings, SubjectView};

use super::{Author, json};
use crate::app::App;
use crate::http::{Failure, Json, Params, SubjectPath, etag, if_match};
use crate::service::Actor;

/// Creates a subject or replaces its policy, owner and description.
///
/// `If-Match` with the subject's ETag changes it only if nobody else has; `If-None-Match: *`
/// creates it only if it does not exist. Versions that are registered are not checked again. Another
/// policy for a subject that exists needs the scope `waive`, for it can let a break through.
#[utoipa::path(
    put,
    path = "/schemas/{subject}",
    tag = "subjects",
    params(
        ("subject" = String, Path, description = "The subject", example = "commerce.order.placed"),
        ("if-match" = Option<String>, Header, description = "The ETag the subject must have, or `*`"),
        ("if-none-match" = Option<String>, Header, description = "`*`: the subject must not exist"),
        Author,
    ),
    request_body = SubjectSettings,
    responses(
        (status = 200, description = "Changed, or as it was already", body = SubjectView),
        (status = 201, description = "Created", body = SubjectView),
        (status = 400, description = "Bad settings", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Differs from another subject only in case", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 412, description = "Not as `If-Match` demands", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put(
    State(app): State<App>,
    actor: Actor,
    SubjectPath(subject): SubjectPath,
    Params(author): Params<Author>,
    headers: HeaderMap,
    Json(settings): Json<SubjectSettings>,
) -> Result<Response, Failure> {
    let precondition = if_match(&headers)?;
    let (view, created) =
        app.registry().put_subject(&subject, settings, precondition, &actor, author.author).await?;
    let mut response = json(&view);
    response.headers_mut().insert(ETAG, etag(view.revision));
    if created {
        *response.status_mut() = StatusCode::CREATED;
    }
    Ok(response)
}
