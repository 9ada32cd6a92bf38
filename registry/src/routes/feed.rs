use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use evschema_api::{FeedPage, ProblemCode};
use serde::Deserialize;

use super::parameters::page_limit;
use super::responses::{json, page as html_page};
use crate::http::{Accept, App, Failure, Params, last_event_id, stream_feed};
use crate::service::Actor;

/// The parameters of the feed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// The position after which the page or the stream begins; 0 if absent.
    #[param(value_type = Option<i64>, minimum = 0)]
    after: Option<u64>,
    /// The maximum number of events on a page; 100 if absent. A stream ignores this parameter.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Lists all changes in the registry as CloudEvents, oldest first.
///
/// With `Accept: text/event-stream`, the answer is a stream of server-sent events. The registry first sends all changes
/// after the position, and later each new change at once. After a lost connection, a client continues with
/// `Last-Event-ID`.
#[utoipa::path(
    get,
    path = "/feed",
    tag = "feed",
    params(
        Page,
        ("last-event-id" = Option<u64>, Header, description = "The position of the last event that the client received; if this header is present, a stream ignores `after`"),
    ),
    responses(
        (status = 200, description = "A page of events; to get the next page, send the `next` of this page as `after`", content((FeedPage = "application/json"), (String = "text/event-stream"))),
        (status = 400, description = "An invalid parameter", body = evschema_api::Problem, content_type = "application/problem+json"),
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
        let help = "send the `next` of the previous page as `after`";
        return Err(Failure::new(
            ProblemCode::InvalidQuery,
            "`after` is larger than the largest possible position",
            help,
        ));
    }
    let last_seen = last_event_id(&headers)?;
    let wants = accept.require(&["application/json", "text/html", "text/event-stream"])?;
    if wants == "text/event-stream" {
        return stream_feed(&app, actor, last_seen.or(page.after).unwrap_or(0));
    }
    let after = page.after.unwrap_or(0);
    let found = app.registry().feed(after, limit, &actor).await?;
    Ok(match wants {
        "text/html" => html_page(app.pages().feed(found, after, limit)),
        _ => json(&found),
    })
}
