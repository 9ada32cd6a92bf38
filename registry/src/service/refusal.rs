use std::borrow::Cow;

use evschema_api::{Problem, ProblemCode, State};
use evschema_compat::{Report, Verdict};
use evschema_model::{Code, Coordinates, Diagnostics, Digest, Subject, Version};

use super::Right;
use crate::limits;
use crate::store::StoreError;

/// Why the registry does not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// There is no such subject.
    #[error("there is no subject `{0}`")]
    SubjectNotFound(Subject),
    /// The subject has no such version, or none that a range matches.
    #[error("`{subject}` has no version {wanted}")]
    VersionNotFound {
        /// The subject.
        subject: Subject,
        /// The version, or what was asked for.
        wanted: String,
    },
    /// The document is no schema, or refers to what is not there.
    #[error("the schema cannot be registered")]
    Document(Diagnostics),
    /// The version has another content.
    #[error("`{at}` is registered with another content: {registered} there, {sent} sent")]
    VersionExists {
        /// The version.
        at: Coordinates,
        /// Digest of what is there.
        registered: Digest,
        /// Digest of what was sent.
        sent: Digest,
    },
    /// No version follows those that are there.
    #[error(
        "the next version of `{subject}` would be {next}, and no number is above {}",
        Version::NUMBER_MAX
    )]
    Exhausted {
        /// The subject.
        subject: Subject,
        /// The version that cannot be.
        next: Version,
    },
    /// The `$id` belongs to another subject, or others mean a version by it.
    #[error("`$id` `{id}` belongs to `{owner}`")]
    IdTaken {
        /// The `$id`.
        id: String,
        /// The version it belongs to.
        owner: Coordinates,
    },
    /// A subject of the same letters exists.
    #[error("`{subject}` differs from `{other}` only in upper and lower case")]
    CaseClash {
        /// The refused subject.
        subject: Subject,
        /// The one that is there.
        other: Subject,
    },
    /// The check refuses.
    #[error("{}", in_words(.0))]
    Check(Box<Report>),
    /// The change breaks the newest line, and the request asks for no new major.
    #[error("{}", breaks_newest(.0))]
    NeedsMajor(Box<Report>),
    /// A yanked version is to come back, and no longer fits the others.
    #[error("{}", in_words(.0))]
    ComesBack(Box<Report>),
    /// Whether a token is an issuer's cannot be found out.
    #[error("the keys of `{issuer}` are not known, and it does not tell them")]
    IssuerAway {
        /// The issuer.
        issuer: String,
    },
    /// Others kept changing the subject.
    #[error(
        "`{subject}` was changed by others {} times while this was being decided",
        limits::APPEND_ATTEMPTS_MAX
    )]
    Contended {
        /// The subject.
        subject: Subject,
    },
    /// The subject is not as the request demands.
    #[error("{0}")]
    Precondition(String),
    /// The policy of a subject is to change, and the request does not say which revision it has seen.
    #[error(
        "another policy for `{subject}`, which is at revision {revision}, needs `If-Match` with its ETag"
    )]
    PreconditionRequired {
        /// The subject.
        subject: Subject,
        /// Its revision.
        revision: u64,
    },
    /// A version is to count as never used without being yanked.
    #[error("`never_used` is true, and the state is `{state}`")]
    NeverUsed {
        /// The state.
        state: State,
    },
    /// A text of the request is too long or empty.
    #[error("{what} has {chars} characters, of {min} to {max}")]
    Length {
        /// Which text.
        what: &'static str,
        /// Its length.
        chars: usize,
        /// The shortest it may be.
        min: usize,
        /// The longest it may be.
        max: usize,
    },
    /// A text of the request holds a character that no text may have.
    #[error("{what} holds the character U+0000")]
    Character {
        /// Which text.
        what: &'static str,
    },
    /// Nobody knows who asks, and this is not for everybody.
    #[error("this needs a token")]
    TokenRequired {
        /// What for.
        right: Right,
    },
    /// The token is none that counts.
    #[error("the token that was sent is not valid: {why}")]
    TokenInvalid {
        /// Why not.
        why: Cow<'static, str>,
    },
    /// The token does not allow it.
    #[error("the token `{token}` does not have the scope `{right}`")]
    Forbidden {
        /// The token's name.
        token: String,
        /// What it would take.
        right: Right,
    },
    /// There is no such token.
    #[error("there is no token `{id}`")]
    TokenNotFound {
        /// What was asked for.
        id: String,
    },
    /// A token has no scope, or too many.
    #[error("a token has {count} scopes, of 1 to {}", limits::SCOPES_MAX)]
    Scopes {
        /// How many.
        count: usize,
    },
    /// A token would end before it begins.
    #[error("the token would have expired already")]
    Expired,
    /// There is no such waiver.
    #[error("`{subject}` has no waiver of `{fingerprint}`")]
    WaiverNotFound {
        /// The subject.
        subject: Subject,
        /// The finding.
        fingerprint: String,
    },
    /// The subject has as many waivers as it may.
    #[error("`{subject}` has {} waivers, which is the most", limits::WAIVERS_MAX)]
    TooManyWaivers {
        /// The subject.
        subject: Subject,
    },
    /// A text is no finding's fingerprint.
    #[error("`{text}` is not a fingerprint")]
    Fingerprint {
        /// The text.
        text: String,
    },
    /// A text is no day.
    #[error("`{text}` is not a day")]
    Day {
        /// The text.
        text: String,
    },
    /// Too many checks wait already.
    #[error("{} checks are waiting already", limits::CHECKS_WAITING_MAX)]
    Busy,
    /// Too many checks of this client wait already.
    #[error("{} checks of this client are waiting already", limits::CHECKS_WAITING_OF_CLIENT_MAX)]
    TooManyChecks,
    /// The store cannot answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that cannot happen.
    #[error("{0}")]
    Bug(String),
}

impl Refusal {
    /// Returns the code under which programs know the refusal.
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
            Self::Check(report) | Self::NeedsMajor(report) | Self::ComesBack(report) => {
                match report.verdict {
                    Verdict::Incompatible => ProblemCode::Incompatible,
                    Verdict::Undecided => ProblemCode::Undecided,
                    Verdict::Compatible => ProblemCode::VersionTooSmall,
                }
            }
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
            Self::IssuerAway { .. } => ProblemCode::IssuerUnavailable,
            Self::Busy => ProblemCode::Busy,
            Self::TooManyChecks => ProblemCode::TooManyRequests,
            Self::Store(StoreError::Unavailable(_)) => ProblemCode::StoreUnavailable,
            Self::Store(StoreError::Full(_)) => ProblemCode::StoreFull,
            Self::Store(_) | Self::Bug(_) => ProblemCode::Internal,
        }
    }

    fn detail(&self) -> String {
        // The cause goes to the log, not to the client.
        if let Self::Store(StoreError::Unavailable(_)) = self {
            return "the database does not answer".to_owned();
        }
        if let Self::Store(StoreError::Full(_)) = self {
            return "the database has no room for this".to_owned();
        }
        if let Self::Store(_) | Self::Bug(_) = self {
            return "something went wrong in the registry".to_owned();
        }
        if let Self::Document(diagnostics) = self {
            return first_of(diagnostics);
        }
        self.to_string()
    }

    fn help(&self) -> String {
        match self {
            Self::SubjectNotFound(_) => "GET /schemas lists the subjects there are".to_owned(),
            Self::VersionNotFound { subject, .. } => {
                format!("GET /schemas/{subject} lists the versions there are")
            }
            Self::Document(diagnostics) => diagnostics
                .first()
                .and_then(|diagnostic| diagnostic.help.clone())
                .unwrap_or_else(|| "mend what `errors` lists".to_owned()),
            Self::VersionExists { .. } => {
                "a published version never changes; register this content under a new version".to_owned()
            }
            Self::Exhausted { subject, .. } => {
                format!("name a version that is free: PUT /schemas/{subject}/<version>.json")
            }
            Self::IdTaken { .. } => {
                "give this version an `$id` of its own, for example with the version in it, or none; only versions of \
                 one subject may share an `$id`, and only until another document refers to it"
                    .to_owned()
            }
            Self::CaseClash { other, .. } => format!("register it as `{other}`, or choose another name"),
            Self::Check(report) => check_help(report),
            Self::NeedsMajor(report) => major_help(report),
            Self::ComesBack(report) => format!(
                "leave it as it is, because a published version never changes; PUT its content as a version of a new \
                 major: /schemas/{}/<version>.json",
                report.subject
            ),
            Self::Contended { .. } => "send the same request again".to_owned(),
            Self::Precondition(_) => {
                "GET the subject, look at what changed, and send its new ETag".to_owned()
            }
            Self::PreconditionRequired { subject, revision } => format!(
                "GET /schemas/{subject}, look at its policy, and send the change with `If-Match: \"{revision}\"`"
            ),
            Self::NeverUsed { .. } => {
                "send it with the state `yanked`, or leave `never_used` out".to_owned()
            }
            Self::Length { max, .. } => format!("say it in at most {max} characters"),
            Self::Character { .. } => "leave the character out".to_owned(),
            Self::TokenRequired { right } => format!(
                "send `Authorization: Bearer …` with a token of scope `{right}`; `evschema token create` makes one"
            ),
            Self::TokenInvalid { .. } => {
                "ask whoever looks after the registry for a token, and send it as `Authorization: Bearer …`"
                    .to_owned()
            }
            Self::Forbidden { right, .. } => {
                format!("use a token with the scope `{right}`, or one that covers it")
            }
            Self::TokenNotFound { .. } => "GET /tokens lists them".to_owned(),
            Self::Scopes { .. } => "name what it is to allow, such as `register:commerce.`".to_owned(),
            Self::Expired => "name a later `expires_at`, or none".to_owned(),
            Self::WaiverNotFound { subject, .. } => format!("GET /schemas/{subject}/waivers lists them"),
            Self::TooManyWaivers { .. } => "withdraw those that have had their day".to_owned(),
            Self::Fingerprint { .. } => {
                "take the 16 hexadecimal digits that a report calls `fingerprint`".to_owned()
            }
            Self::Day { .. } => "write it as `2027-01-31`".to_owned(),
            Self::Store(StoreError::Full(_)) => {
                "nothing was written and reading goes on; make room for the database, then send it again"
                    .to_owned()
            }
            Self::IssuerAway { .. } => {
                "send the same request again; the log says what the issuer answers".to_owned()
            }
            Self::Busy | Self::TooManyChecks => "send the same request again in a few seconds".to_owned(),
            Self::Store(StoreError::Unavailable(_)) => {
                "nothing was changed unless a later read shows it; send the same request again".to_owned()
            }
            Self::Store(_) | Self::Bug(_) => {
                "this is a bug; report it with the request id, under which the log has more".to_owned()
            }
        }
    }
}

fn in_words(report: &Report) -> String {
    let at = format!("`{}@{}`", report.subject, report.version);
    let first = report.findings.first().map_or(String::new(), |finding| format!(": {}", finding.message));
    match report.verdict {
        Verdict::Incompatible => format!("{at} is incompatible{first}"),
        Verdict::Undecided => format!("whether {at} is compatible could not be decided{first}"),
        Verdict::Compatible => format!(
            "{at} is too small a step: the change is {} and deserves {}",
            report.required_bump, report.deserved_version
        ),
    }
}

fn check_help(report: &Report) -> String {
    if report.deserved_version == report.version {
        return "change the schema so that it stays compatible; `report` shows what breaks".to_owned();
    }
    format!(
        "register it as {}, or change the schema so that it stays compatible (mode {}, content model {})",
        report.deserved_version, report.mode, report.content_model
    )
}

fn breaks_newest(report: &Report) -> String {
    let what = match report.verdict {
        Verdict::Incompatible => "the change breaks the newest line of",
        Verdict::Undecided => "the registry cannot decide whether the change breaks the newest line of",
        Verdict::Compatible => "the change needs a new major version of",
    };
    let first = report.findings.iter().find(|finding| finding.waived.is_none());
    let first = first.map_or(String::new(), |finding| format!(": {}", finding.message));
    format!("{what} `{}`{first}", report.subject)
}

fn major_help(report: &Report) -> String {
    let change = format!(
        "change the schema so that it stays compatible (mode {}, content model {})",
        report.mode, report.content_model
    );
    let major = &report.deserved_version;
    // No number is above some.
    if Version::parse(&major.to_string()).is_err() {
        return change;
    }
    format!("send it with `?allow=major` to register it as {major}, or {change}")
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem = Problem::new(refusal.code(), refusal.detail()).help(refusal.help());
        if let Refusal::Document(diagnostics) = refusal {
            return problem.errors(diagnostics);
        }
        if let Refusal::Check(report) | Refusal::NeedsMajor(report) | Refusal::ComesBack(report) = &refusal
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
        [first, rest @ ..] => format!("{}, and {} more", first.message, rest.len()),
    }
}
