use std::borrow::Cow;

use super::Cursor;
use crate::format::End;
use crate::reject::{Reject, Why};

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

/// Returns where the first quote, backslash or control character is, or the end of the text.
///
/// Eight bytes at a time: a lane becomes zero where the byte is the one looked for, and
/// subtracting one from each lane sets the high bit of the lowest that was zero.
#[inline]
fn special(bytes: &[u8], mut at: usize) -> usize {
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

impl<'a> Cursor<'a> {
    /// Reads a string, borrowed where it has no escapes.
    #[inline(always)]
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, Reject> {
        if self.peek() != b'"' {
            return self.unexpected();
        }
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let end = special(bytes, start);
        if bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            // A quote starts and ends a character, so that the slice is whole.
            return Ok(Cow::Borrowed(&self.text[start..end]));
        }
        self.escaped(start, end).map(Cow::Owned)
    }

    /// Reads a string that ends where its format finds an end; does nothing at any other.
    #[inline]
    pub(crate) fn ended(&mut self, end: End) -> Option<&'a str> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes().get(start..)?;
        let end = end(bytes).filter(|end| bytes.get(*end) == Some(&b'"'))?;
        self.at = start + end + 1;
        self.text.get(start..start + end)
    }

    #[cold]
    fn escaped(&mut self, start: usize, mut end: usize) -> Result<String, Reject> {
        let bytes = self.text.as_bytes();
        let mut text = String::new();
        let mut from = start;
        loop {
            text.push_str(&self.text[from..end]);
            self.at = end;
            match bytes.get(end) {
                Some(b'"') => {
                    self.at = end + 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at = end + 1;
                    text.push(self.escape()?);
                }
                Some(_) => return self.reject(Why::ControlCharacter),
                None => return self.reject(Why::EndOfText),
            }
            from = self.at;
            end = special(bytes, from);
        }
    }

    /// Reads what follows a backslash.
    fn escape(&mut self) -> Result<char, Reject> {
        let plain = match self.byte() {
            Some(quoted @ (b'"' | b'\\' | b'/')) => char::from(quoted),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            Some(_) => return self.reject(Why::BadEscape),
            None => return self.reject(Why::EndOfText),
        };
        self.at += 1;
        Ok(plain)
    }

    fn unicode(&mut self) -> Result<char, Reject> {
        let first = self.unit()?;
        if !(0xD800..0xE000).contains(&first) {
            return char::from_u32(first).map_or_else(|| self.reject(Why::LoneSurrogate), Ok);
        }
        let follows = self.text.as_bytes()[self.at..].starts_with(b"\\u");
        if 0xDC00 <= first || !follows {
            return self.reject(Why::LoneSurrogate);
        }
        self.at += 2;
        let second = self.unit()?;
        if !(0xDC00..0xE000).contains(&second) {
            return self.reject(Why::LoneSurrogate);
        }
        let both = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        char::from_u32(both).map_or_else(|| self.reject(Why::LoneSurrogate), Ok)
    }

    fn unit(&mut self) -> Result<u32, Reject> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        let unit = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit)).map(|digits| {
            digits.iter().fold(0, |unit, digit| unit * 16 + char::from(*digit).to_digit(16).unwrap_or(0))
        });
        match unit {
            Some(unit) => {
                self.at += 4;
                Ok(unit)
            }
            None => self.reject(Why::BadEscape),
        }
    }

    /// Steps over a string.
    #[inline]
    pub(crate) fn skip_string(&mut self) -> Result<(), Reject> {
        let bytes = self.text.as_bytes();
        let end = special(bytes, self.at + 1);
        if bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            return Ok(());
        }
        self.string().map(|_| ())
    }
}
