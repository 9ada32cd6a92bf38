/// A line and a column of a text, both counted from one. The column counts bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineColumn {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl LineColumn {
    /// Returns the line and the column of a byte.
    pub(crate) fn of(text: &[u8], position: usize) -> Self {
        let before = text.get(..position).unwrap_or(text);
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let newlines = before.iter().filter(|byte| **byte == b'\n').count();
        Self { line: newlines + 1, column: before.len() - line_start + 1 }
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
