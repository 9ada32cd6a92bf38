use std::fmt;

use evschema_model::{Diagnostic, Pointer, Position};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An error of the registry, in the format of RFC 9457. The meaning of a `code` never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI for the kind of problem: `/problems/`, followed by the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short title, the same for every problem with this code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The kind of problem, for programs.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub code: ProblemCode,
    /// The error in this request, as one line of text.
    pub detail: String,
    /// A hint: how to solve the problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The path of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The id of the request, to find it in the registry's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The errors in the document that the client sent. Each error has its place in the document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemError>,
    /// The report of the compatibility check, if this check is the reason for the problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub report: Option<Value>,
}

/// One error in a document that the client sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemError {
    /// The kind of error, such as `duplicate-key`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub code: evschema_model::Code,
    /// The error, as one line of text.
    pub detail: String,
    /// The place of the error in the document, as a JSON Pointer.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub pointer: Pointer,
    /// The line of text in the document, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column in the line, in characters, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// A hint: how to solve the problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// Declares every code once: variant, word, status and title.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $word:literal $status:literal $title:literal;)*) => {
        /// The kind of a problem, as a word that never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ProblemCode {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
            /// A code that this client does not know, because the registry is newer.
            #[serde(other)]
            Unknown,
        }

        impl ProblemCode {
            /// Every code that the registry uses.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* Self::Unknown => "unknown" }
            }

            /// Returns the HTTP status of the code.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* Self::Unknown => 500 }
            }

            /// Returns the title of the code.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* Self::Unknown => "unknown problem" }
            }
        }
    };
}

codes! {
    /// The name in the path is not a valid subject.
    InvalidSubject "invalid-subject" 400 "invalid subject";
    /// The version in the path is not valid. It must be a version, a range or `latest`.
    InvalidVersion "invalid-version" 400 "invalid version";
    /// A query parameter is unknown, repeated or has a bad value.
    InvalidQuery "invalid-query" 400 "invalid query parameter";
    /// The path is not valid, for example because of bad percent-encoding.
    InvalidPath "invalid-path" 400 "invalid path";
    /// A header has a bad value.
    InvalidHeader "invalid-header" 400 "invalid header";
    /// The body is not valid for this request.
    InvalidBody "invalid-body" 400 "invalid body";
    /// The request needs a token, but has no token.
    TokenRequired "token-required" 401 "token required";
    /// The token is unknown, expired or revoked.
    TokenInvalid "token-invalid" 401 "invalid token";
    /// The token does not allow this request.
    Forbidden "forbidden" 403 "not allowed with this token";
    /// The registry accepts only reads.
    ReadOnly "read-only" 403 "registry is read-only";
    /// A browser sent this request from a page of another site.
    CrossSite "cross-site" 403 "request from another site";
    /// The path does not exist.
    RouteNotFound "route-not-found" 404 "path not found";
    /// The subject does not exist.
    SubjectNotFound "subject-not-found" 404 "subject not found";
    /// The subject has no such version, or none that matches the range.
    VersionNotFound "version-not-found" 404 "version not found";
    /// The token does not exist.
    TokenNotFound "token-not-found" 404 "token not found";
    /// The subject has no such waiver.
    WaiverNotFound "waiver-not-found" 404 "waiver not found";
    /// The path does not support this method.
    MethodNotAllowed "method-not-allowed" 405 "method not allowed";
    /// The answer has none of the media types in `Accept`.
    NotAcceptable "not-acceptable" 406 "no acceptable media type";
    /// The registry did not receive or finish the request in time.
    RequestTimeout "request-timeout" 408 "request timed out";
    /// The version is already registered with a different schema.
    VersionExists "version-exists" 409 "version exists with a different schema";
    /// The next version would contain a number above the maximum.
    VersionsExhausted "versions-exhausted" 409 "no version number left";
    /// The `$id` belongs to another subject, or other schemas refer to a version by this `$id`.
    IdTaken "id-taken" 409 "$id already in use";
    /// A subject exists whose name differs only in upper and lower case.
    SubjectCaseClash "subject-case-clash" 409 "subject differs from another one only in upper and lower case";
    /// The change breaks an event; the report shows the event.
    Incompatible "incompatible" 409 "incompatible change";
    /// The registry could not decide whether the change breaks an event; the report has the reason.
    Undecided "undecided" 409 "compatibility undecided";
    /// The version number is too small for the change.
    VersionTooSmall "version-too-small" 409 "version number too small for the change";
    /// Other clients changed the subject too often while the registry checked this request.
    Contended "contended" 409 "too many concurrent changes";
    /// The expiry time of the new token is in the past.
    TokenExpired "token-expired" 409 "expiry time in the past";
    /// The subject does not have the revision in `If-Match`, or it exists although `If-None-Match` forbids it.
    PreconditionFailed "precondition-failed" 412 "precondition failed";
    /// The body is longer than the limit.
    BodyTooLarge "body-too-large" 413 "body too large";
    /// The request does not accept the media type of the body.
    UnsupportedMediaType "unsupported-media-type" 415 "unsupported media type";
    /// The registry cannot register the body as a JSON Schema; `errors` has the reasons.
    NotASchema "not-a-schema" 422 "not a valid schema";
    /// The schema refers to a document that is not registered; `errors` has the reference.
    ReferenceMissing "reference-missing" 422 "unresolved reference";
    /// The validation of the event under the schema would take too many steps.
    EventUndecided "event-undecided" 422 "event too expensive to validate";
    /// The request must have `If-Match`, with the revision that it changes.
    PreconditionRequired "precondition-required" 428 "precondition required";
    /// This client already has too many checks or streams open at the same time; try again later.
    TooManyRequests "too-many-requests" 429 "too many requests";
    /// A bug in the registry. The log has the cause, under the id of the request.
    Internal "internal" 500 "internal error";
    /// The registry has too many checks or connections; try again later.
    Busy "busy" 503 "registry busy";
    /// The database does not answer; try again later.
    StoreUnavailable "store-unavailable" 503 "database unavailable";
    /// The registry cannot read the keys of the token's issuer; try again later.
    IssuerUnavailable "issuer-unavailable" 503 "token issuer unavailable";
    /// The host name in the request is not a name of this registry.
    UnknownHost "unknown-host" 421 "unknown host";
    /// The database is full.
    StoreFull "store-full" 507 "database full";
}

impl Problem {
    /// Returns a problem of this kind.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/problems/{code}"),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: detail.into(),
            help: None,
            instance: None,
            request_id: None,
            errors: Vec::new(),
            report: None,
        }
    }

    /// Adds a hint: how to solve the problem.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the errors in the document that the client sent.
    #[must_use]
    pub fn errors(mut self, diagnostics: Vec<Diagnostic>) -> Self {
        self.errors = diagnostics.into_iter().map(ProblemError::from).collect();
        self
    }

    /// Adds the report of the check.
    #[must_use]
    pub fn report(mut self, report: Value) -> Self {
        self.report = Some(report);
        self
    }
}

impl From<Diagnostic> for ProblemError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            code: diagnostic.code,
            detail: diagnostic.message,
            pointer: diagnostic.pointer,
            line: diagnostic.position.map(|position: Position| position.line),
            column: diagnostic.position.map(|position| position.column),
            help: diagnostic.help,
        }
    }
}

impl fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_every_code_is_its_wire_form() {
        for code in ProblemCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert!((400..600).contains(&code.status()));
        }
        assert_eq!(serde_json::from_str::<ProblemCode>("\"from-the-future\"").unwrap(), ProblemCode::Unknown);
    }
}
