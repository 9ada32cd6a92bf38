use axum::extract::State;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use evschema_api::Registration;
use evschema_model::Coordinates;

use super::{Note, exact, json};
use crate::app::App;
use crate::http::{Document, DocumentPath, Failure, Params, etag};
use crate::service::{Actor, Choice, Outcome, Refusal, Request};

/// Registers a schema under the version in the path.
///
/// If the version already has this schema, the answer is 200 and nothing changes. So a client can safely send the
/// request again.
#[utoipa::path(
    put,
    path = "/schemas/{subject}/{version}.json",
    tag = "versions",
    params(
        ("subject" = String, Path, description = "The subject", example = "commerce.order.placed"),
        ("version" = String, Path, description = "The version", example = "1.2.0"),
        Note,
    ),
    request_body(content = Object, content_type = "application/schema+json", description = "The schema"),
    responses(
        (status = 200, description = "The version already has this schema", body = Registration),
        (status = 201, description = "The version was registered", body = Registration),
        (status = 409, description = "The version already has a different schema, or the registry rejects the change. After a failed compatibility check, `report` shows what breaks", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 413, description = "The schema is too long", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body is not a valid schema, or the registry cannot resolve a reference in it", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put(
    State(app): State<App>,
    actor: Actor,
    DocumentPath(path): DocumentPath,
    Params(note): Params<Note>,
    Document(bytes): Document,
) -> Result<Response, Failure> {
    let Coordinates { subject, version } = exact(path)?;
    let Note { author, message } = note;
    let request =
        Request { subject, version: Choice::Exact(version), bytes, signature: actor.sign(author), message };
    answer(&app, app.registry().register(request).await)
}

/// Translates what a registration did, and counts it.
pub(super) fn answer(app: &App, outcome: Result<Outcome, Refusal>) -> Result<Response, Failure> {
    let (status, registration) = match outcome {
        Ok(Outcome::Created(registration)) => (StatusCode::CREATED, registration),
        Ok(Outcome::Unchanged(registration)) => (StatusCode::OK, registration),
        Err(refusal) => {
            app.metrics().registration(refusal.code().as_str());
            return Err(refusal.into());
        }
    };
    app.metrics().registration(if status == StatusCode::CREATED { "created" } else { "unchanged" });
    let mut response = json(&registration);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(ETAG, etag(&registration.digest));
    if let Ok(location) = HeaderValue::from_str(&registration.url) {
        headers.insert(LOCATION, location);
    }
    Ok(response)
}
