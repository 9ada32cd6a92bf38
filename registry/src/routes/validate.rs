use axum::extract::State;
use axum::response::Response;
use evschema_api::{ProblemCode, Validation};

use super::{json, selected};
use crate::app::App;
use crate::http::{Events, Failure, NoParams, VersionPath, answer_lines};
use crate::service::Framing;

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
        (status = 422, description = "The event would take too many steps to decide", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn post(
    State(app): State<App>,
    path: VersionPath,
    _: NoParams,
    events: Events,
) -> Result<Response, Failure> {
    let at = selected(&app, path.subject, path.selection).await?;
    // Among lines, one that is no JSON is an event like the others; alone, it is no request.
    if events.framing == Framing::Lines {
        return Ok(answer_lines(app.registry().validate_lines(&at, events.bytes).await?));
    }
    let validation = app.registry().validate(&at, events.bytes).await?;
    if let Some(refused) = validation.refused.first() {
        if let Some(why) = &refused.unreadable {
            let help = "send one JSON text, or `application/x-ndjson` to have every line decided";
            return Err(Failure::new(ProblemCode::InvalidBody, format!("this is no event: {why}"), help));
        }
        if let Some(why) = &refused.undecided {
            let help =
                "send a smaller event, or give the schema fewer alternatives that are tried one by one";
            return Err(Failure::new(ProblemCode::EventUndecided, why.as_str(), help));
        }
    }
    Ok(json(&validation))
}
