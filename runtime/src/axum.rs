//! Events as bodies of requests and responses of axum 0.8. Available with the feature `axum`.

use std::fmt;
use std::sync::Arc;

use axum_core::extract::rejection::BytesRejection;
use axum_core::extract::{FromRequest, Request};
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::entry_points::{from_slice, to_vec};
use crate::error::{Error, Violation};
use crate::event::Event;

/// The body of a request or response: one event as JSON.
///
/// As an extractor, it validates the event against its schema. A rejected request gets a problem document (RFC 9457):
///
/// | status | meaning |
/// |---|---|
/// | 400 | the body is not JSON |
/// | 413 | the body is too long |
/// | 415 | the content type is neither `application/json` nor another one that ends with `+json` |
/// | 422 | the schema rejects the event; the document lists all violations |
///
/// The extractor reads at most 2 MiB, the default of axum; a longer body gets the status 413. The layer
/// `axum::extract::DefaultBodyLimit` changes this limit.
///
/// As a response, it validates the event before it is sent. An invalid event becomes a response with the status 500.
///
/// A problem document with the status 500 has only a title, because the client must not see the server's own event. The
/// response has the error as an extension, so a layer can log it: `response.extensions().get::<Arc<Error>>()`.
///
/// ```text
/// async fn place(EventBody(order): EventBody<OrderPlaced>) -> EventBody<OrderAccepted> { … }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventBody<T>(
    /// The event.
    pub T,
);

/// The reason why a request has no valid event. As a response, it is a problem document.
#[derive(Debug)]
#[non_exhaustive]
pub enum EventRejection {
    /// The content type is missing, or is not JSON.
    ContentType,
    /// The body is too long, or the connection has failed.
    Body(BytesRejection),
    /// The body is not a valid event.
    Event(Error),
}

impl<T: Event, S: Send + Sync> FromRequest<S> for EventBody<T> {
    type Rejection = EventRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, EventRejection> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !content_type.is_some_and(is_json) {
            return Err(EventRejection::ContentType);
        }
        let bytes = Bytes::from_request(request, state).await.map_err(EventRejection::Body)?;
        from_slice(T::document(), &bytes).map(Self).map_err(EventRejection::Event)
    }
}

/// Returns whether a content type is `application/json` or another type with the suffix `+json`.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let subtype = essence.strip_prefix("application/").unwrap_or_default();
    subtype == "json" || subtype.strip_suffix("+json").is_some_and(|name| !name.is_empty())
}

impl<T: Event> IntoResponse for EventBody<T> {
    fn into_response(self) -> Response {
        match to_vec(&self.0) {
            Ok(bytes) => ([(header::CONTENT_TYPE, "application/json")], bytes).into_response(),
            Err(error) => internal("the server built an invalid event", error),
        }
    }
}

impl IntoResponse for EventRejection {
    fn into_response(self) -> Response {
        let detail = self.to_string();
        match self {
            Self::ContentType => {
                let title = "the content type is not JSON";
                problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, title, Some(&detail), &[])
            }
            Self::Body(rejection) => {
                problem(rejection.status(), "the body is not readable", Some(&detail), &[])
            }
            Self::Event(Error::NotJson { .. }) => {
                problem(StatusCode::BAD_REQUEST, "the body is not JSON", Some(&detail), &[])
            }
            Self::Event(Error::Refused(violations)) => {
                let title = "the schema rejects the event";
                problem(StatusCode::UNPROCESSABLE_ENTITY, title, Some(&detail), &violations)
            }
            Self::Event(Error::Undecided { .. }) => {
                let title = "the event takes too many steps to validate";
                problem(StatusCode::UNPROCESSABLE_ENTITY, title, Some(&detail), &[])
            }
            Self::Event(error @ (Error::Internal(_) | Error::NotSerializable(_))) => {
                internal("the server cannot read the event", error)
            }
        }
    }
}

/// Returns a response for an error of the server. Only layers of the server see the error.
fn internal(title: &str, error: Error) -> Response {
    let mut response = problem(StatusCode::INTERNAL_SERVER_ERROR, title, None, &[]);
    response.extensions_mut().insert(Arc::new(error));
    response
}

/// Returns a problem document (RFC 9457).
fn problem(status: StatusCode, title: &str, detail: Option<&str>, violations: &[Violation]) -> Response {
    let mut problem = json!({ "title": title, "status": status.as_u16() });
    if let Some(detail) = detail {
        problem["detail"] = detail.into();
    }
    if !violations.is_empty() {
        problem["violations"] = violations.iter().map(violation).collect();
    }
    (status, [(header::CONTENT_TYPE, "application/problem+json")], problem.to_string()).into_response()
}

fn violation(violation: &Violation) -> Value {
    json!({
        "pointer": violation.pointer,
        "line": violation.line,
        "column": violation.column,
        "schema_pointer": violation.schema_pointer,
        "keyword": violation.keyword,
        "value": violation.value,
        "message": violation.message,
    })
}

impl fmt::Display for EventRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ContentType => f.write_str(
                "send the event with the content type `application/json`, or one that ends with `+json`",
            ),
            Self::Body(rejection) => f.write_str(&rejection.body_text()),
            Self::Event(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for EventRejection {}
