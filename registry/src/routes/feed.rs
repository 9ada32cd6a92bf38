use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use evschema_api::{FeedPage, ProblemCode};
use serde::Deserialize;

use super::{json, page_limit};
use crate::app::App;
use crate::http::{Accept, Failure, Params, last_event_id, stream};
use crate::service::Actor;

/// Parameters of the feed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// The position after which the page or the stream begins, 0 when absent.
    #[param(value_type = Option<i64>, minimum = 0)]
    after: Option<u64>,
    /// How many events at most on a page, 100 when absent; a stream has no end.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Lists every change ever made, in order, as CloudEvents.
///
/// With `Accept: text/event-stream` the answer goes on with each change as it is made, as server-sent
/// events, and a client that has lost the connection goes on where it was by `Last-Event-ID`.
#[utoipa::path(
    get,
    path = "/feed",
    tag = "feed",
    params(
        Page,
        ("last-event-id" = Option<u64>, Header, description = "The last position a stream has seen; counts before `after`"),
    ),
    responses(
        (status = 200, description = "A page of events; ask on with `next`", content((FeedPage = "application/json"), (String = "text/event-stream"))),
        (status = 400, description = "A bad parameter", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn events(
    State(app): State<App>,
    actor: Actor,
    accept: Accept,
    headers: HeaderMap,
    Params(page): Params<Page>,
) -> Result<Response, Failure> {
    let limit = page_limit(page.limit)?;
    if page.after.is_some_and(|after| i64::try_from(after).is_err()) {
        let help = "ask with the `next` of a page";
        return Err(Failure::new(ProblemCode::InvalidQuery, "no feed is as long as `after` says", help));
    }
    let last_seen = last_event_id(&headers)?;
    let wants = accept.demand(&["application/json", "text/html", "text/event-stream"])?;
    if wants == "text/event-stream" {
        return stream(&app, actor, last_seen.or(page.after).unwrap_or(0));
    }
    let after = page.after.unwrap_or(0);
    let found = app.registry().feed(after, limit, &actor).await?;
    Ok(match wants {
        "text/html" => super::page(app.pages().feed(found, after, limit)),
        _ => json(&found),
    })
}
