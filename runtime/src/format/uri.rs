//! URIs of RFC 3986 and IRIs of RFC 3987.
//!
//! What events hold are mostly plain URLs, which one table decides; the rest, such as a host that
//! is an address in brackets, is left to the library.

const SCHEME: u8 = 1;
const PATH: u8 = 2;
const QUERY: u8 = 4;
const REG_NAME: u8 = 8;
const ESCAPE: u8 = 16;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        classes[at] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'+' => SCHEME | PATH | QUERY | REG_NAME,
            b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b',' | b';' | b'=' => {
                PATH | QUERY | REG_NAME
            }
            b':' | b'@' | b'/' => PATH | QUERY,
            b'?' => QUERY,
            b'%' => ESCAPE,
            _ => 0,
        };
        at += 1;
    }
    classes
};

pub(super) fn is_uri(text: &str) -> bool {
    is_plain(text, true).unwrap_or_else(|| fluent_uri::Uri::parse(text).is_ok())
}

pub(super) fn is_uri_reference(text: &str) -> bool {
    is_plain(text, false).unwrap_or_else(|| fluent_uri::UriRef::parse(text).is_ok())
}

pub(super) fn is_iri(text: &str) -> bool {
    if text.is_ascii() { is_uri(text) } else { fluent_uri::Iri::parse(text).is_ok() }
}

pub(super) fn is_iri_reference(text: &str) -> bool {
    if text.is_ascii() { is_uri_reference(text) } else { fluent_uri::IriRef::parse(text).is_ok() }
}

/// Decides what has a scheme, and an authority that is a name if any; `None` for all else.
fn is_plain(text: &str, absolute: bool) -> Option<bool> {
    let bytes = text.as_bytes();
    let end = bytes.iter().position(|byte| CLASSES[usize::from(*byte)] & SCHEME == 0)?;
    if bytes[end] != b':' || !bytes[0].is_ascii_alphabetic() {
        return if absolute { Some(false) } else { None };
    }
    let mut at = end + 1;
    if bytes[at..].starts_with(b"//") {
        at = run(bytes, at + 2, REG_NAME)?;
        if bytes.get(at) == Some(&b':') {
            at += 1;
            at += bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            // That was user information and no port.
            if !matches!(bytes.get(at), None | Some(b'/' | b'?' | b'#')) {
                return None;
            }
        }
        // User information, or an address in brackets.
        if matches!(bytes.get(at), Some(b'@' | b'[' | b']')) {
            return None;
        }
    }
    at = run(bytes, at, PATH)?;
    for mark in [b'?', b'#'] {
        if bytes.get(at) == Some(&mark) {
            at = run(bytes, at + 1, QUERY)?;
        }
    }
    Some(at == bytes.len())
}

/// Returns where bytes of a class end, escapes among them; `None` where one is broken.
#[inline]
fn run(bytes: &[u8], mut at: usize, class: u8) -> Option<usize> {
    while let Some(byte) = bytes.get(at) {
        let classes = CLASSES[usize::from(*byte)];
        if classes & class != 0 {
            at += 1;
        } else if classes == ESCAPE {
            if !bytes.get(at + 1..at + 3)?.iter().all(u8::is_ascii_hexdigit) {
                return None;
            }
            at += 3;
        } else {
            break;
        }
    }
    Some(at)
}
