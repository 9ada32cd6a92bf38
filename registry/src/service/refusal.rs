use std::borrow::Cow;

use evschema_api::State;
use evschema_compat::{Report, Verdict};
use evschema_model::{Coordinates, Diagnostics, Digest, Subject, Version};

use super::right::Right;
use crate::limits;
use crate::store::StoreError;

/// The reason why the registry rejects a request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The subject does not exist.
    #[error("the subject `{0}` does not exist")]
    SubjectNotFound(Subject),
    /// The subject does not have the version, or no version matches the range.
    #[error("`{subject}` has no version {wanted}")]
    VersionNotFound {
        /// The subject.
        subject: Subject,
        /// The version or the range, for the message.
        wanted: String,
    },
    /// The document is not a valid schema, or a reference cannot be resolved.
    #[error("the schema cannot be registered")]
    Document(Diagnostics),
    /// The version has a different schema.
    #[error(
        "`{at}` is already registered with a different schema: the registered digest is {registered}, the sent digest is {sent}"
    )]
    VersionExists {
        /// The version.
        at: Coordinates,
        /// The digest of the registered schema.
        registered: Digest,
        /// The digest of the schema in the request.
        sent: Digest,
    },
    /// The next version would contain a number above the maximum.
    #[error(
        "the next version of `{subject}` would be {next}, but each number in a version is at most {}",
        Version::NUMBER_MAX
    )]
    Exhausted {
        /// The subject.
        subject: Subject,
        /// The next version.
        next: Version,
    },
    /// The `$id` belongs to another subject, or other schemas refer to a version by this `$id`.
    #[error("the `$id` `{id}` already belongs to `{owner}`")]
    IdTaken {
        /// The `$id`.
        id: String,
        /// The version that the `$id` belongs to.
        owner: Coordinates,
    },
    /// A subject exists whose name differs only in upper and lower case.
    #[error("`{subject}` differs from `{other}` only in upper and lower case")]
    CaseClash {
        /// The subject in the request.
        subject: Subject,
        /// The existing subject.
        other: Subject,
    },
    /// The compatibility check failed.
    #[error("{}", check_message(.0))]
    Check(Box<Report>),
    /// The change breaks the newest line, and the request does not allow a new major version.
    #[error("{}", newest_line_message(.0))]
    NeedsMajor(Box<Report>),
    /// A yanked version cannot be restored, because it is not compatible with the other versions.
    #[error("{}", check_message(.0))]
    Restore(Box<Report>),
    /// The registry cannot read the keys of the token's issuer.
    #[error("the registry cannot read the keys of the token issuer `{issuer}`")]
    IssuerUnavailable {
        /// The URL of the issuer.
        issuer: String,
    },
    /// Other clients changed the subject too often.
    #[error(
        "other clients changed `{subject}` {} times while the registry checked this request",
        limits::APPEND_ATTEMPTS_MAX
    )]
    Contended {
        /// The subject.
        subject: Subject,
    },
    /// The subject does not match `If-Match` or `If-None-Match`.
    #[error("{0}")]
    Precondition(String),
    /// The request changes the policy of a subject, but does not name the revision.
    #[error(
        "a change of the policy of `{subject}` needs the subject's ETag in `If-Match`; the subject is at revision {revision}"
    )]
    PreconditionRequired {
        /// The subject.
        subject: Subject,
        /// The revision of the subject.
        revision: u64,
    },
    /// The request sets `never_used`, but does not yank the version.
    #[error("`never_used` can be true only with the state `yanked`, but the state is `{state}`")]
    NeverUsed {
        /// The state.
        state: State,
    },
    /// A text in the request is too long or too short.
    #[error("{what} has {chars} characters, but must have {min} to {max}")]
    Length {
        /// The name of the text.
        what: &'static str,
        /// The length of the text.
        chars: usize,
        /// The minimum length.
        min: usize,
        /// The maximum length.
        max: usize,
    },
    /// A text in the request contains a forbidden character.
    #[error("{what} contains the character U+0000")]
    Character {
        /// The name of the text.
        what: &'static str,
    },
    /// The request needs a token.
    #[error("this request needs a token")]
    TokenRequired {
        /// The right that the request needs.
        right: Right,
    },
    /// The token is not valid.
    #[error("the token is not valid: {why}")]
    TokenInvalid {
        /// The reason.
        why: Cow<'static, str>,
    },
    /// The token does not allow the request.
    #[error("the token `{token}` does not have the scope `{right}`")]
    Forbidden {
        /// The token's name.
        token: String,
        /// The right that the request needs.
        right: Right,
    },
    /// The token does not exist.
    #[error("the token `{id}` does not exist")]
    TokenNotFound {
        /// The id in the request.
        id: String,
    },
    /// A new token has no scope, or too many.
    #[error("the request has {count} scopes, but a token must have 1 to {}", limits::SCOPES_MAX)]
    Scopes {
        /// The number of scopes.
        count: usize,
    },
    /// The expiry time of a new token is in the past.
    #[error("the expiry time of the token is in the past")]
    Expired,
    /// The waiver does not exist.
    #[error("`{subject}` has no waiver with the fingerprint `{fingerprint}`")]
    WaiverNotFound {
        /// The subject.
        subject: Subject,
        /// The fingerprint.
        fingerprint: String,
    },
    /// The subject already has the maximum number of waivers.
    #[error("`{subject}` already has {} waivers, the maximum for a subject", limits::WAIVERS_MAX)]
    TooManyWaivers {
        /// The subject.
        subject: Subject,
    },
    /// A text is not a fingerprint.
    #[error("`{text}` is not a fingerprint")]
    Fingerprint {
        /// The text.
        text: String,
    },
    /// A text is not a date.
    #[error("`{text}` is not a date")]
    Day {
        /// The text.
        text: String,
    },
    /// Too many checks are waiting.
    #[error("too many checks are waiting; the registry allows at most {}", limits::CHECKS_WAITING_MAX)]
    Busy,
    /// Too many checks of this client are waiting or running.
    #[error(
        "too many checks of this client are waiting or running; the registry allows at most {} for one client",
        limits::CHECKS_WAITING_OF_CLIENT_MAX
    )]
    TooManyChecks,
    /// The store cannot answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A bug of the registry.
    #[error("{0}")]
    Bug(String),
}

/// Returns the message for a failed check.
fn check_message(report: &Report) -> String {
    let at = format!("`{}@{}`", report.subject, report.version);
    let first = report.findings.first().map_or(String::new(), |finding| format!(": {}", finding.message));
    match report.verdict {
        Verdict::Incompatible => format!("{at} is incompatible{first}"),
        Verdict::Undecided => format!("the registry cannot decide whether {at} is compatible{first}"),
        Verdict::Compatible => format!(
            "the version number of {at} is too small: the change requires a {} bump, so the version must be {} or higher",
            report.required_bump, report.required_version
        ),
    }
}

/// Returns the message for a change that breaks the newest line of versions.
fn newest_line_message(report: &Report) -> String {
    let what = match report.verdict {
        Verdict::Incompatible => "the change breaks the newest line of versions of",
        Verdict::Undecided => {
            "the registry cannot decide whether the change breaks the newest line of versions of"
        }
        Verdict::Compatible => "the change needs a new major version of",
    };
    let first = report.findings.iter().find(|finding| finding.waived.is_none());
    let first = first.map_or(String::new(), |finding| format!(": {}", finding.message));
    format!("{what} `{}`{first}", report.subject)
}
