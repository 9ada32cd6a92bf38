use axum::extract::FromRequestParts;
use axum::extract::{Request, State};
use axum::response::Response;
use evschema_api::VersionView;
use evschema_model::Coordinates;

use super::document_get;
use super::responses::{json, page, redirect};
use crate::http::{Accept, App, Failure, NoParams, VersionPath, Wants};
use crate::service::Selection;

/// Returns a version without its schema: its registration, state, references, dependents and properties.
///
/// If the path has `latest` or a range, the registry redirects to the exact version.
#[utoipa::path(
    get,
    path = "/schemas/{subject}/{version}",
    tag = "versions",
    params(
        ("subject" = String, Path, description = "The subject", example = "commerce.order.placed"),
        ("version" = String, Path, description = "The version, `latest`, or a range", example = "1.2.0"),
    ),
    responses(
        (status = 200, description = "The version", body = VersionView),
        (status = 307, description = "Redirect to the exact version"),
        (status = 404, description = "The subject or version does not exist", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn version(State(app): State<App>, request: Request) -> Result<Response, Failure> {
    let (mut parts, _) = request.into_parts();
    let path = VersionPath::from_request_parts(&mut parts, &app).await?;
    NoParams::from_request_parts(&mut parts, &app).await?;
    if path.is_document {
        return document_get::document(State(app), path, Accept::of(&parts), parts.headers).await;
    }
    let wants = Wants::from_request_parts(&mut parts, &app).await?;
    let version = match path.selection {
        Selection::Exact(version) => version,
        other @ (Selection::Latest | Selection::Range(_)) => {
            let version = app.registry().select(&path.subject, &other).await?;
            return Ok(redirect(&format!("/schemas/{}/{version}", path.subject)));
        }
    };
    let at = Coordinates { subject: path.subject, version };
    let view = app.registry().version(&at).await?;
    if wants == Wants::Json {
        return Ok(json(&view));
    }
    let content = app.registry().content(&at).await?;
    let versions = app.registry().subject(&at.subject).await?.versions;
    let before =
        versions.into_iter().map(|summary| summary.version).filter(|version| *version < at.version).max();
    Ok(page(app.pages().version(view, before, &content.bytes)))
}
