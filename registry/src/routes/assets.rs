use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::pages::STYLE;

/// Returns the style sheet of the pages. A new style sheet gets a new path, so browsers may cache it for ever.
pub(crate) async fn style() -> Response {
    let headers =
        [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, STYLE).into_response()
}
