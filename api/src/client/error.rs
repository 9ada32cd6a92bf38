use crate::Problem;

/// Why a request to the registry came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The registry refuses, and says why.
    #[error(transparent)]
    Problem(Box<Problem>),
    /// Nothing answered.
    #[error("no answer from `{url}`: {why}")]
    Unreachable {
        /// The registry's base URL.
        url: String,
        /// What the connection said.
        why: String,
    },
    /// Something answered that is not this version's registry.
    #[error("unexpected answer from `{url}` with status {status}: {why}; the answer begins with `{excerpt}`")]
    Unexpected {
        /// The registry's base URL.
        url: String,
        /// The HTTP status.
        status: u16,
        /// What was expected.
        why: String,
        /// The beginning of the answer.
        excerpt: String,
    },
}

impl ClientError {
    /// Returns what the registry says, if it was the registry that refused.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            Self::Unreachable { .. } | Self::Unexpected { .. } => None,
        }
    }
}
