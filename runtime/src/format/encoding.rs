//! Encodings of RFC 4648, which drafts 6 and 7 assert through `contentEncoding`.

use data_encoding::{BASE32, BASE32HEX, BASE64, BASE64URL, HEXUPPER_PERMISSIVE};

/// Returns the bytes that a text encodes; `None` when it encodes none.
pub(crate) fn is_encoded(text: &str, encoding: &str) -> Option<Vec<u8>> {
    let encoding = match encoding {
        "base64" => &BASE64,
        "base64url" => &BASE64URL,
        "base32" => &BASE32,
        "base32hex" => &BASE32HEX,
        "base16" => &HEXUPPER_PERMISSIVE,
        // The generator names no other.
        _ => return Some(text.into()),
    };
    encoding.decode(text.as_bytes()).ok()
}
