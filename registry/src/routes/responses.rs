use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::http::Failure;
use crate::service::Refusal;

/// Returns a value as JSON.
pub(super) fn json(value: &impl Serialize) -> Response {
    let body = match serde_json::to_vec(value) {
        Ok(body) => body,
        Err(error) => {
            let bug = Refusal::Bug(format!("cannot write an answer as JSON: {error}"));
            return Failure::from(bug).into_response();
        }
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (VARY, HeaderValue::from_static("accept")),
    ];
    (headers, body).into_response()
}

/// Returns a value as JSON, with status 201 if the request created it.
pub(super) fn json_of_put(value: &impl Serialize, is_new: bool) -> Response {
    let mut response = json(value);
    if is_new {
        *response.status_mut() = StatusCode::CREATED;
    }
    response
}

/// Returns a page for browsers.
pub(super) fn page(html: String) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (VARY, HeaderValue::from_static("accept")),
    ];
    (headers, html).into_response()
}

/// Returns a redirect with status 307: the client sends the same request to the other path.
pub(super) fn redirect(to: &str) -> Response {
    // A path consists of subjects and versions, which are ASCII.
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    let headers = [(LOCATION, location), (VARY, HeaderValue::from_static("accept"))];
    (StatusCode::TEMPORARY_REDIRECT, headers).into_response()
}
