use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request as HttpRequest};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::app::App;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest id taken over from a client.
const REQUEST_ID_BYTES_MAX: usize = 64;

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
    let observed = Observed::new(&app, &request, Instant::now());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
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
    let started = Instant::now();
    let response = app.shelf().answer(request)?;
    let observed = Observed::new(app, request, started);
    app.metrics().document(response.status(), observed.started.elapsed());
    Some(observed.end(response))
}

impl Observed {
    fn new<B>(app: &App, request: &HttpRequest<B>, started: Instant) -> Self {
        let id = given(request.headers()).unwrap_or_else(|| app.next_request_id());
        let trace = trace_id(request.headers()).map(tracing::field::display);
        let (method, path) = (request.method(), request.uri().path());
        let span = tracing::info_span!("request", id, trace, %method, path);
        Self { started, id, span }
    }

    fn end(self, mut response: Response) -> Response {
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

/// Returns the trace that a request belongs to (W3C Trace Context, section 3.2), so that the log can be
/// found from there.
fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let mut parts = headers.get("traceparent")?.to_str().ok()?.split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    let is_hexadecimal = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_known = version.len() == 2 && is_hexadecimal(version) && version != "ff";
    let is_one = trace.len() == 32 && is_hexadecimal(trace) && trace.bytes().any(|byte| byte != b'0');
    (is_known && is_one).then_some(trace)
}

/// Returns the id a client or a proxy gave the request, if it is fit to be logged.
fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let fit = !id.is_empty()
        && id.len() <= REQUEST_ID_BYTES_MAX
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    fit.then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        for (sent, found) in [
            (format!("00-{trace}-00f067aa0ba902b7-01"), Some(trace)),
            (format!("cc-{trace}-00f067aa0ba902b7-01-what-comes"), Some(trace)),
            (format!("ff-{trace}-00f067aa0ba902b7-01"), None),
            (format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)), None),
            (format!("00-{}-00f067aa0ba902b7-01", trace.to_uppercase()), None),
            ("00-1-2-3".to_owned(), None),
            (String::new(), None),
        ] {
            let headers = HeaderMap::from_iter([(
                HeaderName::from_static("traceparent"),
                HeaderValue::from_str(&sent).unwrap(),
            )]);
            assert_eq!(trace_id(&headers), found, "{sent}");
        }
    }
}
