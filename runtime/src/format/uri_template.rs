//! URI templates of RFC 6570, level 4.

use super::byte_classes::{LITERAL, span};

pub(super) fn is_uri_template(text: &str) -> bool {
    template_end(text.as_bytes()) == Some(text.len())
}

/// Returns the end of the template at the start of these bytes: the first byte that cannot continue a template, such as
/// a quote. Returns `None` if an expression is invalid.
pub(super) fn template_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at = span(bytes, at, LITERAL);
        if let Some(end) = usual_expression(bytes, at) {
            at = end;
            continue;
        }
        match bytes.get(at) {
            Some(b'{') => {
                let rest = bytes.get(at + 1..)?;
                // An expression contains no quote. Behind a quote, other strings may follow.
                let length = rest.iter().position(|byte| matches!(byte, b'}' | b'"'))?;
                if rest[length] == b'"' || !is_expression(&rest[..length]) {
                    return None;
                }
                at += length + 2;
            }
            Some(b'%') if is_escape(&bytes[at + 1..]) => at += 3,
            Some(_) | None => return Some(at),
        }
    }
}

/// Returns the end of a usual expression: one variable of letters, digits and `_`, and before it at most one of three
/// operators.
#[inline]
fn usual_expression(bytes: &[u8], at: usize) -> Option<usize> {
    let Some([b'{', first, ..]) = bytes.get(at..) else { return None };
    let from = at + 1 + usize::from(matches!(first, b'/' | b'?' | b'&'));
    let length =
        bytes.get(from..)?.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    (length != 0 && bytes.get(from + length) == Some(&b'}')).then_some(from + length + 1)
}

fn is_escape(digits: &[u8]) -> bool {
    digits.first_chunk::<2>().is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit))
}

fn is_expression(text: &[u8]) -> bool {
    let mut rest = text;
    if let Some((b'+' | b'#' | b'.' | b'/' | b';' | b'?' | b'&' | b'=' | b',' | b'!' | b'@' | b'|', more)) =
        rest.split_first()
    {
        rest = more;
    }
    rest.split(|byte| *byte == b',').all(is_variable)
}

fn is_variable(text: &[u8]) -> bool {
    let name = match text.iter().position(|byte| *byte == b':') {
        Some(at) => {
            let length = &text[at + 1..];
            let is_length = (1..=4).contains(&length.len())
                && !length.starts_with(b"0")
                && length.iter().all(u8::is_ascii_digit);
            if !is_length {
                return false;
            }
            &text[..at]
        }
        None => text.strip_suffix(b"*").unwrap_or(text),
    };
    name.split(|byte| *byte == b'.').all(is_part)
}

fn is_part(part: &[u8]) -> bool {
    let mut at = 0;
    while let Some(byte) = part.get(at) {
        match byte {
            b'%' if is_escape(&part[at + 1..]) => at += 3,
            byte if byte.is_ascii_alphanumeric() || *byte == b'_' => at += 1,
            _ => return false,
        }
    }
    at != 0
}
