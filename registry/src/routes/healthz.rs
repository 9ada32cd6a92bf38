use crate::http::NoParams;

/// Tells that the process answers.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, description = "It does", body = String)))]
pub(crate) async fn get(_: NoParams) -> &'static str {
    "ok\n"
}
