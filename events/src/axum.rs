//! CloudEvents as requests of axum 0.8. Available with the feature `axum`.
//!
//! ```
//! use evschema_events::axum::CloudEvent;
//! use evschema_events::dead_letter::EventDeadlettered;
//! use evschema_events::Outcome;
//!
//! async fn receive(event: CloudEvent<EventDeadlettered>) -> Outcome {
//!     println!("{}: {}", event.context.id(), event.event.reason);
//!     Outcome::Done
//! }
//! ```

use axum_core::extract::rejection::BytesRejection;
use axum_core::extract::{FromRequest, Request};
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::consumer::{Context, Outcome};
use crate::dead_letter::Class;
use crate::decode::{DecodeError, FromEnvelope};
use crate::envelope::{Envelope, EnvelopeError, EnvelopeProblem};
use crate::message::{Delivery, Transport};

/// An event that was sent over HTTP, in structured or binary mode.
///
/// A rejected request gets a problem document (RFC 9457):
///
/// | status | meaning |
/// |---|---|
/// | 400 | the envelope or the payload is broken |
/// | 413 | the body is too long |
/// | 415 | the message is not a CloudEvent, is a batch, or has another event format |
/// | 422 | the type is unknown, or the schema rejects the event; the document lists the violations |
/// | 503 | the version is newer than this code; the sender retries |
///
/// The extractor reads at most 2 MiB, the default of axum. The layer `axum::extract::DefaultBodyLimit` changes this
/// limit.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CloudEvent<T> {
    /// The event.
    pub event: T,
    /// The attributes of its envelope.
    pub context: Context,
}

/// Why a request has no valid event. As a response, it is a problem document.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CloudEventRejection {
    /// The body is too long, or the connection has failed.
    #[error("the body is not readable: {}", .0.body_text())]
    Body(BytesRejection),
    /// The request is not a valid CloudEvent.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The type is unknown, or the schema rejects the event.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

/// Seconds after which a sender may try again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("30");

impl<T: FromEnvelope, S: Send + Sync> FromRequest<S> for CloudEvent<T> {
    type Rejection = CloudEventRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, CloudEventRejection> {
        let headers = request.headers().clone();
        let body = Bytes::from_request(request, state).await.map_err(CloudEventRejection::Body)?;
        let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let delivery = Delivery::new(Transport::Http, headers, &body, 1);
        let envelope: &Envelope<'_> = delivery.envelope().map_err(Clone::clone)?;
        let event = T::from_envelope(envelope)?;
        Ok(Self { event, context: Context::new("http", envelope, &delivery) })
    }
}

impl IntoResponse for CloudEventRejection {
    fn into_response(self) -> Response {
        let (status, title) = match &self {
            Self::Body(rejection) => (rejection.status(), "the body is not readable"),
            Self::Envelope(error) if is_other_form(&error.problem) => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "send one CloudEvent in structured or binary mode")
            }
            Self::Envelope(_) => (StatusCode::BAD_REQUEST, "the request is not a valid CloudEvent"),
            Self::Decode(error) => match error.class() {
                Class::NotJson => (StatusCode::BAD_REQUEST, "the payload is not JSON"),
                Class::NewerVersion => {
                    (StatusCode::SERVICE_UNAVAILABLE, "the version is newer than this service; retry later")
                }
                Class::UnknownType => (StatusCode::UNPROCESSABLE_ENTITY, "the type of the event is unknown"),
                Class::Invalid | Class::IdReused | Class::HandlerPermanent | Class::RetriesExhausted => {
                    (StatusCode::UNPROCESSABLE_ENTITY, "the schema rejects the event")
                }
            },
        };
        let mut document = json!({ "title": title, "status": status.as_u16(), "detail": self.to_string() });
        if let Self::Decode(error) = &self
            && !error.violations().is_empty()
        {
            document["violations"] = error.violations().iter().map(violation).collect();
        }
        problem(status, &document)
    }
}

/// Returns whether the request is in a form that this extractor does not read.
fn is_other_form(problem: &EnvelopeProblem) -> bool {
    matches!(problem, EnvelopeProblem::NotACloudEvent | EnvelopeProblem::Format(_) | EnvelopeProblem::Batch)
}

fn violation(violation: &evschema_runtime::Violation) -> Value {
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

fn problem(status: StatusCode, document: &Value) -> Response {
    let content_type = [(header::CONTENT_TYPE, "application/problem+json")];
    let mut response = (status, content_type, document.to_string()).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
    }
    response
}

/// Answers 202 after the event had its effect, now or before. A retry is 503 with `retry-after`, a permanent failure is
/// 422, and a reused id is 409.
impl IntoResponse for Outcome {
    fn into_response(self) -> Response {
        let (status, title, detail) = match self {
            Self::Done | Self::Duplicate => return StatusCode::ACCEPTED.into_response(),
            Self::Retry { after, reason } => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                let document = json!({ "title": "retry later", "status": status.as_u16(), "detail": reason });
                let mut response = problem(status, &document);
                if let Some(after) = after {
                    response.headers_mut().insert(header::RETRY_AFTER, after.as_secs().max(1).into());
                }
                return response;
            }
            Self::Permanent { reason } => {
                (StatusCode::UNPROCESSABLE_ENTITY, "the event cannot be handled", reason)
            }
            Self::IdReused => {
                let detail = "give each event its own id".to_owned();
                (StatusCode::CONFLICT, "another event had the same source and id", detail)
            }
        };
        problem(status, &json!({ "title": title, "status": status.as_u16(), "detail": detail }))
    }
}

#[cfg(test)]
mod tests;
