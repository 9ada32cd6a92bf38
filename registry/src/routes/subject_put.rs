use axum::extract::State;
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use evschema_api::{SubjectPatch, SubjectView};

use super::{Author, json};
use crate::app::App;
use crate::http::{Failure, Json, Params, SubjectPath, etag, if_match};
use crate::service::Actor;

/// Creates a subject, or changes the settings that the body contains.
///
/// The body is a JSON Merge Patch (RFC 7396), also accepted as `application/merge-patch+json`. An absent property keeps
/// its value, and `null` removes it. A new subject gets the registry's default for an absent mode or content model.
///
/// With the subject's ETag in `If-Match`, the registry changes the subject only if nobody else changed it. With
/// `If-None-Match: *`, it creates the subject only if it does not exist. A change of the mode or content model of an
/// existing subject can let a break through, so it needs the scope `admin` and the ETag in `If-Match`. The registry
/// does not check registered versions again.
#[utoipa::path(
    put,
    path = "/schemas/{subject}",
    tag = "subjects",
    params(
        ("subject" = String, Path, description = "The subject", example = "commerce.order.placed"),
        ("if-match" = Option<String>, Header, description = "The ETag that the subject must have, or `*` for any existing subject"),
        ("if-none-match" = Option<String>, Header, description = "`*`: the subject must not exist"),
        Author,
    ),
    request_body = SubjectPatch,
    responses(
        (status = 200, description = "Changed, or already as requested", body = SubjectView),
        (status = 201, description = "Created", body = SubjectView),
        (status = 400, description = "Invalid settings", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 403, description = "A change of the policy needs a token with the scope `admin`", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 409, description = "The name differs from another subject only in case", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 412, description = "The subject does not match `If-Match` or `If-None-Match`", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 428, description = "A change of the policy needs the ETag in `If-Match`", body = evschema_api::Problem, content_type = "application/problem+json"),
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
