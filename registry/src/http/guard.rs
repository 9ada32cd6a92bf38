use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use evschema_api::ProblemCode;

use super::Failure;
use crate::app::App;
use crate::limits;

/// Refuses what no route may do, and what takes too long.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    if let Err(failure) = may_write(&app, &request) {
        return failure.into_response();
    }
    match tokio::time::timeout(limits::REQUEST_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure::new(
            ProblemCode::RequestTimeout,
            format!("no answer within {} seconds", limits::REQUEST_TIMEOUT.as_secs()),
            "a registration may have happened all the same: send the same request again",
        )
        .into_response(),
    }
}

fn may_write(app: &App, request: &Request) -> Result<(), Failure> {
    if request.method() == Method::GET || request.method() == Method::HEAD {
        return Ok(());
    }
    // Browsers say where a request comes from. Without this a page of any site could write to a
    // registry on its reader's own machine, for such a request needs no permission of ours.
    let site = request.headers().get("sec-fetch-site").map(|value| value.as_bytes());
    if site.is_some_and(|site| site != b"same-origin" && site != b"none") {
        return Err(Failure::new(
            ProblemCode::CrossSite,
            "a page of another site sent this",
            "send it from a program, or from a page of this registry",
        ));
    }
    // By route, not by path: a subject may be called `check`.
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let changes_nothing =
        route.is_none_or(|route| route.ends_with("}/check") || route.ends_with("}/validate"));
    if app.is_read_only() && !changes_nothing {
        return Err(Failure::new(
            ProblemCode::ReadOnly,
            "this registry serves reads only",
            "send it to the registry that this one follows",
        ));
    }
    Ok(())
}
