use std::borrow::Cow;
use std::fmt;

use super::error::EnvelopeProblem;

/// The value of an extension attribute (specification, "Type System").
///
/// The types Binary, URI, URI-reference and Timestamp are text. Headers do not name the type, so after the binary mode
/// every value is text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttributeValue<'a> {
    /// A Boolean.
    Boolean(bool),
    /// An Integer of 32 bits.
    Integer(i32),
    /// A String, or a type that is written as a string.
    Text(Cow<'a, str>),
}

impl AttributeValue<'_> {
    /// Returns the value with a copy of its text.
    #[must_use]
    pub fn into_owned(self) -> AttributeValue<'static> {
        match self {
            Self::Boolean(value) => AttributeValue::Boolean(value),
            Self::Integer(value) => AttributeValue::Integer(value),
            Self::Text(text) => AttributeValue::Text(Cow::Owned(text.into_owned())),
        }
    }

    /// Returns the canonical string of the value.
    #[must_use]
    pub fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Boolean(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Self::Integer(value) => Cow::Owned(value.to_string()),
            Self::Text(text) => Cow::Borrowed(text),
        }
    }
}

impl<'a> From<&'a str> for AttributeValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for AttributeValue<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<bool> for AttributeValue<'_> {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i32> for AttributeValue<'_> {
    fn from(value: i32) -> Self {
        Self::Integer(value)
    }
}

impl fmt::Display for AttributeValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

/// Maximum length of an attribute name. The specification recommends at most 20 characters.
const NAME_BYTES_MAX: usize = 64;

/// Checks a name against the naming convention of the specification.
pub(super) fn check_name(name: &str) -> Result<(), EnvelopeProblem> {
    let is_valid = !name.is_empty()
        && name.len() <= NAME_BYTES_MAX
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && name != "data";
    if is_valid { Ok(()) } else { Err(EnvelopeProblem::Name) }
}

/// Checks that a string has no control characters and no noncharacters.
pub(super) fn check_text(text: &str) -> Result<(), EnvelopeProblem> {
    let is_forbidden = |c: char| {
        let code = u32::from(c);
        c.is_control() || (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
    };
    match text.chars().find(|c| is_forbidden(*c)) {
        Some(found) => Err(EnvelopeProblem::Character(u32::from(found))),
        None => Ok(()),
    }
}
