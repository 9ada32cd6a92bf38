use axum::extract::State;
use axum::response::Response;
use evschema_api::Registration;

use super::Note;
use super::document_put::answer;
use crate::app::App;
use crate::http::{Document, Failure, Params, SubjectPath};
use crate::service::{Actor, Choice, Request};

/// Registers a schema under the version that the change deserves.
///
/// The first version of a subject is 1.0.0. The content of the latest version again is no change.
#[utoipa::path(
    post,
    path = "/schemas/{subject}",
    tag = "versions",
    params(
        ("subject" = String, Path, description = "The subject", example = "commerce.order.placed"),
        Note,
    ),
    request_body(content = Object, content_type = "application/schema+json", description = "The schema"),
    responses(
        (status = 200, description = "The latest version has this content already", body = Registration),
        (status = 201, description = "Registered; `Location` names it", body = Registration),
        (status = 409, description = "Refused; the report says why", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not a schema, or a reference is missing", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn post(
    State(app): State<App>,
    actor: Actor,
    SubjectPath(subject): SubjectPath,
    Params(note): Params<Note>,
    Document(bytes): Document,
) -> Result<Response, Failure> {
    let Note { author, message } = note;
    let request = Request { subject, version: Choice::Next, bytes, signature: actor.sign(author), message };
    answer(&app, app.registry().register(request).await)
}
