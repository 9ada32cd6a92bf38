use std::fmt;

use crate::error::Error;

/// Why an event could not be decoded as one of the generated versions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnyError {
    /// The event is of this version, and the version's schema rejects it. Also returned if the bytes are not JSON.
    Refused {
        /// The version whose schema rejects the event.
        version: &'static str,
        /// The reasons.
        error: Error,
    },
    /// The hint names a version that is newer than this code, and no type of its line can read the event. Retry after a
    /// deployment of code that knows the version.
    NewerThanKnown {
        /// The version or line that the hint names.
        version: String,
        /// The newest known version of its line. If the code knows no version of its line, the newest known version.
        newest: &'static str,
        /// Why the newest known version of its line rejects the event; `None` if the code knows no version of its line.
        error: Option<Error>,
    },
    /// The hint names an older version for which no type was generated.
    NotGenerated {
        /// The version or line that the hint names.
        version: String,
        /// The generated versions.
        known: Vec<&'static str>,
    },
    /// The `dataschema` names a schema of another subject.
    OtherSubject {
        /// The subject of the `dataschema`.
        subject: String,
        /// The subject of the generated types.
        expected: &'static str,
    },
    /// No hint names the version, and the event could be of each of these versions.
    Ambiguous {
        /// The versions.
        versions: Vec<&'static str>,
    },
    /// No hint names the version, and the content fits none of these versions.
    NoVersionMatches {
        /// The generated versions that the hint leaves.
        known: Vec<&'static str>,
    },
    /// The hint names no known version, and the bytes are not JSON.
    NotJson(Error),
}

impl AnyError {
    /// Returns whether newer code may be able to decode the event. Then keep the event, and retry after a deployment.
    #[must_use]
    pub fn is_newer_than_known(&self) -> bool {
        matches!(self, Self::NewerThanKnown { .. })
    }
}

impl fmt::Display for AnyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
        match self {
            Self::Refused { version, error } => write!(f, "not an event of version `{version}`: {error}"),
            Self::NewerThanKnown { version, newest, error: Some(error) } => write!(
                f,
                "version `{version}` is newer than this code, and version `{newest}` cannot read the event: {error}"
            ),
            Self::NewerThanKnown { version, newest, error: None } => {
                write!(
                    f,
                    "version `{version}` is of a newer line than version `{newest}`, the newest that this code knows"
                )
            }
            Self::NotGenerated { version, known } => {
                write!(
                    f,
                    "no type was generated for version `{version}`, only for {}",
                    list(known).join(", ")
                )
            }
            Self::OtherSubject { subject, expected } => {
                write!(f, "the `dataschema` names the subject `{subject}`, not `{expected}`")
            }
            Self::Ambiguous { versions } => write!(
                f,
                "the event could be of version {}; pass its `dataschema` or its type",
                list(versions).join(" or ")
            ),
            Self::NoVersionMatches { known } => {
                write!(f, "the content fits no known version: {}", list(known).join(", "))
            }
            Self::NotJson(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for AnyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused { error, .. }
            | Self::NewerThanKnown { error: Some(error), .. }
            | Self::NotJson(error) => Some(error),
            Self::NewerThanKnown { error: None, .. }
            | Self::NotGenerated { .. }
            | Self::OtherSubject { .. }
            | Self::Ambiguous { .. }
            | Self::NoVersionMatches { .. } => None,
        }
    }
}
