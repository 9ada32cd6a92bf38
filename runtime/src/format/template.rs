//! URI templates of RFC 6570, level 4.

pub(super) fn is_uri_template(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' => {
                let Some(length) = bytes[at..].iter().position(|byte| *byte == b'}') else { return false };
                // Braces start and end a character.
                if !is_expression(&text[at + 1..at + length]) {
                    return false;
                }
                at += length + 1;
            }
            b'%' if is_escape(&bytes[at + 1..]) => at += 3,
            0..=b' ' | b'"' | b'%' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'|' | b'}' | 0x7f => return false,
            _ => at += 1,
        }
    }
    true
}

fn is_escape(digits: &[u8]) -> bool {
    digits.first_chunk::<2>().is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit))
}

fn is_expression(text: &str) -> bool {
    let operators = ['+', '#', '.', '/', ';', '?', '&', '=', ',', '!', '@', '|'];
    text.strip_prefix(operators).unwrap_or(text).split(',').all(is_variable)
}

fn is_variable(text: &str) -> bool {
    let name = match text.split_once(':') {
        Some((name, length)) => {
            let is_length = (1..=4).contains(&length.len())
                && !length.starts_with('0')
                && length.bytes().all(|byte| byte.is_ascii_digit());
            if !is_length {
                return false;
            }
            name
        }
        None => text.strip_suffix('*').unwrap_or(text),
    };
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'%'))
            && part.split('%').skip(1).all(|after| is_escape(after.as_bytes()))
    };
    name.split('.').all(is_part)
}
