use std::fmt;

use serde::{Deserialize, Serialize};

/// The compatibility mode: the directions that a check compares, and the earlier versions that it compares with. A
/// line is all versions with the same major number (for 0.x, the same minor number).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Readers of the new version must accept the events of the latest version of the line.
    Backward,
    /// Readers of the new version must accept the events of every version of the line. A replay of old events needs
    /// this mode.
    #[default]
    BackwardTransitive,
    /// Readers of the latest version of the line must accept the events of the new version.
    Forward,
    /// Readers of every version of the line must accept the events of the new version.
    ForwardTransitive,
    /// Both directions, with the latest version of the line.
    Full,
    /// Both directions, with every version of the line.
    FullTransitive,
    /// The check compares nothing.
    None,
}

/// The rule for undeclared properties: whether writers send them, and whether readers ignore them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentModel {
    /// Writers may send every event that their schema accepts.
    Strict,
    /// Writers send only properties that their schema declares.
    #[default]
    Lenient,
    /// As `lenient`; in addition, readers ignore undeclared properties, even if their schema has
    /// `additionalProperties: false`.
    Tolerant,
}

/// The error for a text that names no [`Mode`] or [`ContentModel`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not one of {known}")]
pub struct ParseNameError {
    /// The name as written.
    pub name: String,
    /// The allowed names.
    pub known: String,
}

/// The rules for the versions of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SubjectPolicy {
    /// The compatibility mode.
    pub mode: Mode,
    /// The content model.
    pub content_model: ContentModel,
}

impl SubjectPolicy {
    /// Returns whether this policy can accept a change that `before` rejects. Such a policy checks fewer directions, no
    /// longer checks every version of the line, or has a less strict content model.
    pub fn is_looser_than(self, before: Self) -> bool {
        !self.mode.is_at_least(before.mode) || !self.content_model.is_at_least(before.content_model)
    }
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 7] = [
        Self::Backward,
        Self::BackwardTransitive,
        Self::Forward,
        Self::ForwardTransitive,
        Self::Full,
        Self::FullTransitive,
        Self::None,
    ];

    /// Returns the name of the mode in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Backward => "backward",
            Self::BackwardTransitive => "backward_transitive",
            Self::Forward => "forward",
            Self::ForwardTransitive => "forward_transitive",
            Self::Full => "full",
            Self::FullTransitive => "full_transitive",
            Self::None => "none",
        }
    }

    /// Returns whether new readers must accept old events.
    pub fn checks_backward(self) -> bool {
        matches!(self, Self::Backward | Self::BackwardTransitive | Self::Full | Self::FullTransitive)
    }

    /// Returns whether old readers must accept new events.
    pub fn checks_forward(self) -> bool {
        matches!(self, Self::Forward | Self::ForwardTransitive | Self::Full | Self::FullTransitive)
    }

    /// Returns whether this mode rejects at least everything that the other one rejects.
    ///
    /// ```
    /// use evschema_model::Mode;
    /// assert!(Mode::FullTransitive.is_at_least(Mode::Backward));
    /// assert!(!Mode::Full.is_at_least(Mode::BackwardTransitive));
    /// ```
    pub fn is_at_least(self, other: Self) -> bool {
        (self.checks_backward() || !other.checks_backward())
            && (self.checks_forward() || !other.checks_forward())
            && (self.is_transitive() || !other.is_transitive())
    }

    /// Returns whether every version of the line is a baseline, not only the latest.
    pub fn is_transitive(self) -> bool {
        matches!(self, Self::BackwardTransitive | Self::ForwardTransitive | Self::FullTransitive)
    }
}

impl ContentModel {
    /// Every content model, strictest first.
    pub const ALL: [Self; 3] = [Self::Strict, Self::Lenient, Self::Tolerant];

    /// Returns whether this model rejects at least everything that the other one rejects.
    pub fn is_at_least(self, other: Self) -> bool {
        // The variants are declared in this order, strictest first.
        self <= other
    }

    /// Returns the name of the content model in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Lenient => "lenient",
            Self::Tolerant => "tolerant",
        }
    }
}

macro_rules! named {
    ($($type:ty),*) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = ParseNameError;
            /// Parses the name. Upper and lower case make no difference: `BACKWARD` and `backward` are the same.
            fn from_str(text: &str) -> Result<Self, ParseNameError> {
                Self::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(text)).ok_or_else(|| {
                    let known = Self::ALL.map(|known| format!("`{known}`")).join(", ");
                    ParseNameError { name: text.to_owned(), known }
                })
            }
        }
    )*};
}
named!(Mode, ContentModel);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_looser_if_it_checks_less() {
        use ContentModel::{Lenient, Strict, Tolerant};
        use Mode::{Backward, BackwardTransitive, Forward, Full, FullTransitive, None};
        let policy = |(mode, content_model)| SubjectPolicy { mode, content_model };
        for (before, after, is_looser) in [
            ((BackwardTransitive, Lenient), (Backward, Lenient), true),
            ((Backward, Lenient), (BackwardTransitive, Lenient), false),
            ((Full, Lenient), (Backward, Lenient), true),
            ((Full, Lenient), (Forward, Lenient), true),
            ((Backward, Lenient), (Full, Lenient), false),
            ((Backward, Lenient), (None, Lenient), true),
            ((None, Lenient), (Backward, Lenient), false),
            // One direction more, and fewer versions.
            ((BackwardTransitive, Lenient), (Full, Lenient), true),
            ((BackwardTransitive, Lenient), (FullTransitive, Lenient), false),
            ((Backward, Strict), (Backward, Lenient), true),
            ((Backward, Lenient), (Backward, Tolerant), true),
            ((Backward, Tolerant), (Backward, Strict), false),
            ((Backward, Lenient), (Backward, Lenient), false),
        ] {
            assert_eq!(policy(after).is_looser_than(policy(before)), is_looser, "{before:?} -> {after:?}");
        }
    }
}
