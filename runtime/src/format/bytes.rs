//! Classes of bytes, which one table decides.

pub(super) const SCHEME: u8 = 1;
pub(super) const PATH: u8 = 2;
pub(super) const QUERY: u8 = 4;
pub(super) const REG_NAME: u8 = 8;
pub(super) const ESCAPE: u8 = 16;
/// What a URI template has outside expressions.
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

#[inline]
pub(super) fn is(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// Returns where bytes of a class end; eight at a time, for they mostly are.
#[inline]
pub(super) fn span(bytes: &[u8], mut at: usize, class: u8) -> usize {
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
