//! The cache of answers that contain a schema. Such an answer never changes.
//!
//! Most requests read the schema of a version. The first request for a schema passes
//! [`authorize()`](super::authorize()) and the route, and the route puts the answer into this cache. The cache answers
//! later requests before any layer. If a request has unusual headers, or the registry is private, the request passes
//! the layers and the route instead.

use std::sync::{Arc, OnceLock};

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use axum::response::Response;
use evschema_api::SCHEMA_MEDIA_TYPE;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::conditional::{etag, is_unchanged};
use super::encode::{self, VARY_ENCODED};
use super::security_headers::add_security_headers;
use crate::store::Content;

/// The approximate memory of an answer in addition to its bytes, in bytes.
const OVERHEAD_BYTES: u64 = 1_024;

/// The answers, by path. If all answers together need too much memory, the cache drops the answers that clients request
/// least.
#[derive(Debug)]
pub(crate) struct ResponseCache {
    answers: Cache<Arc<str>, Arc<CachedResponse>, ByBytes>,
}

/// The answer to requests for the schema of a version.
#[derive(Debug)]
pub(crate) struct CachedResponse {
    /// The headers for status 200 and 304.
    headers: HeaderMap,
    encoded_headers: HeaderMap,
    bytes: Bytes,
    /// The compressed bytes. The cell is empty until a client requests compressed bytes. It contains `None` if
    /// compression would save too little.
    encoded: OnceLock<Option<Bytes>>,
}

impl ResponseCache {
    pub(crate) fn new(bytes_max: u64) -> Self {
        Self { answers: Cache::with_weighter(1_000, bytes_max, ByBytes) }
    }

    /// Returns the answer to a request, if the cache has the answer and the request has no unusual headers.
    pub(crate) fn answer<B: hyper::body::Body>(&self, request: &Request<B>) -> Option<Response> {
        let headers = request.headers();
        let is_plain = request.method() == Method::GET
            && request.uri().query().is_none()
            && !headers.contains_key(AUTHORIZATION)
            && headers.get(ACCEPT).is_none_or(|accept| accept == "*/*" || accept == SCHEMA_MEDIA_TYPE)
            && request.body().is_end_stream();
        if !is_plain {
            return None;
        }
        let cached = self.answers.get(request.uri().path())?;
        cached.try_answer(headers, SCHEMA_MEDIA_TYPE)
    }

    /// Adds an answer.
    pub(crate) fn put(&self, path: &str, response: Arc<CachedResponse>) {
        self.answers.insert(path.into(), response);
    }

    /// Returns the answer for a path.
    pub(crate) fn get(&self, path: &str) -> Option<Arc<CachedResponse>> {
        self.answers.get(path)
    }
}

impl CachedResponse {
    pub(crate) fn new(content: &Content, cache_control: HeaderValue) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(ETAG, etag(&content.digest));
        headers.insert(CACHE_CONTROL, cache_control);
        headers.insert(VARY, VARY_ENCODED);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(SCHEMA_MEDIA_TYPE));
        add_security_headers(&mut headers);
        let mut encoded_headers = headers.clone();
        encode::mark_compressed(&mut encoded_headers);
        Self { headers, encoded_headers, bytes: content.bytes.clone(), encoded: OnceLock::new() }
    }

    /// Answers a request. `media_type` must be a media type of schemas.
    pub(crate) async fn answer(&self, headers: &HeaderMap, media_type: &'static str) -> Response {
        if self.encoded.get().is_none() && encode::accepts_gzip(headers) {
            // If two requests compress the bytes at the same time, both get the same bytes, and the second `set` fails.
            let _result = self.encoded.set(encode::gzip(self.bytes.clone()).await);
        }
        self.try_answer(headers, media_type).unwrap_or_else(|| send(&self.headers, self.bytes.clone()))
    }

    /// Answers a request, or returns `None` if the bytes must be compressed first.
    fn try_answer(&self, headers: &HeaderMap, media_type: &'static str) -> Option<Response> {
        let encoded = if encode::accepts_gzip(headers) { self.encoded.get()?.as_ref() } else { None };
        let (own, bytes) = match encoded {
            Some(short) => (&self.encoded_headers, short),
            None => (&self.headers, &self.bytes),
        };
        let is_unchanged = headers.contains_key(IF_NONE_MATCH)
            && own.get(ETAG).is_some_and(|tag| is_unchanged(headers, tag));
        let mut response = send(own, if is_unchanged { Bytes::new() } else { bytes.clone() });
        if is_unchanged {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(CONTENT_ENCODING);
        }
        if media_type != SCHEMA_MEDIA_TYPE {
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        Some(response)
    }
}

fn send(headers: &HeaderMap, bytes: Bytes) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.headers_mut() = headers.clone();
    response
}

/// Weighs an answer by its memory, including the memory of the compressed bytes.
#[derive(Debug, Clone)]
struct ByBytes;

impl Weighter<Arc<str>, Arc<CachedResponse>> for ByBytes {
    fn weight(&self, path: &Arc<str>, response: &Arc<CachedResponse>) -> u64 {
        let bytes = response.bytes.len() as u64;
        OVERHEAD_BYTES + path.len() as u64 + bytes + bytes / 2
    }
}
