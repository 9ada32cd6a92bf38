//! Classes of bytes, looked up in one table.

pub(super) const SCHEME: u8 = 1;
pub(super) const PATH: u8 = 2;
pub(super) const QUERY: u8 = 4;
pub(super) const REG_NAME: u8 = 8;
pub(super) const ESCAPE: u8 = 16;
/// The bytes of a URI template outside expressions.
pub(super) const LITERAL: u8 = 32;

static CLASSES: [u8; 256] = {
    let mut classes = [LITERAL; 256];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        classes[at] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'+' => {
                SCHEME | PATH | QUERY | REG_NAME | LITERAL
            }
            b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b',' | b';' | b'=' => {
                PATH | QUERY | REG_NAME | LITERAL
            }
            b':' | b'@' | b'/' => PATH | QUERY | LITERAL,
            b'?' => QUERY | LITERAL,
            b'#' | b'[' | b']' => LITERAL,
            b'%' => ESCAPE,
            _ => 0,
        };
        at += 1;
    }
    classes
};

/// Returns whether a byte belongs to a class.
#[inline]
pub(super) fn is(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// Returns whether a byte is common in paths, queries and templates. All three classes contain each such byte.
#[inline]
fn is_common(byte: u8) -> bool {
    let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let is_digit_or_mark = byte.wrapping_sub(b'&') <= b';' - b'&';
    is_letter | is_digit_or_mark | (byte == b'_') | (byte == b'=')
}

/// Returns the end of the bytes of a class that start at a position. Compares many bytes at a time.
#[inline]
pub(super) fn span(bytes: &[u8], mut at: usize, class: u8) -> usize {
    if class & (PATH | QUERY | LITERAL) != 0 {
        // Without a table, the compiler compares 16 bytes with one instruction.
        while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<16>) {
            if !chunk.iter().fold(true, |all, byte| all & is_common(*byte)) {
                break;
            }
            at += 16;
        }
    }
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        if chunk.iter().fold(class, |all, byte| all & CLASSES[usize::from(*byte)]) == 0 {
            break;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|byte| is(*byte, class)) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_bytes_belong_to_all_three_classes() {
        for byte in (0..=u8::MAX).filter(|byte| is_common(*byte)) {
            assert!([PATH, QUERY, LITERAL].iter().all(|class| is(byte, *class)), "{byte:#x}");
        }
        assert_eq!((0..=u8::MAX).filter(|byte| is_common(*byte)).count(), 52 + 22 + 2);
    }

    #[test]
    fn a_span_ends_at_the_first_other_byte() {
        for length in 0..40 {
            let text = format!("{}\"{}", "/a".repeat(length), "b".repeat(30));
            assert_eq!(span(text.as_bytes(), 0, PATH), 2 * length);
        }
    }
}
