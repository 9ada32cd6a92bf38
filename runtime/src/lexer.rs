//! The lexer: reads the tokens of a JSON text, and knows no schema.
//!
//! A caller can return to any earlier position and read a value again. Only strings with escapes are copied.

use std::borrow::Cow;

use crate::reject::{Reason, Reject};

mod name_hash;
mod names;
mod number;
mod string;

pub(crate) use name_hash::{KnownName, NameHash};
use names::OpenNames;
pub(crate) use number::{NumberToken, SmallDecimal};

/// Reads the tokens of one JSON text.
#[derive(Debug)]
pub(crate) struct Lexer<'a> {
    text: &'a str,
    position: usize,
    depth: usize,
    /// The property names of the objects that are open.
    names: OpenNames,
}

/// The arrays and objects that are open: the lexer has entered them, but has not left them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Nesting {
    depth: usize,
    names: usize,
}

impl<'a> Lexer<'a> {
    /// Maximum depth of nested arrays and objects: the limit of `serde_json`, so that no event exhausts the stack.
    pub(crate) const NESTING_MAX: usize = 127;

    /// Maximum length of an event, 2 GiB, so that each position fits 32 bits.
    pub(crate) const BYTES_MAX: usize = 1 << 31;

    /// Returns the bytes of an event as text, for [`Lexer::new`].
    ///
    /// # Errors
    ///
    /// If the bytes are not UTF-8, or more than [`Lexer::BYTES_MAX`].
    pub(crate) fn decode_utf8(bytes: &'a [u8]) -> Result<&'a str, Reject> {
        Self::check_length(bytes.len())?;
        std::str::from_utf8(bytes).map_err(|error| Reject::new(error.valid_up_to(), Reason::NotUtf8))
    }

    /// Checks the length of a text, for [`Lexer::new`].
    ///
    /// # Errors
    ///
    /// If the text has more than [`Lexer::BYTES_MAX`] bytes.
    pub(crate) fn check_length(bytes: usize) -> Result<(), Reject> {
        if Self::BYTES_MAX < bytes { Err(Reject::new(0, Reason::TooLong)) } else { Ok(()) }
    }

    /// Returns a lexer at the start of a text.
    #[inline]
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, position: 0, depth: 0, names: OpenNames::default() }
    }

    /// Returns the number of bytes of the text.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// Returns the position in bytes, for [`Lexer::rewind`].
    #[inline]
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// Moves to a position where a value starts or ends, inside the same arrays and objects.
    #[inline]
    pub(crate) fn rewind(&mut self, position: usize) {
        self.position = position;
    }

    /// Returns the text from a position to the current position.
    pub(crate) fn text_since(&self, start: usize) -> &'a str {
        self.text.get(start..self.position).unwrap_or_default()
    }

    /// Returns a rejection at the current position.
    pub(crate) fn reject<T>(&self, reason: Reason) -> Result<T, Reject> {
        Err(Reject::new(self.position, reason))
    }

    fn current_byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    /// Skips white space and returns the next byte without taking it, or zero at the end of the text.
    #[inline]
    pub(crate) fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.position) {
            if b' ' < byte || !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return byte;
            }
            self.position += 1;
        }
        0
    }

    /// Takes an expected byte.
    #[inline]
    pub(crate) fn take(&mut self, expected: u8) -> Result<(), Reject> {
        if self.peek() == expected {
            self.position += 1;
            return Ok(());
        }
        self.unexpected()
    }

    /// Returns the rejection for an unexpected character or the end of the text.
    #[cold]
    pub(crate) fn unexpected<T>(&self) -> Result<T, Reject> {
        self.reject(if self.current_byte().is_none() { Reason::EndOfText } else { Reason::Unexpected })
    }

    /// Checks that only white space follows.
    pub(crate) fn end(&mut self) -> Result<(), Reject> {
        if self.peek() == 0 && self.current_byte().is_none() { Ok(()) } else { self.reject(Reason::Trailing) }
    }

    /// Takes a word such as `null`.
    #[inline]
    pub(crate) fn take_word(&mut self, word: &str) -> Result<(), Reject> {
        let rest = &self.text.as_bytes()[self.position..];
        if rest.starts_with(word.as_bytes()) {
            self.position += word.len();
            return Ok(());
        }
        self.unexpected()
    }

    /// Reads `true` or `false`.
    pub(crate) fn bool(&mut self) -> Result<bool, Reject> {
        let is_true = self.peek() == b't';
        self.take_word(if is_true { "true" } else { "false" })?;
        Ok(is_true)
    }

    /// Enters the array or object at the current position.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), Reject> {
        if Self::NESTING_MAX <= self.depth {
            return self.reject(Reason::TooDeep);
        }
        self.depth += 1;
        self.position += 1;
        Ok(())
    }

    #[inline]
    fn exit(&mut self) {
        self.depth -= 1;
        self.position += 1;
    }

    /// Returns the arrays and objects that are open, for [`Lexer::restore`].
    pub(crate) fn nesting(&self) -> Nesting {
        Nesting { depth: self.depth, names: self.names.len() }
    }

    /// Leaves all arrays and objects that the lexer entered after `nesting` was saved.
    pub(crate) fn restore(&mut self, nesting: Nesting) {
        self.depth = nesting.depth;
        self.names.truncate(nesting.names);
    }

    /// Moves to the next element of an array, or behind the array. Returns whether an element follows.
    #[inline]
    pub(crate) fn next_element(&mut self, is_first: bool) -> Result<bool, Reject> {
        match self.peek() {
            b']' => {
                self.exit();
                Ok(false)
            }
            b',' if !is_first => {
                self.position += 1;
                Ok(true)
            }
            _ if is_first => Ok(true),
            _ => self.unexpected(),
        }
    }

    /// Moves to the name of the next property, or behind the object. Returns whether a property follows.
    #[inline]
    pub(crate) fn next_name(&mut self, is_first: bool) -> Result<bool, Reject> {
        match self.peek() {
            b'}' => {
                self.exit();
                Ok(false)
            }
            b',' if !is_first => {
                self.position += 1;
                if self.peek() == b'"' { Ok(true) } else { self.unexpected() }
            }
            b'"' if is_first => Ok(true),
            _ => self.unexpected(),
        }
    }

    /// Reads the name at the current position, and takes the colon.
    #[inline]
    pub(crate) fn name(&mut self) -> Result<Cow<'a, str>, Reject> {
        let name = self.string()?;
        if self.current_byte() == Some(b':') {
            self.position += 1;
        } else {
            self.take(b':')?;
        }
        Ok(name)
    }

    /// Takes the name and the colon if the text has the given name in the usual spelling: without escapes, and without
    /// white space before the colon. Returns whether it took the name.
    #[inline]
    pub(crate) fn take_name(&mut self, name: &KnownName) -> bool {
        let is_match = name.starts(self.text.as_bytes().get(self.position + 1..).unwrap_or_default());
        if is_match {
            self.position += name.bytes_with_quotes_and_colon();
        }
        is_match
    }

    /// Reads the name of the next property. Returns the name and its position, or `None` behind the object.
    #[inline]
    pub(crate) fn next_property(&mut self, is_first: bool) -> Result<Option<(Cow<'a, str>, usize)>, Reject> {
        if !self.next_name(is_first)? {
            return Ok(None);
        }
        let start = self.position;
        Ok(Some((self.name()?, start)))
    }

    /// Returns how many names are remembered, for [`Lexer::close_names`].
    pub(crate) fn remembered_names(&self) -> usize {
        self.names.len()
    }

    /// Remembers a name of the open object and its position, to find a duplicate later.
    #[inline]
    pub(crate) fn remember_name(&mut self, name: &str, start: usize) {
        self.names.push(name, start);
    }

    /// Checks that the names remembered after the first `from` are different, and forgets them.
    #[inline]
    pub(crate) fn close_names(&mut self, from: usize) -> Result<(), Reject> {
        if self.names.close(from, self.text) { Ok(()) } else { self.reject(Reason::Duplicate) }
    }

    /// Skips any value.
    ///
    /// # Errors
    ///
    /// If the value is not JSON, has a duplicate property, or nests too deeply.
    pub(crate) fn skip(&mut self) -> Result<(), Reject> {
        match self.peek() {
            b'{' => {
                self.enter()?;
                let from = self.names.len();
                let mut is_first = true;
                while let Some((name, start)) = self.next_property(is_first)? {
                    is_first = false;
                    self.names.push(&name, start);
                    self.skip()?;
                }
                self.close_names(from)
            }
            b'[' => {
                self.enter()?;
                let mut is_first = true;
                while self.next_element(is_first)? {
                    is_first = false;
                    self.skip()?;
                }
                Ok(())
            }
            first => self.skip_scalar(first),
        }
    }

    /// Skips a value that is neither an array nor an object, and that starts with this byte.
    #[inline]
    pub(crate) fn skip_scalar(&mut self, first: u8) -> Result<(), Reject> {
        match first {
            b'"' => self.skip_string(),
            b't' => self.take_word("true"),
            b'f' => self.take_word("false"),
            b'n' => self.take_word("null"),
            b'-' | b'0'..=b'9' if self.small_integer().is_some() => Ok(()),
            b'-' | b'0'..=b'9' => self.number().map(|_| ()),
            _ => self.unexpected(),
        }
    }
}
