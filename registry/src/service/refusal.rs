use std::borrow::Cow;

use evschema_api::{Problem, ProblemCode, State};
use evschema_compat::{Report, Verdict};
use evschema_model::{Code, Coordinates, Diagnostics, Digest, Subject, Version};

use super::right::Right;
use crate::limits;
use crate::store::StoreError;

/// The help for a request that may have succeeded although the client got no answer.
///
/// A repeated registration, waiver, change of state or revocation changes nothing. A repeated withdrawal of a waiver
/// gets 404, and a repeated change of a subject with a precondition gets 412. Only `POST /tokens` does its work twice.
pub(crate) const SEND_AGAIN: &str = "send the same request again; if the first request succeeded, the second request \
                                     changes nothing, except that `POST /tokens` creates another token";

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
    #[error("{}", in_words(.0))]
    Check(Box<Report>),
    /// The change breaks the newest line, and the request does not allow a new major version.
    #[error("{}", breaks_newest(.0))]
    NeedsMajor(Box<Report>),
    /// A yanked version cannot be restored, because it is not compatible with the other versions.
    #[error("{}", in_words(.0))]
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

impl Refusal {
    /// Returns the problem code.
    pub(crate) fn code(&self) -> ProblemCode {
        match self {
            Self::SubjectNotFound(_) => ProblemCode::SubjectNotFound,
            Self::VersionNotFound { .. } => ProblemCode::VersionNotFound,
            Self::Document(diagnostics) => match diagnostics.first().map(|diagnostic| diagnostic.code) {
                Some(Code::MissingReference | Code::RemoteReference | Code::SharedId) => {
                    ProblemCode::ReferenceMissing
                }
                _ => ProblemCode::NotASchema,
            },
            Self::VersionExists { .. } => ProblemCode::VersionExists,
            Self::Exhausted { .. } => ProblemCode::VersionsExhausted,
            Self::IdTaken { .. } => ProblemCode::IdTaken,
            Self::CaseClash { .. } => ProblemCode::SubjectCaseClash,
            Self::Check(report) | Self::NeedsMajor(report) | Self::Restore(report) => match report.verdict {
                Verdict::Incompatible => ProblemCode::Incompatible,
                Verdict::Undecided => ProblemCode::Undecided,
                Verdict::Compatible => ProblemCode::VersionTooSmall,
            },
            Self::Contended { .. } => ProblemCode::Contended,
            Self::Precondition(_) => ProblemCode::PreconditionFailed,
            Self::PreconditionRequired { .. } => ProblemCode::PreconditionRequired,
            Self::Length { .. }
            | Self::Character { .. }
            | Self::Scopes { .. }
            | Self::TooManyWaivers { .. }
            | Self::NeverUsed { .. }
            | Self::Day { .. } => ProblemCode::InvalidBody,
            Self::Fingerprint { .. } => ProblemCode::InvalidPath,
            Self::TokenRequired { .. } => ProblemCode::TokenRequired,
            Self::TokenInvalid { .. } => ProblemCode::TokenInvalid,
            Self::Forbidden { .. } => ProblemCode::Forbidden,
            Self::Expired => ProblemCode::TokenExpired,
            Self::TokenNotFound { .. } => ProblemCode::TokenNotFound,
            Self::WaiverNotFound { .. } => ProblemCode::WaiverNotFound,
            Self::IssuerUnavailable { .. } => ProblemCode::IssuerUnavailable,
            Self::Busy => ProblemCode::Busy,
            Self::TooManyChecks => ProblemCode::TooManyRequests,
            Self::Store(StoreError::Unavailable(_)) => ProblemCode::StoreUnavailable,
            Self::Store(StoreError::Full(_)) => ProblemCode::StoreFull,
            Self::Store(_) | Self::Bug(_) => ProblemCode::Internal,
        }
    }

    fn detail(&self) -> String {
        // Only the log has the cause.
        if let Self::Store(StoreError::Unavailable(_)) = self {
            return "the database does not answer".to_owned();
        }
        if let Self::Store(StoreError::Full(_)) = self {
            return "the database is full".to_owned();
        }
        if let Self::Store(_) | Self::Bug(_) = self {
            return "the registry has an internal error".to_owned();
        }
        if let Self::Document(diagnostics) = self {
            return first_of(diagnostics);
        }
        self.to_string()
    }

    fn help(&self) -> String {
        match self {
            Self::SubjectNotFound(_) => {
                "to list the subjects, run `evschema list`, or send GET /schemas".to_owned()
            }
            Self::VersionNotFound { subject, .. } => {
                format!("to list the versions, run `evschema show {subject}`, or send GET /schemas/{subject}")
            }
            Self::Document(diagnostics) => diagnostics
                .first()
                .and_then(|diagnostic| diagnostic.help.clone())
                .unwrap_or_else(|| "correct the errors in `errors`".to_owned()),
            Self::VersionExists { .. } => {
                "a published version never changes; register this schema as a new version".to_owned()
            }
            Self::Exhausted { subject, .. } => {
                format!("choose a free version, and send PUT /schemas/{subject}/<version>.json")
            }
            Self::IdTaken { .. } => {
                "give this version its own `$id`, for example an `$id` that contains the version, or remove the `$id`; \
                 only versions of one subject may share an `$id`, and only while no other document refers to this `$id`"
                    .to_owned()
            }
            Self::CaseClash { other, .. } => {
                format!("use the existing name `{other}`, or choose a different name")
            }
            Self::Check(report) => check_help(report),
            Self::NeedsMajor(report) => major_help(report),
            Self::Restore(report) => format!(
                "leave this version as it is, and register its schema under a new major version: \
                 PUT /schemas/{}/<version>.json",
                report.subject
            ),
            Self::Contended { .. } => "send the same request again".to_owned(),
            Self::Precondition(_) => {
                "GET the subject, review what changed, and send the request again with the new ETag in `If-Match`; if a \
                 command of evschema sent the request, run the command again"
                    .to_owned()
            }
            Self::PreconditionRequired { subject, revision } => format!(
                "GET /schemas/{subject}, review its policy, and send the change again with `If-Match: \"{revision}\"`"
            ),
            Self::NeverUsed { .. } => {
                "send the state `yanked`, or leave out `never_used`".to_owned()
            }
            Self::Length { min, max, .. } => format!("use {min} to {max} characters"),
            Self::Character { .. } => "remove the character".to_owned(),
            Self::TokenRequired { right } => format!(
                "use a token with the scope `{right}`, in EVSCHEMA_TOKEN or as `Authorization: Bearer …`; \
                 `evschema token create` creates a token"
            ),
            Self::TokenInvalid { .. } => {
                "ask an administrator of the registry for a new token, and use it in EVSCHEMA_TOKEN or as \
                 `Authorization: Bearer …`"
                    .to_owned()
            }
            Self::Forbidden { right, .. } => {
                format!("use a token with the scope `{right}`, or with another scope that includes this right")
            }
            Self::TokenNotFound { .. } => {
                "to list the tokens, run `evschema token list`, or send GET /tokens".to_owned()
            }
            Self::Scopes { .. } => "name the scopes of the token, such as `register:commerce.`".to_owned(),
            Self::Expired => "set a later expiry time, or leave out the expiry time".to_owned(),
            Self::WaiverNotFound { subject, .. } => {
                format!("to list the waivers of the subject, send GET /schemas/{subject}/waivers")
            }
            Self::TooManyWaivers { .. } => "withdraw waivers that are no longer needed".to_owned(),
            Self::Fingerprint { .. } => {
                "use the 16 hexadecimal digits of a finding's `fingerprint`".to_owned()
            }
            Self::Day { .. } => "write the date like `2027-01-31`".to_owned(),
            Self::Store(StoreError::Full(_)) => {
                "the registry wrote nothing, and reads still work; free some space for the database, and send the \
                 request again"
                    .to_owned()
            }
            Self::IssuerUnavailable { .. } => {
                "send the same request again; the registry's log has the cause".to_owned()
            }
            Self::Busy | Self::TooManyChecks => "send the same request again in a few seconds".to_owned(),
            Self::Store(StoreError::Unavailable(_)) => SEND_AGAIN.to_owned(),
            Self::Store(_) | Self::Bug(_) => {
                "this is a bug: report it with the request id; to find the cause, search the registry's log for this id"
                    .to_owned()
            }
        }
    }
}

fn in_words(report: &Report) -> String {
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

fn check_help(report: &Report) -> String {
    if report.required_version == report.version {
        return "make the change compatible; `report` shows what breaks".to_owned();
    }
    format!(
        "register the schema as {}, or make the change compatible (mode {}, content model {})",
        report.required_version, report.mode, report.content_model
    )
}

fn breaks_newest(report: &Report) -> String {
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

fn major_help(report: &Report) -> String {
    let change =
        format!("make the change compatible (mode {}, content model {})", report.mode, report.content_model);
    let major = &report.required_version;
    // The required version may contain a number above the maximum.
    if Version::parse(&major.to_string()).is_err() {
        return change;
    }
    format!("to register the schema as {major}, send the request with `?allow=major`; otherwise, {change}")
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem = Problem::new(refusal.code(), refusal.detail()).help(refusal.help());
        if let Refusal::Document(diagnostics) = refusal {
            return problem.errors(diagnostics);
        }
        if let Refusal::Check(report) | Refusal::NeedsMajor(report) | Refusal::Restore(report) = &refusal
            && let Ok(report) = serde_json::to_value(report)
        {
            return problem.report(report);
        }
        problem
    }
}

fn first_of(diagnostics: &Diagnostics) -> String {
    match diagnostics.as_slice() {
        [] => "the document cannot be read".to_owned(),
        [only] => only.message.clone(),
        [first, rest @ ..] => format!("{} (and {} more)", first.message, rest.len()),
    }
}
