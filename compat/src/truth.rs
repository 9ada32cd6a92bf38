//! Three-valued answers.

/// Whether a statement is true, if the engine knows. The operations follow the three-valued logic of Kleene.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    Yes,
    No,
    /// The engine does not know. For example, it cannot run a pattern, or the fuel is used up.
    Unknown,
}

impl Truth {
    /// Returns `Yes` or `No`.
    pub(crate) fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    /// Returns whether both statements are true. Returns `No` if one of them is `No`, even if the other one is
    /// `Unknown`.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            (Self::Yes | Self::Unknown, Self::Yes | Self::Unknown) => Self::Unknown,
        }
    }

    /// Returns whether at least one of the statements is true.
    pub(crate) fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    /// Returns the opposite; the opposite of `Unknown` is `Unknown`.
    pub(crate) fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }
}
