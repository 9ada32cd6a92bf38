//! JSON Pointers to the values of an event.

use super::schema::push;
use crate::lexer::Lexer;

/// Returns the JSON Pointer of the innermost value that contains a byte, and the start of that value.
pub(super) fn pointer_at(text: &str, position: usize) -> (String, usize) {
    let mut pointer = String::new();
    let mut lexer = Lexer::new(text);
    lexer.peek();
    let mut start = lexer.position();
    while let Some((token, from)) = step(&mut lexer, |_, from, to| from <= position && position < to) {
        push(&mut pointer, &token);
        start = from;
    }
    (pointer, start)
}

/// Moves to the first property value or element for which `is_wanted` returns true. The arguments of `is_wanted` are
/// the name or the index, the start of the value and its end. Returns the name or the index, and the start of the
/// value.
fn step(lexer: &mut Lexer<'_>, is_wanted: impl Fn(&str, usize, usize) -> bool) -> Option<(String, usize)> {
    let is_object = match lexer.peek() {
        b'{' => true,
        b'[' => false,
        _ => return None,
    };
    lexer.enter().ok()?;
    let mut count = 0;
    loop {
        let token = if is_object {
            lexer.next_property(count == 0).ok()??.0.into_owned()
        } else {
            lexer.next_element(count == 0).ok()?.then(|| count.to_string())?
        };
        lexer.peek();
        let from = lexer.position();
        lexer.skip().ok()?;
        if is_wanted(&token, from, lexer.position()) {
            lexer.rewind(from);
            return Some((token, from));
        }
        count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_belongs_to_the_innermost_value() {
        let text = "{\"a/b\": [1,\n {\"c\": \"x\"}]}";
        let position = text.find("\"x\"").unwrap();
        assert_eq!(pointer_at(text, position), ("/a~1b/1/c".to_owned(), position));
        assert_eq!(pointer_at(text, 0), (String::new(), 0));
        assert_eq!(pointer_at(text, 2), (String::new(), 0));
    }
}
