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

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

/// Returns the high bits of the lanes whose ASCII byte is in a range.
#[inline]
fn within(word: u64, first: u8, last: u8) -> u64 {
    let not_before = word + ONES * u64::from(0x80 - first);
    let behind = word + ONES * u64::from(0x7f - last);
    (not_before ^ behind) & HIGH
}

/// Returns the high bits of the lanes that hold none of the bytes that names of hosts, paths, queries and templates
/// mostly consist of, all of which have these.
#[inline]
fn uncommon(word: u64, class: u8) -> u64 {
    let ascii = word & !HIGH;
    let letters = within(ascii | (ONES * 0x20), b'a', b'z');
    let marks = if class == REG_NAME {
        within(ascii, b'&', b'.') | within(ascii, b'0', b'9')
    } else {
        within(ascii, b'&', b';')
    };
    !(letters | marks | within(ascii, b'_', b'_')) & HIGH | word & HIGH
}

/// Tells whether a byte is one of those; without a table the compiler looks at sixteen at once.
#[inline]
fn is_common(byte: u8) -> bool {
    let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let is_digit_or_mark = byte.wrapping_sub(b'&') <= b';' - b'&';
    is_letter | is_digit_or_mark | (byte == b'_')
}

/// Returns where bytes of a class end; many at a time, for they are mostly common.
#[inline]
pub(super) fn span(bytes: &[u8], mut at: usize, class: u8) -> usize {
    while class != SCHEME {
        if class & (PATH | QUERY | LITERAL) != 0 {
            while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<16>) {
                if !chunk.iter().fold(true, |all, byte| all & is_common(*byte)) {
                    break;
                }
                at += 16;
            }
        }
        let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) else { break };
        let uncommon = uncommon(u64::from_le_bytes(*chunk), class);
        // A branch, so that the next eight need not wait for what these come to.
        if uncommon == 0 {
            at += 8;
            continue;
        }
        let common = usize::try_from(uncommon.trailing_zeros() / 8).unwrap_or(0);
        at += common;
        if !is(chunk[common], class) {
            return at;
        }
        at += 1;
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
    fn what_is_common_is_of_every_class_that_is_looked_for_so() {
        for byte in 0..=u8::MAX {
            let word = u64::from_le_bytes([b'a', byte, b'Z', byte, byte, b'0', byte, b'_']);
            for class in [PATH, QUERY, LITERAL, REG_NAME] {
                let uncommon = uncommon(word, class);
                let lanes = if uncommon == 0 { 0 } else { HIGH & u64::from_le_bytes([0, 255, 0, 255, 255, 0, 255, 0]) };
                assert_eq!(uncommon, lanes, "{byte:#x}");
                assert!(uncommon != 0 || is(byte, class), "{byte:#x}");
            }
        }
    }

    #[test]
    fn a_span_ends_at_the_first_other_byte() {
        for length in 0..40 {
            let text = format!("{}\"{}", "/_a".repeat(length), "b".repeat(30));
            assert_eq!(span(text.as_bytes(), 0, PATH), 3 * length);
            let host = format!("{}/{}", "a_0".repeat(length), "b".repeat(30));
            assert_eq!(span(host.as_bytes(), 0, REG_NAME), 3 * length);
        }
        for byte in 0..=u8::MAX {
            for class in [SCHEME, PATH, QUERY, REG_NAME, LITERAL] {
                let bytes = [b'a', b'b', b'c', byte, b'"', b'"', b'"', b'"', b'"', b'"'];
                assert_eq!(span(&bytes, 0, class), if is(byte, class) { 4 } else { 3 }, "{byte:#x}");
            }
        }
    }
}
