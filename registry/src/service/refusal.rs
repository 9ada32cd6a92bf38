use evschema_api::{Problem, ProblemCode};
use evschema_compat::{Report, Verdict};
use evschema_model::{Code, Coordinates, Diagnostics, Digest, Subject};

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
    /// The `$id` belongs to another version.
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
    /// Too many checks wait already.
    #[error("{} checks are waiting already", limits::CHECKS_WAITING_MAX)]
    Busy,
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
                Some(Code::MissingReference | Code::RemoteReference) => ProblemCode::ReferenceMissing,
                _ => ProblemCode::NotASchema,
            },
            Self::VersionExists { .. } => ProblemCode::VersionExists,
            Self::IdTaken { .. } => ProblemCode::IdTaken,
            Self::CaseClash { .. } => ProblemCode::SubjectCaseClash,
            Self::Check(report) => match report.verdict {
                Verdict::Incompatible => ProblemCode::Incompatible,
                Verdict::Undecided => ProblemCode::Undecided,
                Verdict::Compatible => ProblemCode::VersionTooSmall,
            },
            Self::Contended { .. } => ProblemCode::Contended,
            Self::Precondition(_) => ProblemCode::PreconditionFailed,
            Self::Length { .. } | Self::Character { .. } => ProblemCode::InvalidBody,
            Self::Busy => ProblemCode::Busy,
            Self::Store(StoreError::Unavailable(_)) => ProblemCode::StoreUnavailable,
            Self::Store(_) | Self::Bug(_) => ProblemCode::Internal,
        }
    }

    fn detail(&self) -> String {
        // The cause goes to the log, not to the client.
        if let Self::Store(StoreError::Unavailable(_)) = self {
            return "the database does not answer".to_owned();
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
            Self::IdTaken { .. } => {
                "give this version an `$id` of its own, for example with the version in it, or none"
                    .to_owned()
            }
            Self::CaseClash { other, .. } => format!("register it as `{other}`, or choose another name"),
            Self::Check(report) => check_help(report),
            Self::Contended { .. } => "send the same request again".to_owned(),
            Self::Precondition(_) => {
                "GET the subject, look at what changed, and send its new ETag".to_owned()
            }
            Self::Length { max, .. } => format!("say it in at most {max} characters"),
            Self::Character { .. } => "leave the character out".to_owned(),
            Self::Busy => "send the same request again in a few seconds".to_owned(),
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

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem = Problem::new(refusal.code(), refusal.detail()).help(refusal.help());
        if let Refusal::Document(diagnostics) = refusal {
            return problem.errors(diagnostics);
        }
        if let Refusal::Check(report) = &refusal
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
