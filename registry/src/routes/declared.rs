use std::any::Any;
use std::sync::Arc;

use axum::extract::MatchedPath;
use axum::http::Uri;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use axum::{Extension, Router};
use evschema_api::ProblemCode;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::openapi::{self, OpenApiText};
use crate::http::{AccessTable, App, Failure, PathAccess, add_response_headers, authorize, log_request};

/// A set of routes. Each route declares the rights that its methods need, because no function adds a route without
/// rights.
pub(super) struct DeclaredRoutes {
    router: OpenApiRouter<App>,
    access: AccessTable,
}

impl DeclaredRoutes {
    pub(super) fn new(description: OpenApi) -> Self {
        Self { router: OpenApiRouter::with_openapi(description), access: AccessTable::default() }
    }

    /// Adds the methods of a path, and their description for the OpenAPI document.
    pub(super) fn add(mut self, access: PathAccess, routes: UtoipaMethodRouter<App>) -> Self {
        for path in routes.1.paths.keys() {
            self.access.insert(path, access);
        }
        Self { router: self.router.routes(routes), ..self }
    }

    /// Adds the methods of a path for browsers. The OpenAPI document does not describe them.
    pub(super) fn add_for_browsers(
        mut self,
        access: PathAccess,
        path: &str,
        methods: MethodRouter<App>,
    ) -> Self {
        self.access.insert(path, access);
        Self { router: self.router.route(path, methods), ..self }
    }

    /// Adds only a description to the OpenAPI document.
    pub(super) fn describe(mut self, (schemas, paths, _): UtoipaMethodRouter<App>) -> Self {
        let openapi = self.router.get_openapi_mut();
        openapi.paths.paths.extend(paths.paths);
        openapi.components.get_or_insert_default().schemas.extend(schemas);
        self
    }

    /// Returns the OpenAPI document.
    pub(super) fn into_openapi(self) -> OpenApi {
        self.router.into_openapi()
    }

    /// Returns the declared rights.
    #[cfg(test)]
    pub(super) fn access(&self) -> &AccessTable {
        &self.access
    }

    /// Returns the routes with all layers around them. The last layer is the outermost.
    pub(super) fn into_router(self, app: &App) -> Router {
        let (routes, description) = self.router.split_for_parts();
        routes
            .fallback(async || {
                Failure::new(
                    ProblemCode::RouteNotFound,
                    "this path does not exist",
                    "see /openapi.json for the paths of the registry",
                )
            })
            .method_not_allowed_fallback(method_not_allowed)
            .layer(Extension(OpenApiText::new(openapi::text(description))))
            .layer(from_fn_with_state((app.clone(), Arc::new(self.access)), authorize))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn_with_state(app.clone(), add_response_headers))
            .layer(from_fn_with_state(app.clone(), log_request))
            .with_state(app.clone())
    }
}

/// Returns the error for a method that the path does not support.
///
/// The router adds the header `Allow`, except for one route: the paths `{version}` and `{version}.json` are one route,
/// but support different methods.
async fn method_not_allowed(route: MatchedPath, uri: Uri) -> Failure {
    let failure = Failure::new(
        ProblemCode::MethodNotAllowed,
        "this path does not support this method",
        "use one of the methods that the header `Allow` lists",
    );
    match route.as_str() {
        "/schemas/{subject}/{version}" if uri.path().ends_with(".json") => failure.allow("GET, HEAD, PUT"),
        "/schemas/{subject}/{version}" => failure.allow("GET, HEAD, PATCH"),
        _ => failure,
    }
}

/// Returns the error for a panic, which is a bug. The client gets the id of the request, and the log gets the message.
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let message =
        text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message");
    tracing::error!(message, "a handler panicked");
    Failure::new(
        ProblemCode::Internal,
        "the registry has an internal error",
        "this is a bug: report it with the request id; to find the cause, search the registry's log for this id",
    )
    .into_response()
}
