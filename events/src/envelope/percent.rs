//! The encoding of attribute values in headers (HTTP and NATS bindings, section 3.1.3.2).

use std::borrow::Cow;
use std::fmt::Write as _;

use super::error::EnvelopeProblem;

/// Encodes a value for a header: space, quotation mark, percent, and everything outside U+0021 to U+007E.
pub(crate) fn encode(value: &str) -> Cow<'_, str> {
    if !value.bytes().any(needs_encoding) {
        return Cow::Borrowed(value);
    }
    let mut encoded = String::with_capacity(value.len() + 16);
    for byte in value.bytes() {
        if needs_encoding(byte) {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        } else {
            encoded.push(char::from(byte));
        }
    }
    Cow::Owned(encoded)
}

fn needs_encoding(byte: u8) -> bool {
    !(0x21..=0x7E).contains(&byte) || byte == b'"' || byte == b'%'
}

/// Decodes the value of a header: first a quoted string, if the value is one, then one round of percent-decoding.
pub(super) fn decode(value: &[u8]) -> Result<Cow<'_, str>, EnvelopeProblem> {
    let text = std::str::from_utf8(value.trim_ascii()).map_err(|_| EnvelopeProblem::NotUtf8)?;
    let unquoted = match text.strip_prefix('"') {
        Some(rest) => Cow::Owned(unquote(rest)?),
        None => Cow::Borrowed(text),
    };
    if !unquoted.contains('%') {
        return Ok(unquoted);
    }
    let mut decoded = Vec::with_capacity(unquoted.len());
    let mut rest = unquoted.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            decoded.push(*byte);
            continue;
        }
        let (Some(high), Some(low)) = (hex(rest.first()), hex(rest.get(1))) else {
            return Err(EnvelopeProblem::PercentEncoding);
        };
        decoded.push(high * 16 + low);
        rest = rest.get(2..).unwrap_or_default();
    }
    String::from_utf8(decoded).map(Cow::Owned).map_err(|_| EnvelopeProblem::PercentEncoding)
}

/// Removes the quoting of RFC 7230, section 3.2.6, after the first quotation mark.
fn unquote(rest: &str) -> Result<String, EnvelopeProblem> {
    let mut text = String::with_capacity(rest.len());
    let mut chars = rest.chars();
    loop {
        match chars.next() {
            Some('"') if chars.as_str().is_empty() => return Ok(text),
            Some('\\') => text.push(chars.next().ok_or(EnvelopeProblem::PercentEncoding)?),
            Some('"') | None => return Err(EnvelopeProblem::PercentEncoding),
            Some(c) => text.push(c),
        }
    }
}

fn hex(byte: Option<&u8>) -> Option<u8> {
    let digit = char::from(*byte?).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specifications_example() {
        let encoded = "Euro%20%E2%82%AC%20%F0%9F%98%80";
        assert_eq!(encode("Euro € 😀"), encoded);
        assert_eq!(decode(encoded.as_bytes()).unwrap(), "Euro € 😀");
        assert_eq!(decode(encoded.to_ascii_lowercase().as_bytes()).unwrap(), "euro € 😀");
    }

    #[test]
    fn quoted_strings_and_broken_values() {
        assert_eq!(decode(br#""a \"b\" c""#).unwrap(), r#"a "b" c"#);
        assert_eq!(decode(b"%41").unwrap(), "A");
        for broken in [&b"%C0%A0"[..], b"%", b"%4", b"%zz", b"%+1", br#""a"#, br#""a"b"#, b"\"\\"] {
            assert_eq!(decode(broken), Err(EnvelopeProblem::PercentEncoding), "{broken:?}");
        }
        assert_eq!(decode(b"\xFF"), Err(EnvelopeProblem::NotUtf8));
    }
}
