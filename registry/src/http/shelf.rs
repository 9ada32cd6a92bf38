//! Answers that never change, ready to be sent.
//!
//! Reading a version's content is what a registry is asked for most, and the answer is always the same. The
//! first request goes the way of every request, through [`super::guard`] and the route, which leaves its
//! answer here; later ones that ask in the plain way are answered before any of that. Whoever asks in
//! another way, or for a registry where reading takes a token, still goes the long way.

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

use super::encode::{self, VARY_ENCODED};
use super::finish::add_headers;
use super::{etag, is_unchanged};
use crate::store::Content;

/// What an answer takes in memory beside its bytes, roughly.
const OVERHEAD_BYTES: u64 = 1_024;

/// The answers, by path; the least used give way when there are too many bytes of them.
#[derive(Debug)]
pub(crate) struct Shelf {
    answers: Cache<Arc<str>, Arc<Ready>, ByBytes>,
}

/// The answer to whoever asks for a version's content.
#[derive(Debug)]
pub(crate) struct Ready {
    /// Status 200 or 304 have the same.
    headers: HeaderMap,
    encoded_headers: HeaderMap,
    bytes: Bytes,
    /// The compressed form, once it has been asked for; nothing where it is no shorter.
    encoded: OnceLock<Option<Bytes>>,
}

impl Shelf {
    pub(crate) fn new(bytes_max: u64) -> Self {
        Self { answers: Cache::with_weighter(1_000, bytes_max, ByBytes) }
    }

    /// Returns the answer to a request, if it is ready and the request is a plain one.
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
        let ready = self.answers.get(request.uri().path())?;
        ready.try_answer(headers, SCHEMA_MEDIA_TYPE)
    }

    /// Keeps an answer.
    pub(crate) fn put(&self, path: &str, ready: Arc<Ready>) {
        self.answers.insert(path.into(), ready);
    }

    /// Returns an answer that is kept.
    pub(crate) fn get(&self, path: &str) -> Option<Arc<Ready>> {
        self.answers.get(path)
    }
}

impl Ready {
    pub(crate) fn new(content: &Content, cache_control: HeaderValue) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(ETAG, etag(&content.digest));
        headers.insert(CACHE_CONTROL, cache_control);
        headers.insert(VARY, VARY_ENCODED);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(SCHEMA_MEDIA_TYPE));
        add_headers(&mut headers);
        let mut encoded_headers = headers.clone();
        encode::mark(&mut encoded_headers);
        Self { headers, encoded_headers, bytes: content.bytes.clone(), encoded: OnceLock::new() }
    }

    /// Answers a request, as this media type, which is one of those that the content has.
    pub(crate) async fn answer(&self, headers: &HeaderMap, media_type: &'static str) -> Response {
        if self.encoded.get().is_none() && encode::takes_gzip(headers) {
            // Two that do it at once come to the same.
            let _others = self.encoded.set(encode::gzip(self.bytes.clone()).await);
        }
        self.try_answer(headers, media_type).unwrap_or_else(|| send(&self.headers, self.bytes.clone()))
    }

    /// Answers a request, unless something would have to be compressed first.
    fn try_answer(&self, headers: &HeaderMap, media_type: &'static str) -> Option<Response> {
        let encoded = if encode::takes_gzip(headers) { self.encoded.get()?.as_ref() } else { None };
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

/// Weighs an answer by the memory it takes, as if it were compressed already.
#[derive(Debug, Clone)]
struct ByBytes;

impl Weighter<Arc<str>, Arc<Ready>> for ByBytes {
    fn weight(&self, path: &Arc<str>, ready: &Arc<Ready>) -> u64 {
        let bytes = ready.bytes.len() as u64;
        OVERHEAD_BYTES + path.len() as u64 + bytes + bytes / 2
    }
}
