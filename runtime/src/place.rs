//! Places in the text of an event: line and column, and the JSON Pointer that leads there.

use crate::cursor::Cursor;

/// A line and a column in bytes, both counted from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Returns where a byte stands.
pub(crate) fn position(bytes: &[u8], at: usize) -> Position {
    let before = bytes.get(..at).unwrap_or(bytes);
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    Position { line: lines + 1, column: before.len() - line_start + 1 }
}

/// Returns the pointer of the innermost value that a byte belongs to, and where that value starts.
pub(crate) fn pointer_at(text: &str, at: usize) -> (String, usize) {
    let mut pointer = String::new();
    let mut cursor = Cursor::of_text(text);
    cursor.peek();
    let mut start = cursor.position();
    while let Some((token, from)) = step(&mut cursor, |_, from, to| from <= at && at < to) {
        push(&mut pointer, &token);
        start = from;
    }
    (pointer, start)
}

/// Returns where the value of a pointer starts; the whole text's start when there is none.
#[cfg(feature = "explain")]
pub(crate) fn start_of(text: &str, pointer: &str) -> usize {
    let mut cursor = Cursor::of_text(text);
    cursor.peek();
    let mut start = cursor.position();
    for token in pointer.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        match step(&mut cursor, |found, _, _| found == name) {
            Some((_, from)) => start = from,
            None => break,
        }
    }
    start
}

/// Steps to the member or element that is looked for; `None` when there is none.
fn step(cursor: &mut Cursor<'_>, is_it: impl Fn(&str, usize, usize) -> bool) -> Option<(String, usize)> {
    let is_object = match cursor.peek() {
        b'{' => true,
        b'[' => false,
        _ => return None,
    };
    cursor.enter().ok()?;
    let mut count = 0;
    loop {
        let token = if is_object {
            cursor.next_member(count == 0).ok()??.0.into_owned()
        } else {
            cursor.next_element(count == 0).ok()?.then(|| count.to_string())?
        };
        cursor.peek();
        let from = cursor.position();
        cursor.skip().ok()?;
        if is_it(&token, from, cursor.position()) {
            cursor.rewind(from);
            return Some((token, from));
        }
        count += 1;
    }
}

fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_belongs_to_a_value() {
        let text = "{\"a/b\": [1,\n {\"c\": \"x\"}]}";
        let at = text.find("\"x\"").unwrap();
        assert_eq!(pointer_at(text, at), ("/a~1b/1/c".to_owned(), at));
        assert_eq!(position(text.as_bytes(), at), Position { line: 2, column: 8 });
        assert_eq!(pointer_at(text, 0), (String::new(), 0));
        assert_eq!(pointer_at(text, 2), (String::new(), 0));
    }
}
