//! The compression of answers for clients that accept it (RFC 9110, section 8.4.1.3).

use std::io::Write as _;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::Body as _;

/// The minimum length of a body that the registry compresses, in bytes. A shorter body fits one packet without
/// compression.
const BYTES_MIN: usize = 1_024;
/// The maximum length of a body that the registry compresses on the async thread, in bytes. To compress such a body
/// takes much less than a millisecond.
const INLINE_BYTES_MAX: usize = 32 << 10;
/// The end of the tag of a compressed answer. A compressed answer has different bytes, so it needs a different strong
/// tag (RFC 9110, section 8.8.3.3).
pub(super) const SUFFIX: &str = "-gzip";

/// The value of `Vary` for an answer that has a compressed form.
pub(crate) const VARY_ENCODED: HeaderValue = HeaderValue::from_static("accept, accept-encoding");

/// Returns whether the client accepts gzip (RFC 9110, section 12.5.3).
pub(crate) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let mut star = false;
    let values = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    for item in values.flat_map(|value| value.split(',')) {
        let mut parts = item.split(';').map(str::trim);
        let coding = parts.next().unwrap_or_default();
        let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let is_accepted = quality.is_none_or(|q| q.parse::<f32>().is_ok_and(|q| 0.0 < q));
        if coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip") {
            return is_accepted;
        }
        star |= coding == "*" && is_accepted;
    }
    star
}

/// Returns the compressed bytes, or `None` if the compression would save too little.
pub(crate) async fn gzip(bytes: Bytes) -> Option<Bytes> {
    if bytes.len() < BYTES_MIN {
        return None;
    }
    if bytes.len() <= INLINE_BYTES_MAX {
        return compressed(&bytes);
    }
    tokio::task::spawn_blocking(move || compressed(&bytes)).await.ok()?
}

/// Compresses an answer if its body is complete, text and long enough.
pub(super) async fn encode(response: Response) -> Response {
    let is_complete = response.body().size_hint().exact().is_some_and(|bytes| BYTES_MIN as u64 <= bytes);
    let is_encoded = response.headers().contains_key(CONTENT_ENCODING);
    if !is_complete || is_encoded || !response.headers().get(CONTENT_TYPE).is_some_and(is_text) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Response::from_parts(parts, Body::empty());
    };
    let Some(short) = gzip(bytes.clone()).await else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    mark_compressed(&mut parts.headers);
    Response::from_parts(parts, Body::from(short))
}

/// Changes the headers for a compressed body: the encoding, the length and the tag.
pub(crate) fn mark_compressed(headers: &mut HeaderMap) {
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.remove(CONTENT_LENGTH);
    let tag = headers.get(ETAG).and_then(|tag| tag.to_str().ok()).and_then(|tag| tag.strip_suffix('"'));
    if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(&format!("{tag}{SUFFIX}\"")).ok()) {
        headers.insert(ETAG, tag);
    }
}

/// Adds `accept-encoding` to `Vary`, because the registry may compress the same answer for another client.
pub(super) fn add_vary(headers: &mut HeaderMap) {
    if headers.get(CONTENT_TYPE).is_some_and(is_text) {
        let value = if headers.contains_key(VARY) {
            VARY_ENCODED
        } else {
            HeaderValue::from_static("accept-encoding")
        };
        headers.insert(VARY, value);
    }
}

/// Returns whether the media type is text, but not a stream of events.
fn is_text(media_type: &HeaderValue) -> bool {
    let media_type = media_type.to_str().unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.ends_with("json")
        || (essence.starts_with("text/") && essence != "text/event-stream")
        || essence == "application/openmetrics-text"
}

fn compressed(bytes: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::default());
    encoder.write_all(bytes).ok()?;
    let short = encoder.finish().ok()?;
    (short.len() < bytes.len()).then(|| short.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_that_accept_gzip() {
        for (sent, accepted) in [
            ("gzip", true),
            ("gzip, deflate, br", true),
            ("br;q=1.0, GZIP;q=0.5", true),
            ("*", true),
            ("x-gzip", true),
            ("gzip;q=0", false),
            ("gzip;q=0, *", false),
            ("*;q=0", false),
            ("identity", false),
            ("br", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(sent))]);
            assert_eq!(accepts_gzip(&headers), accepted, "{sent}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
