//! The routes. Each endpoint is one file with its documentation, its parameters and its handler.
//!
//! A handler only translates between HTTP and [`crate::service`]. It makes no decisions. The function `all` below
//! declares the right that each route needs. The OpenAPI document has a description of every route in `all`.

mod access_get;
mod assets;
mod check;
mod declared;
mod diff;
mod document_get;
mod document_put;
mod feed;
mod healthz;
mod metrics;
mod openapi;
mod openapi_details;
mod parameters;
mod readyz;
mod registration;
mod responses;
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

use axum::Router;
use axum::routing::get;
use utoipa_axum::router::UtoipaMethodRouterExt as _;
use utoipa_axum::routes;

use crate::http::{Access, App, PathAccess};
use crate::pages::style_path;
use declared::DeclaredRoutes;
use responses::redirect;

/// Returns the routes of the registry with all layers around them.
pub(crate) fn router(app: &App) -> Router {
    all().into_router(app)
}

/// Returns the OpenAPI document as JSON.
pub(crate) fn openapi_text() -> String {
    openapi::text(all().into_openapi())
}

/// Returns all routes, each with the rights of its methods.
///
/// In `read_or_…`, the second right is for every method except GET and HEAD. This right also applies to unsupported
/// methods, because the registry checks the right before it rejects the method.
fn all() -> DeclaredRoutes {
    let public = PathAccess::all(Access::Public);
    let read = PathAccess::all(Access::Read);
    let read_or_register = PathAccess::read_or(Access::Register);
    let read_or_waive = PathAccess::read_or(Access::Waive);
    let admin = PathAccess::all(Access::Admin);
    // The router has one route for `{version}` and `{version}.json`, and the handlers check the end of the path. The
    // OpenAPI document describes two paths, because clients see two paths.
    let version =
        routes!(version_get::version, version_patch::patch).map(|methods| methods.put(document_put::put));
    DeclaredRoutes::new(openapi::base())
        .add(read, routes!(subjects::list))
        .add(read_or_register, routes!(subject_get::get, subject_put::put, subject_post::post))
        .add(read_or_register, version)
        .describe(routes!(document_get::document, document_put::put))
        .add(read, routes!(check::post))
        .add(read_or_register, routes!(diff::get))
        .add(read, routes!(validate::post))
        .add(read_or_waive, routes!(waivers_get::list))
        .add(read_or_waive, routes!(waiver_put::put, waiver_delete::delete))
        .add(read, routes!(feed::events))
        .add(read, routes!(access_get::get))
        .add(admin, routes!(tokens_get::list, tokens_post::post))
        .add(admin, routes!(token_delete::delete))
        .add(public, routes!(healthz::get))
        .add(public, routes!(readyz::get))
        .add(read, routes!(metrics::get))
        .add(public, routes!(openapi::get))
        .add_for_browsers(public, "/", get(async || redirect("/schemas")))
        .add_for_browsers(public, &style_path(), get(assets::style))
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;

    #[test]
    fn every_route_is_documented_with_its_answers_and_declares_its_rights() {
        let routes_with_rights = all();
        let rights = |method: &str, path: &str| {
            // The router has one route for both paths.
            let path = path.strip_suffix(".json").filter(|path| path.ends_with('}')).unwrap_or(path);
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            routes_with_rights.access().find(path).unwrap().of(&method)
        };
        let document: serde_json::Value = serde_json::from_str(&openapi_text()).unwrap();
        let mut routes = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                assert!(operation["summary"].is_string(), "{method} {path} has no summary");
                assert!(operation["responses"].as_object().is_some_and(|r| !r.is_empty()), "{method} {path}");
                let access = format!("{:?}", rights(method, path)).to_lowercase();
                routes.push(format!("{} {path}: {access}", method.to_uppercase()));
            }
        }
        routes.sort();
        assert_eq!(
            routes,
            [
                "DELETE /schemas/{subject}/waivers/{fingerprint}: waive",
                "DELETE /tokens/{id}: admin",
                "GET /access: read",
                "GET /feed: read",
                "GET /healthz: public",
                "GET /metrics: read",
                "GET /openapi.json: public",
                "GET /readyz: public",
                "GET /schemas/{subject}/diff/{versions}: read",
                "GET /schemas/{subject}/waivers: read",
                "GET /schemas/{subject}/{version}.json: read",
                "GET /schemas/{subject}/{version}: read",
                "GET /schemas/{subject}: read",
                "GET /schemas: read",
                "GET /tokens: admin",
                "PATCH /schemas/{subject}/{version}: register",
                "POST /schemas/{subject}/check: read",
                "POST /schemas/{subject}/{version}/validate: read",
                "POST /schemas/{subject}: register",
                "POST /tokens: admin",
                "PUT /schemas/{subject}/waivers/{fingerprint}: waive",
                "PUT /schemas/{subject}/{version}.json: register",
                "PUT /schemas/{subject}: register",
            ]
        );
    }
}
