//! URIs of RFC 3986 and IRIs of RFC 3987.
//!
//! Most events contain plain URLs, which a table checks fast. The library checks other URIs, for example a URL whose
//! host is an address in brackets.

use super::byte_classes::{ESCAPE, PATH, QUERY, REG_NAME, SCHEME, is, span};

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

/// Checks URIs with a scheme, whose authority is missing or a name. Returns `None` for other strings.
fn is_plain(text: &str, absolute: bool) -> Option<bool> {
    let bytes = text.as_bytes();
    match plain_end(bytes) {
        Ok(end) => Some(end == bytes.len()),
        Err(Unclear::NoScheme) if absolute => Some(false),
        Err(Unclear::NoScheme | Unclear::Authority | Unclear::Escape) => None,
    }
}

/// The reason why the table cannot decide whether a string is a URI.
#[derive(Debug)]
pub(super) enum Unclear {
    NoScheme,
    /// User information, or an address in brackets.
    Authority,
    /// An escape that may be invalid.
    Escape,
}

/// Returns the end of the URI at the start of these bytes: the first byte that cannot continue a URI.
#[inline]
pub(super) fn plain_end(bytes: &[u8]) -> Result<usize, Unclear> {
    // Almost every URI has this scheme.
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
            // Otherwise the digits were not a port, but part of the user information.
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

/// Returns the end of the bytes of a class and of escapes that start at a position.
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
