use std::fmt;

use serde::{Deserialize, Serialize};

/// The position of a part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The line, counted from one.
    pub line: u32,
    /// The column in characters, counted from one.
    pub column: u32,
    /// The offset in bytes from the beginning of the text.
    pub offset: u32,
    /// The length in bytes of the part of the text.
    pub bytes: u32,
}

impl Position {
    /// Returns the position of `bytes` bytes from `offset` on. Both numbers are limited to the text.
    pub fn of(text: &str, offset: usize, bytes: usize) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            line: number(before.matches('\n').count() + 1),
            column: number(before[line_start..].chars().count() + 1),
            offset: number(offset),
            bytes: number(bytes.min(text.len() - offset)),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
