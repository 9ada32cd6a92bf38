use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::http::Method;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use evschema_api::ProblemCode;
use evschema_model::Subject;

use super::access::{Access, AccessTable};
use super::app::App;
use super::failure::Failure;
use super::hosts::check_framing;
use super::identify::{identify, reject_other_sites};
use crate::metrics::AccessLabels;
use crate::service::{Actor, Client, Right, SEND_AGAIN};

/// Rejects a request in three cases: the request would be invalid on every route, the client may not send the request,
/// or the answer takes too long.
pub(crate) async fn authorize(
    State((app, table)): State<(App, Arc<AccessTable>)>,
    request: Request,
    next: Next,
) -> Response {
    let mut labels = AccessLabels::UNKNOWN;
    let answer = async {
        match check_request(&app, &table, request, &mut labels).await {
            Ok(request) => client(&request).serve(next.run(request)).await,
            Err(failure) => failure.into_response(),
        }
    };
    let mut response = match tokio::time::timeout(app.timeouts().request, answer).await {
        Ok(response) => response,
        Err(_) => Failure::new(
            ProblemCode::RequestTimeout,
            format!(
                "the registry did not finish the request within {} seconds",
                app.timeouts().request.as_secs()
            ),
            SEND_AGAIN,
        )
        .into_response(),
    };
    response.extensions_mut().insert(labels);
    response
}

/// Returns the client that sent the request.
fn client(request: &Request) -> Client {
    request.extensions().get::<Actor>().map(Actor::client).unwrap_or_default()
}

/// Checks the request and the right of its client, and adds the [`Actor`] to the request.
async fn check_request(
    app: &App,
    table: &AccessTable,
    request: Request,
    labels: &mut AccessLabels,
) -> Result<Request, Failure> {
    let (mut parts, body) = request.into_parts();
    check_framing(parts.version, &parts.headers)?;
    app.known_hosts().check(parts.version, &parts.uri, &parts.headers)?;
    reject_other_sites(&parts)?;
    let Some(right) = required_right(table, &mut parts).await else {
        return Ok(Request::from_parts(parts, body));
    };
    labels.scope = right.scope();
    let actor = identify(app, &parts).await?;
    labels.client = actor.identity.kind();
    let changes_something = !matches!(right, Right::Read) && parts.method != Method::GET;
    actor.require(right)?;
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

/// Returns the right that the route declares for this method, or `None` if the request needs no right.
async fn required_right(table: &AccessTable, parts: &mut Parts) -> Option<Right> {
    // The matched path contains the names of the parameters, not their values. So a subject called `check` cannot
    // change the route.
    let path = parts.extensions.get::<MatchedPath>()?;
    // Every route is in the table. If a route were missing, the most restrictive right would apply.
    let access = table.find(path.as_str()).map_or(Access::Admin, |access| access.of(&parts.method));
    Some(match access {
        Access::Public => return None,
        Access::Read => Right::Read,
        Access::Register => right_for_subject(parts, Right::Register).await,
        Access::Waive => right_for_subject(parts, Right::Waive).await,
        Access::Admin => Right::Admin,
    })
}

/// Returns the right for the subject in the path.
async fn right_for_subject(parts: &mut Parts, right: impl FnOnce(Subject) -> Right) -> Right {
    // If the path is not UTF-8, or if the subject is invalid, the handler rejects the path.
    let Ok(params) = RawPathParams::from_request_parts(parts, &()).await else { return Right::Read };
    let name = params.iter().find(|(name, _)| *name == "subject").map(|(_, name)| name);
    match name.map(Subject::parse) {
        Some(Ok(subject)) => right(subject),
        Some(Err(_)) => Right::Read,
        // A route without a subject must not declare such a right.
        None => Right::Admin,
    }
}
