use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::http::Method;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use evschema_api::ProblemCode;
use evschema_model::Subject;

use super::identify::{identify, refuse_other_sites};
use super::{Failure, check_framing};
use crate::app::App;
use crate::metrics::Asked;
use crate::service::{Actor, Client, Right, SEND_AGAIN};

/// Refuses what no route may do, what this client may not do, and what takes too long.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut asked = Asked::NOTHING;
    let answer = async {
        match admit(&app, request, &mut asked).await {
            Ok(request) => client(&request).serve(next.run(request)).await,
            Err(failure) => failure.into_response(),
        }
    };
    let mut response = match tokio::time::timeout(app.patience().request, answer).await {
        Ok(response) => response,
        Err(_) => Failure::new(
            ProblemCode::RequestTimeout,
            format!(
                "the registry did not finish the request within {} seconds",
                app.patience().request.as_secs()
            ),
            SEND_AGAIN,
        )
        .into_response(),
    };
    response.extensions_mut().insert(asked);
    response
}

/// Returns for whom a request's work is done.
fn client(request: &Request) -> Client {
    request.extensions().get::<Actor>().map(Actor::client).unwrap_or_default()
}

/// Finds out who sends a request and whether they may; routes then know them too.
async fn admit(app: &App, request: Request, asked: &mut Asked) -> Result<Request, Failure> {
    let (mut parts, body) = request.into_parts();
    check_framing(parts.version, &parts.headers)?;
    app.known_hosts().check(parts.version, &parts.uri, &parts.headers)?;
    refuse_other_sites(&parts)?;
    let Some(right) = right(&mut parts).await else { return Ok(Request::from_parts(parts, body)) };
    asked.scope = right.scope();
    let actor = identify(app, &parts).await?;
    asked.client = actor.identity.kind();
    let changes_something = !matches!(right, Right::Read) && parts.method != Method::GET;
    actor.demand(right)?;
    if app.is_read_only() && changes_something {
        return Err(Failure::new(
            ProblemCode::ReadOnly,
            "this registry is read-only",
            "send the change to a registry that accepts writes",
        ));
    }
    parts.extensions.insert(actor);
    Ok(Request::from_parts(parts, body))
}

/// Returns what a request needs to be allowed: nothing for what tells nobody anything.
///
/// This is the one table of it; a test goes through every documented route.
async fn right(parts: &mut Parts) -> Option<Right> {
    // By route, not by path: a subject may be called `check`.
    let route = parts.extensions.get::<MatchedPath>()?.as_str().to_owned();
    let is_read = parts.method == Method::GET || parts.method == Method::HEAD;
    if ["/healthz", "/readyz", "/openapi.json", "/"].contains(&route.as_str())
        || route.starts_with("/assets/")
    {
        return None;
    }
    if route.starts_with("/tokens") {
        return Some(Right::Admin);
    }
    if is_read || route.ends_with("}/check") || route.ends_with("}/validate") {
        return Some(Right::Read);
    }
    // The handler refuses a path that names no subject.
    let Some(subject) = subject(parts).await else { return Some(Right::Read) };
    let waives = route.contains("/waivers");
    Some(if waives { Right::Waive(subject) } else { Right::Register(subject) })
}

async fn subject(parts: &mut Parts) -> Option<Subject> {
    let params = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    let (_, name) = params.iter().find(|(name, _)| *name == "subject")?;
    Subject::parse(name).ok()
}
