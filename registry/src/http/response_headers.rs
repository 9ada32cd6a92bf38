use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use evschema_api::{PROBLEM_MEDIA_TYPE, Problem, ProblemCode};

use super::accept::Accept;
use super::app::App;
use super::encode::{accepts_gzip, add_vary, encode};
use super::request_log::RequestId;
use super::security_headers::add_security_headers;
use crate::metrics::AccessLabels;

/// If a request failed for a temporary reason, the client may send it again after this number of seconds.
pub(super) const RETRY_AFTER_SECONDS: u16 = 2;

/// Writes the body of an error, as a page for browsers and as JSON for other clients. Adds the headers of every answer.
pub(crate) async fn add_response_headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let is_head = parts.method == Method::HEAD;
    let offers = ["application/problem+json", "application/json", "text/html"];
    let page = Accept::of(&parts).best(&offers) == Some("text/html");
    let accepts_gzip = parts.method == Method::GET && accepts_gzip(&parts.headers);
    let id = parts.extensions.get::<RequestId>().map(|RequestId(id)| id.clone());
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(mut problem) = response.extensions_mut().remove::<Box<Problem>>() {
        let access = response.extensions_mut().remove().unwrap_or(AccessLabels::UNKNOWN);
        app.metrics().problem(problem.code, access);
        if problem.code == ProblemCode::StoreFull {
            app.set_full(true);
        }
        problem.instance = Some(path);
        problem.request_id = id;
        let AccessLabels { scope, client } = access;
        tracing::info!(code = problem.code.as_str(), scope, client, detail = problem.detail, "refused");
        write_problem(&app, &mut response, &problem, page);
        if is_head {
            *response.body_mut() = Body::empty();
        }
    }
    add_security_headers(response.headers_mut());
    add_vary(response.headers_mut());
    if accepts_gzip { encode(response).await } else { response }
}

fn write_problem(app: &App, response: &mut Response, problem: &Problem, page: bool) {
    let (media_type, body) = match page {
        true => ("text/html; charset=utf-8", app.pages().problem(problem)),
        false => (PROBLEM_MEDIA_TYPE, serde_json::to_string(problem).unwrap_or_default()),
    };
    if problem.status == 503 || problem.status == 429 {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
    }
    if let Some(challenge) = challenge(problem.code) {
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    *response.body_mut() = Body::from(body);
}

/// Returns the value of `WWW-Authenticate` (RFC 6750, section 3).
fn challenge(code: ProblemCode) -> Option<HeaderValue> {
    let challenge = if code == ProblemCode::TokenRequired {
        r#"Bearer realm="evschema""#
    } else if code == ProblemCode::TokenInvalid {
        r#"Bearer realm="evschema", error="invalid_token""#
    } else if code == ProblemCode::Forbidden {
        r#"Bearer realm="evschema", error="insufficient_scope""#
    } else {
        return None;
    };
    Some(HeaderValue::from_static(challenge))
}
