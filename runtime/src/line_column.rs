/// A line and a column of a text, both counted from one. The column counts bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineColumn {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl LineColumn {
    /// The first byte of a text.
    pub(crate) const START: Self = Self { line: 1, column: 1 };

    /// Returns the line and the column of a byte.
    pub(crate) fn of(text: &[u8], position: usize) -> Self {
        Self::START.after(text.get(..position).unwrap_or(text))
    }

    /// Returns the line and the column behind some bytes that start here.
    pub(crate) fn after(self, bytes: &[u8]) -> Self {
        match bytes.iter().rposition(|byte| *byte == b'\n') {
            None => Self { column: self.column + bytes.len(), ..self },
            Some(last) => {
                let newlines = bytes.iter().filter(|byte| **byte == b'\n').count();
                Self { line: self.line + newlines, column: bytes.len() - last }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_start_at_one() {
        let line_column = |position| {
            let LineColumn { line, column } = LineColumn::of(b"{\n \"a\": 1}", position);
            (line, column)
        };
        assert_eq!(line_column(0), (1, 1));
        assert_eq!(line_column(3), (2, 2));
        assert_eq!(line_column(99), (2, 9));
    }
}
