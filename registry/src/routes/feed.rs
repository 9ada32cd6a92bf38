use axum::extract::State;
use axum::response::Response;
use evschema_api::FeedPage;
use serde::Deserialize;

use super::{json, page_limit};
use crate::app::App;
use crate::http::{Failure, Params, Wants};
use crate::service::Actor;

/// Parameters of the feed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// The position after which the page begins, 0 when absent.
    after: Option<u64>,
    /// How many events at most, 100 when absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// Lists every change ever made, in order, as CloudEvents.
#[utoipa::path(
    get,
    path = "/feed",
    tag = "feed",
    params(Page),
    responses(
        (status = 200, description = "A page of events; ask on with `next`", body = FeedPage),
        (status = 400, description = "A bad parameter", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn events(
    State(app): State<App>,
    actor: Actor,
    wants: Wants,
    Params(page): Params<Page>,
) -> Result<Response, Failure> {
    let limit = page_limit(page.limit)?;
    let after = page.after.unwrap_or(0);
    let found = app.registry().feed(after, limit, &actor).await?;
    Ok(match wants {
        Wants::Json => json(&found),
        Wants::Page => super::page(app.pages().feed(found, after, limit)),
    })
}
