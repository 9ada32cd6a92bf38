//! The name of a document.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::subject::Subject;
use crate::version::Version;

/// A subject and one of its versions: the name of one document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Coordinates {
    /// The subject.
    pub subject: Subject,
    /// The version.
    pub version: Version,
}

impl fmt::Display for Coordinates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.subject, self.version)
    }
}
