use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request as HttpRequest};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::app::App;
use super::hosts::check_framing;
use super::trace;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The maximum length of a request id that the registry accepts from a client, in bytes.
const REQUEST_ID_BYTES_MAX: usize = 64;

/// The route of all answers in the response cache.
const DOCUMENT_ROUTE: &str = "/schemas/{subject}/{version}";

/// The id of a request in the log.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// A request that the registry is answering now.
struct LoggedRequest {
    started: Instant,
    id: String,
    span: tracing::Span,
}

/// Gives the request an id, counts it, and logs one line after the answer.
pub(crate) async fn log_request(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    let logged = LoggedRequest::new(&app, &request, &route, Instant::now());
    request.extensions_mut().insert(RequestId(logged.id.clone()));
    let response = next.run(request).instrument(logged.span.clone()).await;
    app.metrics().request(method.as_str(), &route, response.status().as_u16(), logged.started.elapsed());
    logged.end(response)
}

/// Answers a request from the response cache, and counts and logs it like every other request.
pub(super) fn answer_from_cache<B: hyper::body::Body>(
    app: &App,
    request: &HttpRequest<B>,
) -> Option<Response> {
    if app.is_private() {
        return None;
    }
    let headers = request.headers();
    // The cache does not answer a bad request. The layers and the route then return the error.
    if headers.contains_key(ORIGIN)
        || app.known_hosts().check(request.version(), request.uri(), headers).is_err()
        || check_framing(request.version(), headers).is_err()
    {
        return None;
    }
    let started = Instant::now();
    let response = app.response_cache().answer(request)?;
    let logged = LoggedRequest::new(app, request, DOCUMENT_ROUTE, started);
    app.metrics().document(response.status(), logged.started.elapsed());
    Some(logged.end(response))
}

impl LoggedRequest {
    fn new<B>(app: &App, request: &HttpRequest<B>, route: &str, started: Instant) -> Self {
        let id = client_id(request.headers()).unwrap_or_else(|| app.next_request_id());
        let span = trace::span(&id, request.method(), request.uri().path(), route, request.headers());
        Self { started, id, span }
    }

    fn end(self, mut response: Response) -> Response {
        trace::answered(&self.span, response.status());
        self.span.in_scope(|| {
            let micros = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
            tracing::info!(status = response.status().as_u16(), micros, "answered");
        });
        if let Ok(id) = HeaderValue::try_from(self.id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
}

/// Returns the id that a client or a proxy gave the request, if the id is safe to log.
fn client_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let is_safe = !id.is_empty()
        && id.len() <= REQUEST_ID_BYTES_MAX
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    is_safe.then(|| id.to_owned())
}
