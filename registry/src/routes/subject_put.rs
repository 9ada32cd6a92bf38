use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ETAG;
use axum::response::Response;
use evschema_api::{SubjectPatch, SubjectView};

use super::parameters::Author;
use super::responses::json_of_put;
use crate::http::{App, Failure, Json, Params, SubjectPath, etag, if_match};
use crate::service::Actor;

/// Creates a subject, or changes the settings that the body contains.
///
/// The body is a JSON Merge Patch (RFC 7396), as `application/json` or `application/merge-patch+json`. A setting that
/// is absent in the body does not change. `null` removes an owner or a description, and sets a mode or content model to
/// the registry's default. A new subject gets the registry's default for an absent mode or content model.
///
/// If the request has the subject's ETag in `If-Match`, the registry changes the subject only if nobody else changed it
/// in the meantime. If the request has `If-None-Match: *`, the registry creates the subject only if the subject does
/// not exist yet.
///
/// A new mode or content model can allow breaking changes. So for an existing subject, this change needs the scope
/// `admin` and the ETag in `If-Match`. The registry does not check existing versions under the new policy.
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
        (status = 200, description = "The subject was changed, or already had these settings", body = SubjectView),
        (status = 201, description = "The subject was created", body = SubjectView),
        (status = 400, description = "The settings are not valid", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 403, description = "A change of the policy needs a token with the scope `admin`", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 409, description = "The name differs from the name of another subject only in upper and lower case", body = evschema_api::Problem, content_type = "application/problem+json"),
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
    let mut response = json_of_put(&view, created);
    response.headers_mut().insert(ETAG, etag(view.revision));
    Ok(response)
}
