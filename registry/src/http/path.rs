use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use evschema_api::ProblemCode;
use evschema_model::Subject;
use serde::de::DeserializeOwned;

use super::failure::Failure;
use crate::service::Selection;

/// The subject in a path.
#[derive(Debug)]
pub(crate) struct SubjectPath(pub(crate) Subject);

/// The subject and the version in a path.
#[derive(Debug)]
pub(crate) struct VersionPath {
    pub(crate) subject: Subject,
    pub(crate) selection: Selection,
    /// Whether the path ends in `.json`, and so names the schema.
    pub(crate) is_document: bool,
}

/// The path of the schema of a version, for the request that registers it.
#[derive(Debug)]
pub(crate) struct DocumentPath(pub(crate) VersionPath);

/// The path of a version, for the request that changes its state.
#[derive(Debug)]
pub(crate) struct StatePath(pub(crate) VersionPath);

/// The subject and the two versions in a path, `{from}...{to}`.
#[derive(Debug)]
pub(crate) struct ComparedPath {
    pub(crate) subject: Subject,
    pub(crate) from: Selection,
    pub(crate) to: Selection,
}

/// The id of a token in a path, exactly as the client sent it.
#[derive(Debug)]
pub(crate) struct TokenPath(pub(crate) String);

/// The subject in a path, and the fingerprint of a finding, exactly as the client sent it.
#[derive(Debug)]
pub(crate) struct WaiverPath {
    pub(crate) subject: Subject,
    pub(crate) fingerprint: String,
}

impl<S: Send + Sync> FromRequestParts<S> for TokenPath {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        Ok(Self(segments(parts, state).await?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for WaiverPath {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let (name, fingerprint): (String, String) = segments(parts, state).await?;
        Ok(Self { subject: subject(&name)?, fingerprint })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SubjectPath {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let name: String = segments(parts, state).await?;
        Ok(Self(subject(&name)?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for VersionPath {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let (name, version): (String, String) = segments(parts, state).await?;
        let document = version.strip_suffix(".json");
        let text = document.unwrap_or(&version);
        if text.ends_with(".json") {
            return Err(Failure::new(
                ProblemCode::InvalidVersion,
                format!(
                    "the version `{}` ends in `.json`, but only the path of a schema may end so",
                    shown(text)
                ),
                "use a version that does not end in `.json`",
            ));
        }
        Ok(Self { subject: subject(&name)?, selection: selection(text)?, is_document: document.is_some() })
    }
}

// The paths `{version}` and `{version}.json` are one route, so the router cannot know which methods each path supports.
// The extractors below reject a method that the path does not support.
impl<S: Send + Sync> FromRequestParts<S> for DocumentPath {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = VersionPath::from_request_parts(parts, state).await?;
        if path.is_document {
            return Ok(Self(path));
        }
        let help = format!("send PUT /schemas/{}/{}.json", path.subject, path.selection);
        let detail = "to register a version, use the path that ends in `.json`";
        Err(Failure::new(ProblemCode::MethodNotAllowed, detail, help).allow("GET, HEAD, PATCH"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for StatePath {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = VersionPath::from_request_parts(parts, state).await?;
        if !path.is_document {
            return Ok(Self(path));
        }
        let help = format!(
            "to change the state of the version, send PATCH /schemas/{}/{}",
            path.subject, path.selection
        );
        Err(Failure::new(ProblemCode::MethodNotAllowed, "the schema of a version never changes", help)
            .allow("GET, HEAD, PUT"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ComparedPath {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let (name, versions): (String, String) = segments(parts, state).await?;
        let Some((from, to)) = versions.split_once("...") else {
            return Err(Failure::new(
                ProblemCode::InvalidVersion,
                format!("`{}` must be two versions, like `1.0.0...1.1.0`", shown(&versions)),
                "write three dots between the versions",
            ));
        };
        Ok(Self { subject: subject(&name)?, from: selection(from)?, to: selection(to)? })
    }
}

async fn segments<T: DeserializeOwned + Send, S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
) -> Result<T, Failure> {
    Path::<T>::from_request_parts(parts, state).await.map(|Path(segments)| segments).map_err(|rejection| {
        Failure::new(
            ProblemCode::InvalidPath,
            rejection.body_text(),
            "write a character that is not ASCII as percent-encoded UTF-8 (RFC 3986)",
        )
    })
}

fn subject(name: &str) -> Result<Subject, Failure> {
    Subject::parse(name).map_err(|error| {
        Failure::new(
            ProblemCode::InvalidSubject,
            format!("`{}` is not a valid subject: {error}", shown(name)),
            "use a name like `commerce.order.placed`",
        )
    })
}

fn selection(text: &str) -> Result<Selection, Failure> {
    Selection::parse(text).map_err(|error| {
        Failure::new(
            ProblemCode::InvalidVersion,
            shown(&error.to_string()),
            "use an exact version like `1.2.0`, a range like `^1.2`, or `latest`",
        )
    })
}

/// Returns a part of the path for a message: short, and without control characters.
fn shown(text: &str) -> String {
    const CHARS_MAX: usize = 200;
    text.chars().filter(|c| !c.is_control()).take(CHARS_MAX).collect()
}
