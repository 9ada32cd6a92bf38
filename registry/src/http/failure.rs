use axum::http::header::ALLOW;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use evschema_api::{Problem, ProblemCode};

use crate::service::Refusal;
use crate::store::StoreError;

/// The error answer to a rejected request.
#[derive(Debug)]
pub(crate) struct Failure {
    problem: Box<Problem>,
    /// The methods that the path supports, if the request has another method.
    allow: Option<&'static str>,
}

impl Failure {
    pub(crate) fn new(code: ProblemCode, detail: impl Into<String>, help: impl Into<String>) -> Self {
        Self { problem: Box::new(Problem::new(code, detail).help(help)), allow: None }
    }

    pub(crate) fn allow(mut self, methods: &'static str) -> Self {
        self.allow = Some(methods);
        self
    }
}

impl From<Refusal> for Failure {
    /// Logs the errors that the client did not cause, because no later code logs them.
    fn from(refusal: Refusal) -> Self {
        if let Refusal::Store(StoreError::Unavailable(cause)) = &refusal {
            tracing::warn!(%cause, "the database does not answer");
        } else if let Refusal::Store(StoreError::Full(cause)) = &refusal {
            tracing::error!(%cause, "the database is full");
        } else if let Refusal::Store(cause) = &refusal {
            tracing::error!(%cause, "a database operation failed");
        } else if let Refusal::Bug(what) = &refusal {
            tracing::error!(what, "internal error");
        }
        Self { problem: Box::new(refusal.into()), allow: None }
    }
}

impl IntoResponse for Failure {
    /// Returns an answer without a body. [`add_response_headers`](super::add_response_headers) writes the body later,
    /// because only that function knows which media types the client accepts.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        if let Some(methods) = self.allow {
            response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
        }
        response.extensions_mut().insert(self.problem);
        response
    }
}
