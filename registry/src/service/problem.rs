//! Translates a [`Refusal`] into a [`Problem`], with its code, its detail and its help.

use evschema_api::{Problem, ProblemCode};
use evschema_compat::{Report, Verdict};
use evschema_model::{Code, Diagnostics, Version};

use super::refusal::Refusal;
use crate::store::StoreError;

/// The help for a request that may have succeeded although the client got no answer.
///
/// A repeated registration, waiver, change of state or revocation changes nothing. A repeated withdrawal of a waiver
/// gets 404, and a repeated change of a subject with a precondition gets 412. Only `POST /tokens` does its work twice.
pub(crate) const SEND_AGAIN: &str = "send the same request again; if the first request succeeded, the second request \
                                     changes nothing, except that `POST /tokens` creates another token";

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
        // The answer leaves out the cause; only the log contains it.
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

fn check_help(report: &Report) -> String {
    if report.required_version == report.version {
        return "make the change compatible; `report` shows what breaks".to_owned();
    }
    format!(
        "register the schema as {}, or make the change compatible (mode {}, content model {})",
        report.required_version, report.mode, report.content_model
    )
}

fn major_help(report: &Report) -> String {
    let change =
        format!("make the change compatible (mode {}, content model {})", report.mode, report.content_model);
    let major = &report.required_version;
    // The help must not name a version with a number above the maximum.
    if Version::parse(&major.to_string()).is_err() {
        return change;
    }
    format!("to register the schema as {major}, send the request with `?allow=major`; otherwise, {change}")
}

fn first_of(diagnostics: &Diagnostics) -> String {
    match diagnostics.as_slice() {
        [] => "the document cannot be read".to_owned(),
        [only] => only.message.clone(),
        [first, rest @ ..] => format!("{} (and {} more)", first.message, rest.len()),
    }
}
