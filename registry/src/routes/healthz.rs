use crate::http::NoParams;

/// Answers 200 if the process runs.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, description = "The process runs", body = String)))]
pub(crate) async fn get(_: NoParams) -> &'static str {
    "ok\n"
}
