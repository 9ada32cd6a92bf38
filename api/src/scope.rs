use std::fmt;
use std::str::FromStr;

use evschema_model::Subject;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A right that a token has. Every token allows reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Reads, and nothing else.
    Read,
    /// Registers, deprecates and yanks versions, and creates subjects, for example `register:commerce.`.
    Register(SubjectPrefix),
    /// Allows a breaking change: with a waiver, or by marking a yanked version as never used. For example
    /// `waive:commerce.`.
    Waive(SubjectPrefix),
    /// Allows everything, including tokens and new policies for existing subjects.
    Admin,
}

/// The subjects that a scope covers.
///
/// `commerce.` covers all subjects whose name begins with `commerce.`. `commerce` covers the same subjects and the
/// subject `commerce` itself. `commerce.or*` covers all subjects whose name begins with `commerce.or`, and `*` covers
/// every subject. Upper and lower case make no difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectPrefix(String);

/// An error: the text is not a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a scope; scopes are `read`, `admin`, and, for the subjects that begin with `commerce.`, \
     `register:commerce.` and `waive:commerce.`"
)]
pub struct ScopeError {
    text: String,
}

impl Scope {
    /// Whether the scope allows a client to register versions of this subject.
    pub fn allows_register(&self, subject: &Subject) -> bool {
        match self {
            Self::Admin => true,
            Self::Register(prefix) => prefix.covers(subject),
            Self::Read | Self::Waive(_) => false,
        }
    }

    /// Whether the scope allows a client to accept a breaking change of this subject.
    pub fn allows_waive(&self, subject: &Subject) -> bool {
        match self {
            Self::Admin => true,
            Self::Waive(prefix) => prefix.covers(subject),
            Self::Read | Self::Register(_) => false,
        }
    }
}

impl SubjectPrefix {
    /// The maximum length of a prefix, in characters. The longest prefix is the longest subject with a star.
    const CHARS_MAX: usize = Subject::BYTES_MAX + 1;

    /// Returns the prefix of every subject, `*`.
    pub fn every() -> Self {
        Self("*".to_owned())
    }

    fn parse(text: &str) -> Option<Self> {
        let name = text.strip_suffix('*').unwrap_or(text);
        let fit = text.len() <= Self::CHARS_MAX
            && !text.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        fit.then(|| Self(text.to_owned()))
    }

    fn covers(&self, subject: &Subject) -> bool {
        let (prefix, name) = (self.0.to_ascii_lowercase(), subject.folded());
        if let Some(beginning) = prefix.strip_suffix('*') {
            return name.starts_with(beginning);
        }
        let Some(rest) = name.strip_prefix(&prefix) else { return false };
        rest.is_empty() || prefix.ends_with('.') || rest.starts_with('.')
    }
}

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let refused = || ScopeError { text: text.chars().filter(|c| !c.is_control()).take(200).collect() };
        match text.split_once(':') {
            None if text == "read" => Ok(Self::Read),
            None if text == "admin" => Ok(Self::Admin),
            Some(("register", prefix)) => {
                SubjectPrefix::parse(prefix).map(Self::Register).ok_or_else(refused)
            }
            Some(("waive", prefix)) => SubjectPrefix::parse(prefix).map(Self::Waive).ok_or_else(refused),
            None | Some(_) => Err(refused()),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read => f.write_str("read"),
            Self::Register(SubjectPrefix(prefix)) => write!(f, "register:{prefix}"),
            Self::Waive(SubjectPrefix(prefix)) => write!(f, "waive:{prefix}"),
            Self::Admin => f.write_str("admin"),
        }
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_at_the_end_of_a_word() {
        for (scope, subject, covered) in [
            ("register:commerce.", "commerce.order", true),
            ("register:commerce.", "Commerce.Order", true),
            ("register:Commerce.", "commerce.order", true),
            ("register:commerce.", "commerce", false),
            ("register:commerce", "commerce", true),
            ("register:commerce", "commerce.order", true),
            ("register:commerce", "commercetools.order", false),
            ("register:commerce*", "commercetools.order", true),
            ("register:commerce.or*", "commerce.order", true),
            ("register:commerce.or*", "commerce.payment", false),
            ("register:*", "anything", true),
            ("admin", "anything", true),
            ("read", "commerce", false),
            ("waive:*", "commerce", false),
        ] {
            let parsed: Scope = scope.parse().unwrap();
            assert_eq!(parsed.to_string(), scope);
            assert_eq!(
                parsed.allows_register(&Subject::parse(subject).unwrap()),
                covered,
                "{scope} {subject}"
            );
        }
        let waive: Scope = "waive:a.".parse().unwrap();
        assert!(waive.allows_waive(&Subject::parse("a.b").unwrap()));
    }

    #[test]
    fn invalid_scopes() {
        for text in [
            "",
            "write",
            "register",
            "register:",
            "register:a b",
            "register:*a",
            "admin:x",
            "Read",
            "waive:é",
        ] {
            assert!(text.parse::<Scope>().is_err(), "{text}");
        }
    }
}
