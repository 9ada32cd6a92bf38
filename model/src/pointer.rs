use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A JSON Pointer (RFC 6901), which is empty for the whole document.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pointer(String);

impl Pointer {
    /// Returns the pointer to the whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// Returns the pointer with this text, which is not checked.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the pointer to a property or an item of the value at this pointer.
    #[must_use]
    pub fn child(&self, token: impl fmt::Display) -> Self {
        let mut child = self.clone();
        child.push(token);
        child
    }

    /// Appends the name of a property or the position of an item.
    pub fn push(&mut self, token: impl fmt::Display) {
        self.0.push('/');
        let start = self.0.len();
        // Writing to a `String` does not fail.
        let _ = write!(self.0, "{token}");
        if self.0[start..].contains(['~', '/']) {
            let token = self.0.split_off(start);
            self.0.push_str(&token.replace('~', "~0").replace('/', "~1"));
        }
    }

    /// Appends the name of a property, as [`Pointer::push`] does, but without formatting.
    pub(crate) fn push_name(&mut self, name: &str) {
        self.0.push('/');
        if name.contains(['~', '/']) {
            self.0.push_str(&name.replace('~', "~0").replace('/', "~1"));
        } else {
            self.0.push_str(name);
        }
    }

    /// Removes the last token.
    pub fn pop(&mut self) {
        self.0.truncate(self.0.rfind('/').unwrap_or(0));
    }

    /// Returns the length of the text, for a later [`Pointer::truncate`].
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Shortens the pointer to an earlier length of its text.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// Returns the unescaped tokens from the root down.
    pub fn tokens(&self) -> impl Iterator<Item = String> + '_ {
        self.0.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"))
    }

    /// Returns the value at this pointer in a document.
    pub fn find<'v>(&self, document: &'v Value) -> Option<&'v Value> {
        document.pointer(&self.0)
    }

    /// Returns the escaped text, such as `/a~1b/0`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_escaped_and_unescaped() {
        let mut pointer = Pointer::root().child("a/b").child("~x").child(0);
        assert_eq!(pointer.as_str(), "/a~1b/~0x/0");
        assert_eq!(pointer.tokens().collect::<Vec<_>>(), ["a/b", "~x", "0"]);
        pointer.pop();
        assert_eq!(pointer.as_str(), "/a~1b/~0x");
    }
}
