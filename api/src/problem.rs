use std::fmt;

use evschema_model::{Diagnostic, Pointer, Position};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An error of the registry (RFC 9457), with a code that never changes and a hint.
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
    /// The error in this request, in one line.
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
    /// The errors in the document that the client sent, each with its place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemError>,
    /// The report of the compatibility check that rejected the registration.
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
    /// The error, in one line.
    pub detail: String,
    /// The place in the document, as a JSON Pointer.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub pointer: Pointer,
    /// The line in the document, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column in characters, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// A hint: how to solve the problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// Declares every code once: variant, word, status and title.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $word:literal $status:literal $title:literal;)*) => {
        /// What kind of problem it is, in a word that never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ProblemCode {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
            /// A code this client does not know: the registry is newer.
            #[serde(other)]
            Unknown,
        }

        impl ProblemCode {
            /// Every code the registry uses.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* Self::Unknown => "unknown" }
            }

            /// Returns the HTTP status that goes with it.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* Self::Unknown => 500 }
            }

            /// Returns the kind in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* Self::Unknown => "unknown problem" }
            }
        }
    };
}

codes! {
    /// The subject in the path is no subject.
    InvalidSubject "invalid-subject" 400 "invalid subject";
    /// The version in the path is neither a version, a range nor `latest`.
    InvalidVersion "invalid-version" 400 "invalid version";
    /// A query parameter is unknown, repeated or has a bad value.
    InvalidQuery "invalid-query" 400 "invalid query parameter";
    /// The path cannot be read, for example for bad percent-encoding.
    InvalidPath "invalid-path" 400 "invalid path";
    /// A header has a bad value.
    InvalidHeader "invalid-header" 400 "invalid header";
    /// The body is not what this request takes.
    InvalidBody "invalid-body" 400 "invalid body";
    /// This needs a token and none was sent.
    TokenRequired "token-required" 401 "token required";
    /// The token that was sent is none, or no longer one.
    TokenInvalid "token-invalid" 401 "invalid token";
    /// The token does not allow this.
    Forbidden "forbidden" 403 "not allowed with this token";
    /// The registry serves reads only.
    ReadOnly "read-only" 403 "registry is read-only";
    /// A browser sent this from another site's page.
    CrossSite "cross-site" 403 "request from another site";
    /// Nothing is at this path.
    RouteNotFound "route-not-found" 404 "path not found";
    /// There is no such subject.
    SubjectNotFound "subject-not-found" 404 "subject not found";
    /// The subject has no such version, or none that matches the range.
    VersionNotFound "version-not-found" 404 "version not found";
    /// There is no such token.
    TokenNotFound "token-not-found" 404 "token not found";
    /// The subject has no such waiver.
    WaiverNotFound "waiver-not-found" 404 "waiver not found";
    /// The path does not take this method.
    MethodNotAllowed "method-not-allowed" 405 "method not allowed";
    /// None of the media types in `Accept` can be given.
    NotAcceptable "not-acceptable" 406 "no acceptable media type";
    /// The request did not arrive, or was not answered, in time.
    RequestTimeout "request-timeout" 408 "request timed out";
    /// The version is registered with another content.
    VersionExists "version-exists" 409 "version exists with a different schema";
    /// The next version would have a number above those that can be read.
    VersionsExhausted "versions-exhausted" 409 "no version number left";
    /// The `$id` belongs to another subject, or others refer to a version by it.
    IdTaken "id-taken" 409 "$id already in use";
    /// A subject of the same letters in another case exists.
    SubjectCaseClash "subject-case-clash" 409 "subject differs from another one only in case";
    /// Some event breaks; the report shows it.
    Incompatible "incompatible" 409 "incompatible change";
    /// Whether any event breaks could not be decided; the report says why.
    Undecided "undecided" 409 "compatibility undecided";
    /// The version number is too small for the change.
    VersionTooSmall "version-too-small" 409 "version number too small for the change";
    /// Others kept changing the subject while this request was being checked.
    Contended "contended" 409 "too many concurrent changes";
    /// The token would be of no use from the beginning.
    TokenExpired "token-expired" 409 "expiry time in the past";
    /// The subject is not at the revision named in `If-Match`, or exists despite `If-None-Match`.
    PreconditionFailed "precondition-failed" 412 "precondition failed";
    /// The body is longer than the limit.
    BodyTooLarge "body-too-large" 413 "body too large";
    /// The body's media type is not one this request takes.
    UnsupportedMediaType "unsupported-media-type" 415 "unsupported media type";
    /// The body is not a JSON Schema that can be registered; `errors` says why.
    NotASchema "not-a-schema" 422 "not a valid schema";
    /// The schema refers to what is not registered; `errors` says what.
    ReferenceMissing "reference-missing" 422 "unresolved reference";
    /// The schema and the event multiply to more steps than a validation may take.
    EventUndecided "event-undecided" 422 "event too expensive to validate";
    /// The request must name the revision it changes, in `If-Match`.
    PreconditionRequired "precondition-required" 428 "precondition required";
    /// This client has too much waiting already; try again.
    TooManyRequests "too-many-requests" 429 "too many requests";
    /// A bug: the log has the rest under the request's id.
    Internal "internal" 500 "internal error";
    /// The registry is busy with checks; try again.
    Busy "busy" 503 "registry busy";
    /// The database cannot be reached; try again.
    StoreUnavailable "store-unavailable" 503 "database unavailable";
    /// The issuer of the token does not tell its keys; try again.
    IssuerUnavailable "issuer-unavailable" 503 "token issuer unavailable";
    /// The request names a host that is not this registry.
    UnknownHost "unknown-host" 421 "unknown host";
    /// The database has no room.
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

    /// Adds what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what is wrong with the document that was sent.
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
