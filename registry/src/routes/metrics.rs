use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::http::{App, NoParams};

/// Returns the metrics of the registry, for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operation", responses((status = 200, description = "The metrics", body = String, content_type = "application/openmetrics-text")))]
pub(crate) async fn get(State(app): State<App>, _: NoParams) -> Response {
    let text = app.metrics().encode().unwrap_or_default();
    ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
}
