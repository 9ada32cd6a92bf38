use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request as HttpRequest};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::{check_framing, trace};
use crate::app::App;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest id taken over from a client.
const REQUEST_ID_BYTES_MAX: usize = 64;

/// The route of what lies ready.
const DOCUMENT_ROUTE: &str = "/schemas/{subject}/{version}";

/// The id under which the log speaks of a request.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// A request that is being answered, under its name.
struct Observed {
    started: Instant,
    id: String,
    span: tracing::Span,
}

/// Names a request, counts it, and logs one line when it is answered.
pub(crate) async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    let observed = Observed::new(&app, &request, &route, Instant::now());
    request.extensions_mut().insert(RequestId(observed.id.clone()));
    let response = next.run(request).instrument(observed.span.clone()).await;
    app.metrics().request(method.as_str(), &route, response.status().as_u16(), observed.started.elapsed());
    observed.end(response)
}

/// Answers what lies ready, named, counted and logged as everything else is.
pub(super) fn answer_at_once<B: hyper::body::Body>(app: &App, request: &HttpRequest<B>) -> Option<Response> {
    if app.is_private() {
        return None;
    }
    let headers = request.headers();
    // Whoever asks by another name is refused, in words, on the usual way.
    if headers.contains_key(ORIGIN)
        || app.known_hosts().check(request.version(), request.uri(), headers).is_err()
        || check_framing(request.version(), headers).is_err()
    {
        return None;
    }
    let started = Instant::now();
    let response = app.shelf().answer(request)?;
    let observed = Observed::new(app, request, DOCUMENT_ROUTE, started);
    app.metrics().document(response.status(), observed.started.elapsed());
    Some(observed.end(response))
}

impl Observed {
    fn new<B>(app: &App, request: &HttpRequest<B>, route: &str, started: Instant) -> Self {
        let id = given(request.headers()).unwrap_or_else(|| app.next_request_id());
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

/// Returns the id a client or a proxy gave the request, if it is fit to be logged.
fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let fit = !id.is_empty()
        && id.len() <= REQUEST_ID_BYTES_MAX
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    fit.then(|| id.to_owned())
}
