//! Finds duplicate property names.

use std::borrow::Cow;

use super::{Lexer, NameHash};

/// The property names of the objects that are open, to find duplicates.
#[derive(Debug, Default)]
pub(super) struct OpenNames(Vec<Name>);

/// A name in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    /// Equal names have equal hashes.
    hash: u64,
    /// The position of its opening quote.
    start: usize,
}

/// Maximum number of names that are compared in pairs. A longer list of names is sorted first.
const COMPARED_MAX: usize = 12;

impl OpenNames {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds a name whose opening quote is at this position.
    #[inline]
    pub(super) fn push(&mut self, name: &str, start: usize) {
        self.0.push(Name { hash: NameHash::of(name).to_u64(), start });
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// Removes the names after the first `from`. Returns whether all of them were different.
    #[inline]
    pub(super) fn close(&mut self, from: usize, text: &str) -> bool {
        let are_different = match self.0.get_mut(from..) {
            None | Some([] | [_]) => true,
            Some(names) => are_different(names, text),
        };
        self.0.truncate(from);
        are_different
    }
}

fn are_different(names: &mut [Name], text: &str) -> bool {
    if names.len() <= COMPARED_MAX {
        let mut rest = &*names;
        while let [name, others @ ..] = rest {
            if others.iter().any(|other| name.hash == other.hash && name.equals(*other, text)) {
                return false;
            }
            rest = others;
        }
        return true;
    }
    names.sort_unstable();
    names.chunk_by(|a, b| a.hash == b.hash).all(|same_hash| {
        // Different names can share a hash, so the names themselves are compared.
        let mut texts: Vec<_> = same_hash.iter().map(|name| name.read(text)).collect();
        texts.sort_unstable();
        texts.windows(2).all(|pair| pair[0] != pair[1])
    })
}

impl Name {
    #[cold]
    fn equals(self, other: Self, text: &str) -> bool {
        self.read(text) == other.read(text)
    }

    /// Reads the name again from the text.
    fn read(self, text: &str) -> Option<Cow<'_, str>> {
        let rest = text.get(self.start..)?;
        Lexer::new(rest).string().ok()
    }
}
