use crate::problem::Problem;

/// An error of a request to the registry.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The registry rejected the request, with a reason.
    #[error(transparent)]
    Problem(Box<Problem>),
    /// No answer arrived.
    #[error("no answer from `{url}`: {why}")]
    Unreachable {
        /// The registry's base URL.
        url: String,
        /// The error of the connection.
        why: String,
    },
    /// The answer is not the answer of a registry of this version.
    #[error("unexpected answer from `{url}` with status {status}: {why}; the answer begins with `{excerpt}`")]
    Unexpected {
        /// The registry's base URL.
        url: String,
        /// The HTTP status.
        status: u16,
        /// The reason why the answer is unexpected.
        why: String,
        /// The beginning of the answer.
        excerpt: String,
    },
}

impl ClientError {
    /// Returns the problem, if the registry rejected the request.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            Self::Unreachable { .. } | Self::Unexpected { .. } => None,
        }
    }
}
