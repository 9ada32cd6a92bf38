//! Reads strings.

use std::borrow::Cow;

use super::Lexer;
use crate::reject::{Reason, Reject};

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

/// Returns the position of the first quote, backslash or control character, or the end of the text.
///
/// Compares 8 bytes at a time: each byte that equals the wanted one becomes zero, and subtracting one from each byte
/// sets the high bit of the lowest zero byte.
#[inline]
fn find_special(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*chunk);
        let quote = word ^ (ONES * u64::from(b'"'));
        let backslash = word ^ (ONES * u64::from(b'\\'));
        let found = (quote.wrapping_sub(ONES) & !quote)
            | (backslash.wrapping_sub(ONES) & !backslash)
            | (word.wrapping_sub(ONES * 0x20) & !word);
        let found = found & HIGH;
        if found != 0 {
            return at + usize::try_from(found.trailing_zeros() / 8).unwrap_or(0);
        }
        at += 8;
    }
    while let Some(byte) = bytes.get(at) {
        if matches!(byte, b'"' | b'\\' | 0..0x20) {
            break;
        }
        at += 1;
    }
    at
}

impl<'a> Lexer<'a> {
    /// Reads a string. Borrows it from the text if it has no escapes.
    #[inline(always)]
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, Reject> {
        if self.peek() != b'"' {
            return self.unexpected();
        }
        let start = self.position + 1;
        let bytes = self.text.as_bytes();
        let end = find_special(bytes, start);
        if bytes.get(end) == Some(&b'"') {
            self.position = end + 1;
            // A quote is a whole character, so the slice ends between two characters.
            return Ok(Cow::Borrowed(&self.text[start..end]));
        }
        self.string_with_escapes(start, end).map(Cow::Owned)
    }

    /// Reads a string with the function of a format, which checks the format and finds the end of the string in one
    /// pass. If the function does not find the end, returns `None` and does not move.
    #[inline]
    pub(crate) fn string_by_format(&mut self, find_end: fn(&[u8]) -> Option<usize>) -> Option<&'a str> {
        let start = self.position + 1;
        let bytes = self.text.as_bytes().get(start..)?;
        let end = find_end(bytes).filter(|end| bytes.get(*end) == Some(&b'"'))?;
        self.position = start + end + 1;
        self.text.get(start..start + end)
    }

    #[cold]
    fn string_with_escapes(&mut self, start: usize, mut end: usize) -> Result<String, Reject> {
        let bytes = self.text.as_bytes();
        let mut text = String::new();
        let mut from = start;
        loop {
            text.push_str(&self.text[from..end]);
            self.position = end;
            match bytes.get(end) {
                Some(b'"') => {
                    self.position = end + 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.position = end + 1;
                    text.push(self.escape()?);
                }
                Some(_) => return self.reject(Reason::ControlCharacter),
                None => return self.reject(Reason::EndOfText),
            }
            from = self.position;
            end = find_special(bytes, from);
        }
    }

    /// Reads the part of an escape sequence behind the backslash.
    fn escape(&mut self) -> Result<char, Reject> {
        let plain = match self.current_byte() {
            Some(quoted @ (b'"' | b'\\' | b'/')) => char::from(quoted),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.position += 1;
                return self.unicode_escape();
            }
            Some(_) => return self.reject(Reason::BadEscape),
            None => return self.reject(Reason::EndOfText),
        };
        self.position += 1;
        Ok(plain)
    }

    fn unicode_escape(&mut self) -> Result<char, Reject> {
        let first = self.utf16_unit()?;
        if !(0xD800..0xE000).contains(&first) {
            return char::from_u32(first).map_or_else(|| self.reject(Reason::LoneSurrogate), Ok);
        }
        let follows = self.text.as_bytes()[self.position..].starts_with(b"\\u");
        if 0xDC00 <= first || !follows {
            return self.reject(Reason::LoneSurrogate);
        }
        self.position += 2;
        let second = self.utf16_unit()?;
        if !(0xDC00..0xE000).contains(&second) {
            return self.reject(Reason::LoneSurrogate);
        }
        let both = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        char::from_u32(both).map_or_else(|| self.reject(Reason::LoneSurrogate), Ok)
    }

    fn utf16_unit(&mut self) -> Result<u32, Reject> {
        let digits = self.text.as_bytes().get(self.position..self.position + 4);
        let unit = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit)).map(|digits| {
            digits.iter().fold(0, |unit, digit| unit * 16 + char::from(*digit).to_digit(16).unwrap_or(0))
        });
        match unit {
            Some(unit) => {
                self.position += 4;
                Ok(unit)
            }
            None => self.reject(Reason::BadEscape),
        }
    }

    /// Skips a string.
    #[inline]
    pub(crate) fn skip_string(&mut self) -> Result<(), Reject> {
        let bytes = self.text.as_bytes();
        let end = find_special(bytes, self.position + 1);
        if bytes.get(end) == Some(&b'"') {
            self.position = end + 1;
            return Ok(());
        }
        self.string().map(|_| ())
    }
}
