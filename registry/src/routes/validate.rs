use axum::extract::State;
use axum::response::Response;
use evschema_api::{ProblemCode, Validation};

use super::parameters::selected;
use super::responses::json;
use crate::http::{App, Events, Failure, NoParams, VersionPath, stream_validation};
use crate::service::Framing;

/// Validates one event, or one event on each line of the body, against a version.
///
/// The media type `application/x-ndjson` means one event on each line. `application/json` means one event.
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
        (status = 200, description = "The result: the events that are not valid, with the reasons", body = Validation),
        (status = 404, description = "The subject or version does not exist", body = evschema_api::Problem, content_type = "application/problem+json"),
        (status = 422, description = "The validation of the event would take too many steps", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn post(
    State(app): State<App>,
    path: VersionPath,
    _: NoParams,
    events: Events,
) -> Result<Response, Failure> {
    let at = selected(&app, path.subject, path.selection).await?;
    // With one event on each line, a line that is not JSON is only an invalid event. If the body is a single event and
    // not JSON, the request is invalid.
    if events.framing == Framing::Lines {
        return Ok(stream_validation(app.registry().validate_lines(&at, events.bytes).await?));
    }
    let validation = app.registry().validate(&at, events.bytes).await?;
    if let Some(refused) = validation.refused.first() {
        if let Some(why) = &refused.unreadable {
            let help = "send one event as JSON; to send one event on each line, use `Content-Type: application/x-ndjson`";
            return Err(Failure::new(
                ProblemCode::InvalidBody,
                format!("the registry cannot read the body as an event: {why}"),
                help,
            ));
        }
        if let Some(why) = &refused.undecided {
            let help =
                "send a smaller event, or simplify the schema: use fewer branches in `anyOf` and `oneOf`";
            return Err(Failure::new(ProblemCode::EventUndecided, why.as_str(), help));
        }
    }
    Ok(json(&validation))
}
