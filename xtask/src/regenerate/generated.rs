//! The files that a generator returns.

use std::path::PathBuf;

/// The files of one generator, or the error that stopped it.
pub(crate) type Files = Result<Vec<Generated>, Box<dyn std::error::Error>>;

/// A generated file.
pub(crate) struct Generated {
    /// The path, relative to the root of the repository.
    pub(crate) path: PathBuf,
    /// The content.
    pub(crate) text: String,
}
