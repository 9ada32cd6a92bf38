use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of one type of event, such as `commerce.order.placed`. All its versions belong to the subject.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subject(String);

/// The error for a text that is not a [`Subject`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// The name is empty.
    #[error("a subject needs at least one character")]
    Empty,
    /// The name is longer than [`Subject::BYTES_MAX`].
    #[error("a subject has at most {} characters; this one has {bytes}", Subject::BYTES_MAX)]
    TooLong {
        /// The length of the rejected name in bytes.
        bytes: usize,
    },
    /// A character outside `A-Z a-z 0-9 _ . -`, or `.` or `-` at the beginning.
    #[error(
        "a subject cannot have `{found}` as character {at}; allowed are letters, digits and `_`, and after \
         the first character also `.` and `-`"
    )]
    Character {
        /// The position of the character, counted from one.
        at: usize,
        /// The character.
        found: char,
    },
    /// Windows cannot have a folder with this name.
    #[error("Windows cannot store a folder of this name: {why}")]
    NotStorable {
        /// The reason.
        why: &'static str,
    },
}

/// Names of Windows devices. Windows has no file with such a name, even if a dot and other characters follow.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

impl Subject {
    /// The maximum length of a name in bytes, so that a subject fits in a file name and an index key.
    pub const BYTES_MAX: usize = 128;

    /// Parses a subject.
    ///
    /// # Errors
    ///
    /// If the text does not match `[A-Za-z0-9_][A-Za-z0-9._-]{0,127}`, or Windows cannot have a folder with this name.
    /// Such a name ends with a dot, or its part before the first dot is a device: `con`, `prn`, `aux`, `nul`, `com1` to
    /// `com9` or `lpt1` to `lpt9`.
    ///
    /// ```
    /// use evschema_model::Subject;
    /// assert!(Subject::parse("commerce.order.placed").is_ok());
    /// assert!(Subject::parse("../etc/passwd").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, SubjectError> {
        if text.is_empty() {
            return Err(SubjectError::Empty);
        }
        if Self::BYTES_MAX < text.len() {
            return Err(SubjectError::TooLong { bytes: text.len() });
        }
        match text.chars().enumerate().find(|(at, c)| !is_allowed(*at, *c)) {
            Some((at, found)) => Err(SubjectError::Character { at: at + 1, found }),
            None if text.ends_with('.') => Err(SubjectError::NotStorable { why: "it ends with a dot" }),
            None if is_device(text) => {
                Err(SubjectError::NotStorable { why: "it begins with the name of a Windows device" })
            }
            None => Ok(Self(text.to_owned())),
        }
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name in lower case. Two subjects must differ in this form, because some file systems ignore case.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

fn is_allowed(at: usize, c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || (0 < at && (c == '.' || c == '-'))
}

/// Returns whether the part before the first dot is the name of a device.
fn is_device(text: &str) -> bool {
    let first = text.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_port = |name: &str| matches!(name.as_bytes(), [b'1'..=b'9']);
    DEVICES.contains(&first.as_str())
        || ["com", "lpt"].iter().any(|port| first.strip_prefix(port).is_some_and(is_port))
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Subject {
    type Err = SubjectError;
    fn from_str(text: &str) -> Result<Self, SubjectError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Subject {
    type Error = SubjectError;
    fn try_from(text: String) -> Result<Self, SubjectError> {
        Self::parse(&text)
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_their_near_misses() {
        let long = "a".repeat(128);
        for good in [
            "a",
            "_x",
            "9",
            "a.con",
            "console",
            "com",
            "com10",
            "lpt0",
            "commerce.order.placed",
            "a..b",
            "A-b_c.9",
            long.as_str(),
        ] {
            assert_eq!(Subject::parse(good).map(String::from).as_deref(), Ok(good));
        }
        let too_long = "a".repeat(129);
        for bad in ["", ".", "..", "-a", ".a", "a/b", "a b", "é", "a\0", "a%2e", "a:b", too_long.as_str()] {
            assert!(Subject::parse(bad).is_err(), "{bad}");
        }
        for not_storable in ["con", "CON", "con.x", "nul", "com1", "Lpt9.a", "a.", "a.."] {
            let refused = Subject::parse(not_storable);
            assert!(matches!(refused, Err(SubjectError::NotStorable { .. })), "{not_storable}");
        }
    }
}
