use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use evschema_api::ProblemCode;
use evschema_model::parse_event;
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;

use super::accept::Accept;
use super::failure::Failure;
use crate::limits;
use crate::service::Framing;

/// The body of a request with a schema.
#[derive(Debug)]
pub(crate) struct Document(pub(crate) Arc<[u8]>);

/// The body of a request with a JSON object.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

/// The body of a request with events.
#[derive(Debug)]
pub(crate) struct Events {
    pub(crate) framing: Framing,
    pub(crate) bytes: Arc<[u8]>,
}

impl<S: Sync> FromRequest<S> for Document {
    type Rejection = Failure;
    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let body = check_headers(request, |media_type| is_json(media_type).then_some(()))?.1;
        Ok(Self(read(body).await?.into()))
    }
}

impl<S: Sync> FromRequest<S> for Events {
    type Rejection = Failure;
    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let (framing, body) = check_headers(request, |media_type| match media_type {
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Some(Framing::Lines),
            other => is_json(other).then_some(Framing::One),
        })?;
        Ok(Self { framing, bytes: read(body).await?.into() })
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Json<T> {
    type Rejection = Failure;
    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let body = check_headers(request, |media_type| is_json(media_type).then_some(()))?.1;
        let bytes = read(body).await?;
        let refused = |why: String| {
            Failure::new(
                ProblemCode::InvalidBody,
                format!("the body is not valid: {why}"),
                "see /openapi.json for the properties of this body",
            )
        };
        let value = parse_event(&bytes).map_err(|diagnostic| refused(diagnostic.to_string()))?;
        // Without this check, Serde would also accept an array as the value of a struct.
        if !value.is_object() {
            return Err(refused("it is not an object".to_owned()));
        }
        serde_json::from_value(value).map(Self).map_err(|error| refused(error.to_string()))
    }
}

/// Checks the headers before the body is read: the media type, the encoding, and whether the client accepts the media
/// type of the answer.
fn check_headers<T>(request: Request, accepts: impl Fn(&str) -> Option<T>) -> Result<(T, Body), Failure> {
    let (parts, body) = request.into_parts();
    Accept::of(&parts).require(&["application/json", "application/problem+json"])?;
    if let Some(encoding) = parts.headers.get(CONTENT_ENCODING) {
        return Err(Failure::new(
            ProblemCode::UnsupportedMediaType,
            format!(
                "the body has the encoding `{}`, but the registry supports only bodies without an encoding",
                String::from_utf8_lossy(encoding.as_bytes())
            ),
            "send the body without `Content-Encoding`",
        ));
    }
    let media_type = media_type(&parts.headers);
    let accepted = accepts(&media_type).ok_or_else(|| {
        Failure::new(
            ProblemCode::UnsupportedMediaType,
            format!("the registry does not accept the media type `{media_type}` for this request"),
            "send `Content-Type: application/json`; to send one event on each line, use `application/x-ndjson`",
        )
    })?;
    Ok((accepted, body))
}

/// Returns the media type of the body, without parameters. If the header is absent, returns the media type of JSON.
fn media_type(headers: &HeaderMap) -> String {
    let header = headers.get(CONTENT_TYPE).map_or("application/json", |value| value.to_str().unwrap_or("?"));
    header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

async fn read(body: Body) -> Result<Vec<u8>, Failure> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| {
            Failure::new(
                ProblemCode::InvalidBody,
                format!("the body is incomplete: {error}"),
                "send the request again",
            )
        })?;
        if limits::BODY_BYTES_MAX < bytes.len() + chunk.len() {
            return Err(Failure::new(
                ProblemCode::BodyTooLarge,
                format!("the body is longer than {} bytes", limits::BODY_BYTES_MAX),
                "split a schema into several documents with `$ref`; send many events in several requests",
            ));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
