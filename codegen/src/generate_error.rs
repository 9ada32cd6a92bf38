//! The error type for the generation of code.

use std::fmt;

use crate::disk::Problem;

/// The problems that prevent the generation of code. The list has at least one problem.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct GenerateError {
    /// The problems, in the order of the selection.
    pub problems: Vec<Problem>,
}

impl GenerateError {
    pub(crate) fn new(problems: Vec<Problem>) -> Self {
        Self { problems }
    }
}

impl fmt::Display for GenerateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.problems.iter().enumerate() {
            let separator = if number == 0 { "" } else { "\n" };
            write!(f, "{separator}{}: {}", problem.path.display(), problem.diagnostic)?;
        }
        Ok(())
    }
}

impl std::error::Error for GenerateError {}
