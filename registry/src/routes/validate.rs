use axum::extract::State;
use axum::response::Response;
use evschema_api::Validation;

use super::{json, selected};
use crate::app::App;
use crate::http::{Events, Failure, NoParams, VersionPath};

/// Decides an event, or events line by line (`application/x-ndjson`), by a version.
#[utoipa::path(
    post,
    path = "/schemas/{subject}/{version}/validate",
    tag = "versions",
    params(
        ("subject" = String, Path, description = "The subject", example = "commerce.order.placed"),
        ("version" = String, Path, description = "The version, `latest`, or a range", example = "1.2.0"),
    ),
    request_body(content(
        (Object = "application/json"),
        (String = "application/x-ndjson"),
    )),
    responses(
        (status = 200, description = "Which events are refused, and why", body = Validation),
        (status = 404, description = "No such version", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn post(
    State(app): State<App>,
    path: VersionPath,
    _: NoParams,
    events: Events,
) -> Result<Response, Failure> {
    let at = selected(&app, path.subject, path.selection).await?;
    Ok(json(&app.registry().validate(&at, events.framing, events.bytes).await?))
}
