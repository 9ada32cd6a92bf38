use std::fmt;

use evschema_model::Subject;

/// The right that a request needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Right {
    /// The right to read.
    Read,
    /// The right to register versions of this subject.
    Register(Subject),
    /// The right to grant waivers for this subject.
    Waive(Subject),
    /// The right to change the policy of an existing subject.
    Policy,
    /// The right to administrate the registry.
    Admin,
}

impl Right {
    /// Returns the scope that gives this right, without its prefix.
    pub(crate) fn scope(&self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Register(_) => "register",
            Self::Waive(_) => "waive",
            Self::Policy | Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Right {
    /// Writes the smallest scope that gives this right.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read => f.write_str("read"),
            Self::Register(subject) => write!(f, "register:{subject}"),
            Self::Waive(subject) => write!(f, "waive:{subject}"),
            Self::Policy | Self::Admin => f.write_str("admin"),
        }
    }
}
