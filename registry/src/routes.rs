//! The endpoints, one in a file: its documentation, its parameters, its handler.
//!
//! Handlers translate between HTTP and [`crate::service`]; they decide nothing. The OpenAPI
//! document is generated from them: a route is documented by being registered here.

mod access_get;
mod assets;
mod check;
mod described;
mod diff;
mod document_get;
mod document_put;
mod feed;
mod healthz;
mod metrics;
mod openapi;
mod readyz;
mod subject_get;
mod subject_post;
mod subject_put;
mod subjects;
mod token_delete;
mod tokens_get;
mod tokens_post;
mod validate;
mod version_get;
mod version_patch;
mod waiver_delete;
mod waiver_put;
mod waivers_get;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use evschema_model::{Coordinates, Subject};
use serde::{Deserialize, Serialize};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::{Failure, VersionPath};
use crate::service::Selection;

/// Returns every route and the OpenAPI document that describes them.
pub(crate) fn all() -> OpenApiRouter<App> {
    let mut router = OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(subjects::list))
        .routes(routes!(subject_get::get, subject_put::put, subject_post::post))
        .routes(routes!(version_get::version, version_patch::patch))
        .routes(routes!(check::post))
        .routes(routes!(diff::get))
        .routes(routes!(validate::post))
        .routes(routes!(waivers_get::list))
        .routes(routes!(waiver_put::put, waiver_delete::delete))
        .routes(routes!(feed::events))
        .routes(routes!(access_get::get))
        .routes(routes!(tokens_get::list, tokens_post::post))
        .routes(routes!(token_delete::delete))
        .routes(routes!(healthz::get))
        .routes(routes!(readyz::get))
        .routes(routes!(metrics::get))
        .routes(routes!(openapi::get));
    // The router knows no `{version}.json`: such a path reaches the route of `{version}`, whose
    // handlers look at the ending. Here the pair is documented as what it is to a client.
    let (schemas, paths, _): (_, _, axum::routing::MethodRouter<App>) =
        routes!(document_get::document, document_put::put);
    router = router.route("/schemas/{subject}/{version}", axum::routing::put(document_put::put));
    let openapi = router.get_openapi_mut();
    openapi.paths.paths.extend(paths.paths);
    openapi.components.get_or_insert_default().schemas.extend(schemas);
    // For browsers only, and so no part of the description.
    router.route("/", get(root)).route(&crate::pages::style_path(), get(assets::style))
}

/// Returns the OpenAPI document as JSON.
pub(crate) fn openapi_text() -> String {
    let document: OpenApi = all().into_openapi();
    let mut document = serde_json::to_value(document).unwrap_or_default();
    described::complete(&mut document);
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

/// Parameters of a request that changes something: author and message.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Note {
    /// The author of the change. If absent, the registry records the name of the token; without a token, `anonymous`.
    #[param(max_length = 128, min_length = 1)]
    pub(crate) author: Option<String>,
    /// A message about the version, for example what changed.
    #[param(max_length = 1000)]
    pub(crate) message: Option<String>,
}

/// `major`: if the change breaks the newest line of versions, the registry begins a new line with the next major
/// version (for 0.x, the next minor version).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Allow {
    /// Begin a new line of versions if the change breaks the newest line.
    Major,
}

/// Parameters of a request that changes something and has its words in the body.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Author {
    /// The author of the change. If absent, the registry records the name of the token; without a token, `anonymous`.
    #[param(max_length = 128, min_length = 1)]
    pub(crate) author: Option<String>,
}

/// The front door is the list of subjects.
async fn root() -> Response {
    redirect("/schemas")
}

pub(crate) fn json(value: &impl Serialize) -> Response {
    let body = match serde_json::to_vec(value) {
        Ok(body) => body,
        Err(error) => {
            let bug = crate::service::Refusal::Bug(format!("cannot write an answer as JSON: {error}"));
            return Failure::from(bug).into_response();
        }
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (VARY, HeaderValue::from_static("accept")),
    ];
    (headers, body).into_response()
}

/// Returns a page for a browser.
pub(crate) fn page(html: String) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (VARY, HeaderValue::from_static("accept")),
    ];
    (headers, html).into_response()
}

/// Answers 307: the same request belongs there.
pub(crate) fn redirect(to: &str) -> Response {
    // Paths are made of subjects and versions, which are ASCII.
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    let headers = [(LOCATION, location), (VARY, HeaderValue::from_static("accept"))];
    (StatusCode::TEMPORARY_REDIRECT, headers).into_response()
}

/// Returns the version a path names for a request that takes exact versions only.
pub(crate) fn exact(path: VersionPath) -> Result<Coordinates, Failure> {
    match path.selection {
        Selection::Exact(version) => Ok(Coordinates { subject: path.subject, version }),
        Selection::Latest | Selection::Range(_) => Err(Failure::new(
            evschema_api::ProblemCode::InvalidVersion,
            format!("`{}` does not name one exact version", path.selection),
            "use an exact version like `1.2.0`; a request that changes something cannot use `latest` or a range",
        )),
    }
}

/// Returns the version a path selects.
pub(crate) async fn selected(
    app: &App,
    subject: Subject,
    selection: Selection,
) -> Result<Coordinates, Failure> {
    let version = match selection {
        Selection::Exact(version) => version,
        other @ (Selection::Latest | Selection::Range(_)) => app.registry().select(&subject, &other).await?,
    };
    Ok(Coordinates { subject, version })
}

/// Returns the number of things on a page, or the problem with what was asked for.
pub(crate) fn page_limit(asked: Option<u32>) -> Result<u32, Failure> {
    use crate::limits::{PAGE_DEFAULT, PAGE_MAX};
    match asked {
        None => Ok(PAGE_DEFAULT),
        Some(limit) if (1..=PAGE_MAX).contains(&limit) => Ok(limit),
        Some(limit) => Err(Failure::new(
            evschema_api::ProblemCode::InvalidQuery,
            format!("`limit` is {limit}, but must be from 1 to {PAGE_MAX}"),
            "correct `limit`; to get the next page, send the `next` of the answer as `after`",
        )),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_route_is_documented_with_its_answers() {
        let document: serde_json::Value = serde_json::from_str(&super::openapi_text()).unwrap();
        let mut routes = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                assert!(operation["summary"].is_string(), "{method} {path} says what it does");
                assert!(operation["responses"].as_object().is_some_and(|r| !r.is_empty()), "{method} {path}");
                routes.push(format!("{} {path}", method.to_uppercase()));
            }
        }
        routes.sort();
        assert_eq!(
            routes,
            [
                "DELETE /schemas/{subject}/waivers/{fingerprint}",
                "DELETE /tokens/{id}",
                "GET /access",
                "GET /feed",
                "GET /healthz",
                "GET /metrics",
                "GET /openapi.json",
                "GET /readyz",
                "GET /schemas",
                "GET /schemas/{subject}",
                "GET /schemas/{subject}/diff/{versions}",
                "GET /schemas/{subject}/waivers",
                "GET /schemas/{subject}/{version}",
                "GET /schemas/{subject}/{version}.json",
                "GET /tokens",
                "PATCH /schemas/{subject}/{version}",
                "POST /schemas/{subject}",
                "POST /schemas/{subject}/check",
                "POST /schemas/{subject}/{version}/validate",
                "POST /tokens",
                "PUT /schemas/{subject}",
                "PUT /schemas/{subject}/waivers/{fingerprint}",
                "PUT /schemas/{subject}/{version}.json",
            ]
        );
    }
}
