use axum::extract::State;
use axum::response::Response;

use super::responses::{json, page};
use crate::http::{App, ComparedPath, Failure, NoParams, Wants};

/// Compares two versions in both directions.
///
/// The answer has the findings and all differences. If possible, a finding has a witness: an event that breaks.
#[utoipa::path(
    get,
    path = "/schemas/{subject}/diff/{versions}",
    tag = "versions",
    params(
        ("subject" = String, Path, description = "The subject", example = "commerce.order.placed"),
        ("versions" = String, Path, description = "`{from}...{to}`; `from` and `to` are each a version, `latest` or a range", example = "1.0.0...1.1.0"),
    ),
    responses(
        (status = 200, description = "The comparison", body = Object),
        (status = 404, description = "The subject or version does not exist", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get(
    State(app): State<App>,
    wants: Wants,
    path: ComparedPath,
    _: NoParams,
) -> Result<Response, Failure> {
    let diff = app.registry().diff(&path.subject, &path.from, &path.to).await?;
    Ok(match wants {
        Wants::Json => json(&diff),
        Wants::Page => page(app.pages().diff(diff)),
    })
}
