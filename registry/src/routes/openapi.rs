use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder};

use crate::app::App;
use crate::http::NoParams;

/// Returns this OpenAPI document (version 3.1).
#[utoipa::path(get, path = "/openapi.json", tag = "operation", responses((status = 200, description = "The OpenAPI document", body = Object)))]
pub(crate) async fn get(State(app): State<App>, _: NoParams) -> Response {
    ([(CONTENT_TYPE, "application/json")], app.openapi().to_owned()).into_response()
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
