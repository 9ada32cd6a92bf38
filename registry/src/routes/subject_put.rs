use axum::extract::State;
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use evschema_api::{SubjectPatch, SubjectView};

use super::{Author, json};
use crate::app::App;
use crate::http::{Failure, Json, Params, SubjectPath, etag, if_match};
use crate::service::Actor;

/// Creates a subject, or changes the settings that the body names.
///
/// The body is a JSON Merge Patch (RFC 7396), also as `application/merge-patch+json`: a member that is absent stays, and
/// `null` removes it. Without a mode or content model of its own a subject has the registry's default.
///
/// `If-Match` with the subject's ETag changes it only if nobody else has; `If-None-Match: *` creates it only if it does
/// not exist. Another mode or content model for a subject that exists needs the scope `admin`, because it can let a
/// break through, and `If-Match` with the ETag. Versions that are registered are not checked again.
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
    request_body = SubjectPatch,
    responses(
        (status = 200, description = "Changed, or as it was already", body = SubjectView),
        (status = 201, description = "Created", body = SubjectView),
        (status = 400, description = "Bad settings", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Another policy, and the token does not have the scope `admin`", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Differs from another subject only in case", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 412, description = "Not as `If-Match` demands", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 428, description = "Another policy, and `If-Match` does not name the ETag", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put(
    State(app): State<App>,
    actor: Actor,
    SubjectPath(subject): SubjectPath,
    Params(author): Params<Author>,
    headers: HeaderMap,
    Json(patch): Json<SubjectPatch>,
) -> Result<Response, Failure> {
    let precondition = if_match(&headers)?;
    let (view, created) =
        app.registry().put_subject(&subject, patch, precondition, &actor, author.author).await?;
    let mut response = json(&view);
    response.headers_mut().insert(ETAG, etag(view.revision));
    if created {
        *response.status_mut() = StatusCode::CREATED;
    }
    Ok(response)
}
