//! URIs of RFC 3986 and IRIs of RFC 3987.
//!
//! What events hold are mostly plain URLs, which one table decides; the rest, such as a host that
//! is an address in brackets, is left to the library.

use super::bytes::{ESCAPE, PATH, QUERY, REG_NAME, SCHEME, is, span};

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
    match plain_end(bytes) {
        Ok(end) => Some(end == bytes.len()),
        Err(Unclear::NoScheme) if absolute => Some(false),
        Err(Unclear::NoScheme | Unclear::Authority | Unclear::Escape) => None,
    }
}

/// Why it takes more than a table to tell whether something is a URI.
#[derive(Debug)]
pub(super) enum Unclear {
    NoScheme,
    /// User information, or an address in brackets.
    Authority,
    /// Perhaps a broken one.
    Escape,
}

/// Returns where a URI at the start of these bytes ends: at the first byte that none has there.
#[inline]
pub(super) fn plain_end(bytes: &[u8]) -> Result<usize, Unclear> {
    // Almost every one is of this scheme.
    let end = if bytes.starts_with(b"https:") { 5 } else { span(bytes, 0, SCHEME) };
    if bytes.get(end) != Some(&b':') || !bytes[0].is_ascii_alphabetic() {
        return Err(Unclear::NoScheme);
    }
    let mut at = end + 1;
    if bytes[at..].starts_with(b"//") {
        at = run(bytes, at + 2, REG_NAME)?;
        if bytes.get(at) == Some(&b':') {
            at += 1;
            at += bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            // That was user information and no port, or it ends here.
            if !matches!(bytes.get(at), None | Some(b'/' | b'?' | b'#' | b'"')) {
                return Err(Unclear::Authority);
            }
        }
        if matches!(bytes.get(at), Some(b'@' | b'[' | b']')) {
            return Err(Unclear::Authority);
        }
    }
    at = run(bytes, at, PATH)?;
    for mark in [b'?', b'#'] {
        if bytes.get(at) == Some(&mark) {
            at = run(bytes, at + 1, QUERY)?;
        }
    }
    Ok(at)
}

/// Returns where bytes of a class end, escapes among them.
#[inline]
fn run(bytes: &[u8], mut at: usize, class: u8) -> Result<usize, Unclear> {
    loop {
        at = span(bytes, at, class);
        match bytes.get(at..) {
            Some([b'%', high, low, ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => at += 3,
            Some([byte, ..]) if is(*byte, ESCAPE) => return Err(Unclear::Escape),
            Some(_) | None => return Ok(at),
        }
    }
}
