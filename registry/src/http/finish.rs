use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use evschema_api::{PROBLEM_MEDIA_TYPE, Problem, ProblemCode};

use super::Accept;
use super::encode::{encode, takes_gzip, vary};
use super::observe::RequestId;
use crate::app::App;
use crate::metrics::Asked;

/// Seconds after which a client may try again what failed for a passing reason.
pub(super) const RETRY_AFTER_SECONDS: u16 = 2;

/// Writes a problem out, as a page for a browser and as JSON for anybody else, and adds the
/// headers that every answer has.
pub(crate) async fn finish(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let is_head = parts.method == Method::HEAD;
    let offers = ["application/problem+json", "application/json", "text/html"];
    let page = Accept::of(&parts).best(&offers) == Some("text/html");
    let takes_gzip = parts.method == Method::GET && takes_gzip(&parts.headers);
    let id = parts.extensions.get::<RequestId>().map(|RequestId(id)| id.clone());
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(mut problem) = response.extensions_mut().remove::<Box<Problem>>() {
        let asked = response.extensions_mut().remove().unwrap_or(Asked::NOTHING);
        app.metrics().problem(problem.code, asked);
        if problem.code == ProblemCode::StoreFull {
            app.set_full(true);
        }
        problem.instance = Some(path);
        problem.request_id = id;
        let Asked { scope, client } = asked;
        tracing::info!(code = problem.code.as_str(), scope, client, detail = problem.detail, "refused");
        write_problem(&app, &mut response, &problem, page);
        if is_head {
            *response.body_mut() = Body::empty();
        }
    }
    add_headers(response.headers_mut());
    vary(response.headers_mut());
    if takes_gzip { encode(response).await } else { response }
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

/// Returns how to ask for a token (RFC 6750, section 3).
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

/// Nothing is ever run by a browser that shows what a registry holds: no script, no frame, no
/// form to another place, and style from one file of ours.
pub(super) fn add_headers(headers: &mut HeaderMap) {
    let fixed = [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}
