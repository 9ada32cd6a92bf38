use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use evschema_api::SCHEMA_MEDIA_TYPE;

use super::redirect;
use crate::app::App;
use crate::feed;
use crate::http::{Accept, Failure, Ready, VersionPath};
use crate::service::Selection;

/// A version's content never changes, so nobody needs to ask for it twice.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Where reading needs a token, a cache that several people share must not hand it on.
const FOR_EVER_FOR_ONE: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

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
    let media_type = accept.demand(&[SCHEMA_MEDIA_TYPE, "application/json", "text/plain"])?;
    let at = match path.selection {
        Selection::Exact(version) => evschema_model::Coordinates { subject: path.subject, version },
        other @ (Selection::Latest | Selection::Range(_)) => {
            let version = app.registry().select(&path.subject, &other).await?;
            return Ok(redirect(&format!("/schemas/{}/{version}.json", path.subject)));
        }
    };
    let path = format!("/schemas/{}/{}.json", at.subject, at.version);
    let ready = match app.shelf().get(&path) {
        Some(ready) => ready,
        None => {
            let content = app.registry().content(&at).await?;
            let cache_control = if app.is_private() { FOR_EVER_FOR_ONE } else { FOR_EVER };
            let ready = Arc::new(Ready::new(&content, cache_control));
            // One of ours may be registered yet, with the same meaning in other bytes.
            if feed::content_of(&at).is_none() {
                app.shelf().put(&path, Arc::clone(&ready));
            }
            ready
        }
    };
    Ok(ready.answer(&headers, media_type).await)
}
