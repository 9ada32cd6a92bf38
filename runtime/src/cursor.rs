//! A position in the text of an event, and the steps it can take.
//!
//! Going back is free: whoever wants to look at a value twice remembers the position. Nothing is
//! copied but strings with escapes.

use std::borrow::Cow;

use crate::reject::{Reject, Why};

mod names;
mod number;
mod string;

pub(crate) use names::{KnownName, Names, Print};
pub(crate) use number::{Digits, Scaled};

/// Reads the text of one event.
#[derive(Debug)]
pub struct Cursor<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    /// The names met in the objects that are open.
    names: Names,
    pub(crate) memory: crate::check::Memory,
}

impl<'a> Cursor<'a> {
    /// Deepest nesting that is read: the limit of `serde_json`, so that no event exhausts the stack.
    pub const NESTING_MAX: usize = 127;

    /// Most bytes of an event, 2 GiB: a position fits 32 bits with room to spare.
    pub const BYTES_MAX: usize = 1 << 31;

    /// Returns the text that bytes are, for [`Cursor::of_text`].
    ///
    /// # Errors
    ///
    /// When the bytes are not UTF-8, or too many.
    pub(crate) fn text_of(bytes: &'a [u8]) -> Result<&'a str, Reject> {
        if Self::BYTES_MAX < bytes.len() {
            return Err(Reject::new(0, Why::TooLong));
        }
        std::str::from_utf8(bytes).map_err(|error| Reject::new(error.valid_up_to(), Why::NotUtf8))
    }

    /// Starts at the beginning of a text.
    #[inline]
    pub(crate) fn of_text(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            names: Names::default(),
            memory: crate::check::Memory::of_event(text.len()),
        }
    }

    /// Returns the position, for [`Cursor::rewind`].
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Goes to a position at which a value starts or ends, at the same depth.
    pub(crate) fn rewind(&mut self, to: usize) {
        self.at = to;
    }

    pub(crate) fn reject<T>(&self, why: Why) -> Result<T, Reject> {
        Err(Reject::new(self.at, why))
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Returns the next byte that is not white space, without stepping over it; zero at the end.
    #[inline]
    pub(crate) fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            if b' ' < byte || !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return byte;
            }
            self.at += 1;
        }
        0
    }

    /// Steps over an expected byte.
    #[inline]
    pub(crate) fn take(&mut self, expected: u8) -> Result<(), Reject> {
        if self.peek() == expected {
            self.at += 1;
            return Ok(());
        }
        self.unexpected()
    }

    #[cold]
    pub(crate) fn unexpected<T>(&self) -> Result<T, Reject> {
        self.reject(if self.byte().is_none() { Why::EndOfText } else { Why::Unexpected })
    }

    /// Makes sure that nothing follows.
    pub(crate) fn end(&mut self) -> Result<(), Reject> {
        if self.peek() == 0 && self.byte().is_none() { Ok(()) } else { self.reject(Why::Trailing) }
    }

    /// Steps over a word such as `null`.
    #[inline]
    pub(crate) fn word(&mut self, word: &str) -> Result<(), Reject> {
        let rest = &self.text.as_bytes()[self.at..];
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(());
        }
        self.unexpected()
    }

    /// Reads `true` or `false`.
    pub(crate) fn bool(&mut self) -> Result<bool, Reject> {
        let is_true = self.peek() == b't';
        self.word(if is_true { "true" } else { "false" })?;
        Ok(is_true)
    }

    /// Steps into an array or object.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), Reject> {
        if Self::NESTING_MAX <= self.depth {
            return self.reject(Why::TooDeep);
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Forgets the objects that a refused value left open.
    pub(crate) fn recover(&mut self, depth: usize, names: usize) {
        self.depth = depth;
        self.names.forget(names);
    }

    pub(crate) fn names_open(&self) -> usize {
        self.names.len()
    }

    /// Tells whether another element follows; steps over the comma before it, and over the end.
    #[inline]
    pub(crate) fn next_element(&mut self, first: bool) -> Result<bool, Reject> {
        match self.peek() {
            b']' => {
                self.leave();
                Ok(false)
            }
            b',' if !first => {
                self.at += 1;
                Ok(true)
            }
            _ if first => Ok(true),
            _ => self.unexpected(),
        }
    }

    /// Goes to the name of the next member; steps over the comma before it, or over the end.
    #[inline]
    pub(crate) fn next_name(&mut self, first: bool) -> Result<bool, Reject> {
        match self.peek() {
            b'}' => {
                self.leave();
                Ok(false)
            }
            b',' if !first => {
                self.at += 1;
                if self.peek() == b'"' { Ok(true) } else { self.unexpected() }
            }
            b'"' if first => Ok(true),
            _ => self.unexpected(),
        }
    }

    /// Reads the name at the cursor, and steps over the colon.
    #[inline]
    pub(crate) fn name(&mut self) -> Result<Cow<'a, str>, Reject> {
        let name = self.string()?;
        if self.byte() == Some(b':') {
            self.at += 1;
        } else {
            self.take(b':')?;
        }
        Ok(name)
    }

    /// Steps over the name at the cursor and the colon if it is this one, and written as most
    /// writers do: without escapes, nothing before the colon.
    #[inline]
    pub(crate) fn take_name(&mut self, name: &KnownName) -> bool {
        let is_it = name.starts(self.text.as_bytes().get(self.at + 1..).unwrap_or_default());
        if is_it {
            self.at += name.written();
        }
        is_it
    }

    /// Returns the name of the next member and where it starts; steps over the comma before it, and
    /// over the end.
    #[inline]
    pub(crate) fn next_member(&mut self, first: bool) -> Result<Option<(Cow<'a, str>, usize)>, Reject> {
        if !self.next_name(first)? {
            return Ok(None);
        }
        let start = self.at;
        Ok(Some((self.name()?, start)))
    }

    /// Refuses the member that was just read: its name was met before.
    #[must_use]
    pub fn named_twice(&self) -> Reject {
        Reject::new(self.at, Why::Duplicate)
    }

    /// Remembers a name of the object that is open, and where it starts, so that a second one is
    /// noticed.
    #[inline]
    pub(crate) fn remember(&mut self, name: &str, start: usize) {
        self.names.push(name, start);
    }

    /// Makes sure that no name was remembered twice since `from`, and forgets them.
    #[inline]
    pub(crate) fn no_name_twice(&mut self, from: usize) -> Result<(), Reject> {
        if self.names.close(from, self.text) { Ok(()) } else { self.reject(Why::Duplicate) }
    }

    /// Steps over a value of any kind.
    ///
    /// # Errors
    ///
    /// When it is no JSON, names a member twice, or nests too deeply.
    pub(crate) fn skip(&mut self) -> Result<(), Reject> {
        match self.peek() {
            b'{' => {
                self.enter()?;
                let from = self.names.len();
                let mut first = true;
                while let Some((name, start)) = self.next_member(first)? {
                    first = false;
                    self.names.push(&name, start);
                    self.skip()?;
                }
                self.no_name_twice(from)
            }
            b'[' => {
                self.enter()?;
                let mut first = true;
                while self.next_element(first)? {
                    first = false;
                    self.skip()?;
                }
                Ok(())
            }
            first => self.skip_leaf(first),
        }
    }

    /// Steps over a value that holds no others, and starts with this byte.
    #[inline]
    pub(crate) fn skip_leaf(&mut self, first: u8) -> Result<(), Reject> {
        match first {
            b'"' => self.skip_string(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            b'-' | b'0'..=b'9' if self.small_integer().is_some() => Ok(()),
            b'-' | b'0'..=b'9' => self.digits().map(|_| ()),
            _ => self.unexpected(),
        }
    }
}
