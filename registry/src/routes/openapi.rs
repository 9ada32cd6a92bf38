use std::sync::Arc;

use axum::Extension;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder};

use super::openapi_details;
use crate::http::NoParams;

/// The OpenAPI document as JSON.
#[derive(Debug, Clone)]
pub(super) struct OpenApiText(Arc<str>);

impl OpenApiText {
    pub(super) fn new(text: String) -> Self {
        Self(text.into())
    }
}

/// Returns this OpenAPI document (version 3.1).
#[utoipa::path(get, path = "/openapi.json", tag = "operation", responses((status = 200, description = "The OpenAPI document", body = Object)))]
pub(crate) async fn get(Extension(OpenApiText(text)): Extension<OpenApiText>, _: NoParams) -> Response {
    ([(CONTENT_TYPE, "application/json")], text.as_ref().to_owned()).into_response()
}

/// Returns a description as JSON, with the details that all routes have in common.
pub(super) fn text(description: OpenApi) -> String {
    let mut document = serde_json::to_value(description).unwrap_or_default();
    openapi_details::add_details(&mut document);
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

/// Returns the description without any route.
pub(super) fn base() -> OpenApi {
    let info = InfoBuilder::new()
        .title("evschema registry")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "A registry for versioned JSON events. It rejects a breaking change and shows the event that \
             would break. Every error is an RFC 9457 problem with a stable `code`.",
        ))
        .license(Some(LicenseBuilder::new().name("MIT OR Apache-2.0").build()))
        .build();
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A token from `evschema token create` or `POST /tokens`. Reads need a token only if the registry is private."))
        .build();
    let components = ComponentsBuilder::new().security_scheme("token", SecurityScheme::Http(token)).build();
    let optional = [SecurityRequirement::default(), SecurityRequirement::new("token", [""; 0])];
    OpenApiBuilder::new().info(info).components(Some(components)).security(Some(optional)).build()
}
