use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use evschema_api::SCHEMA_MEDIA_TYPE;

use super::responses::redirect;
use crate::feed;
use crate::http::{Accept, App, CachedResponse, Failure, VersionPath};
use crate::service::Selection;

/// The schema of a version never changes, so a client needs to read it only once.
const CACHE_FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// On a private registry, a cache that several clients share must not store the schema.
const CACHE_PRIVATELY_FOREVER: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// Returns the schema of a version, byte for byte as it was registered.
///
/// This URL is the `dataschema` of the version's events. If the path has `latest` or a range, the registry redirects to
/// the exact version.
#[utoipa::path(
    get,
    path = "/schemas/{subject}/{version}.json",
    tag = "versions",
    params(
        ("subject" = String, Path, description = "The subject", example = "commerce.order.placed"),
        ("version" = String, Path, description = "The version, `latest`, or a range", example = "1.2.0"),
        ("if-none-match" = Option<String>, Header, description = "The ETag of the schema that the client already has; if the schema has this ETag, the answer is 304"),
    ),
    responses(
        (status = 200, description = "The schema; the ETag is the digest of the schema", body = Object, content_type = "application/schema+json"),
        (status = 304, description = "The client already has this schema"),
        (status = 307, description = "Redirect to the exact version"),
        (status = 404, description = "The subject or version does not exist", body = evschema_api::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn document(
    State(app): State<App>,
    path: VersionPath,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let media_type = accept.require(&[SCHEMA_MEDIA_TYPE, "application/json", "text/plain"])?;
    let at = match path.selection {
        Selection::Exact(version) => evschema_model::Coordinates { subject: path.subject, version },
        other @ (Selection::Latest | Selection::Range(_)) => {
            let version = app.registry().select(&path.subject, &other).await?;
            return Ok(redirect(&format!("/schemas/{}/{version}.json", path.subject)));
        }
    };
    let path = format!("/schemas/{}/{}.json", at.subject, at.version);
    let cached = match app.response_cache().get(&path) {
        Some(cached) => cached,
        None => {
            let content = app.registry().content(&at).await?;
            let cache_control = if app.is_private() { CACHE_PRIVATELY_FOREVER } else { CACHE_FOREVER };
            let cached = Arc::new(CachedResponse::new(&content, cache_control));
            // The schema of a feed event may be registered later, with the same digest but with different bytes.
            if feed::content_of(&at).is_none() {
                app.response_cache().put(&path, Arc::clone(&cached));
            }
            cached
        }
    };
    Ok(cached.answer(&headers, media_type).await)
}
