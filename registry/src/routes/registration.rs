use std::sync::Arc;

use axum::http::HeaderValue;
use axum::http::header::{ETAG, LOCATION};
use axum::response::Response;
use evschema_model::Subject;

use super::parameters::Note;
use super::responses::json_of_put;
use crate::http::{App, Failure, etag};
use crate::service::{Actor, Outcome, Request, VersionChoice};

/// Registers a schema, counts the outcome, and returns the answer.
pub(super) async fn register(
    app: &App,
    actor: &Actor,
    subject: Subject,
    version: VersionChoice,
    note: Note,
    bytes: Arc<[u8]>,
) -> Result<Response, Failure> {
    let Note { author, message } = note;
    let request = Request { subject, version, bytes, signature: actor.sign(author), message };
    let (registration, is_new) = match app.registry().register(request).await {
        Ok(Outcome::Created(registration)) => (registration, true),
        Ok(Outcome::Unchanged(registration)) => (registration, false),
        Err(refusal) => {
            app.metrics().registration(refusal.code().as_str());
            return Err(refusal.into());
        }
    };
    app.metrics().registration(if is_new { "created" } else { "unchanged" });
    let mut response = json_of_put(&registration, is_new);
    let headers = response.headers_mut();
    headers.insert(ETAG, etag(&registration.digest));
    if let Ok(location) = HeaderValue::from_str(&registration.url) {
        headers.insert(LOCATION, location);
    }
    Ok(response)
}
