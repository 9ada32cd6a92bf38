//! Encodings of RFC 4648, which the keyword `contentEncoding` of drafts 6 and 7 asserts.

use data_encoding::{BASE32, BASE32HEX, BASE64, BASE64URL, HEXUPPER_PERMISSIVE};

/// Returns the decoded bytes of a string; `None` if the string is not valid in the encoding.
pub(crate) fn decode_content(text: &str, encoding: &str) -> Option<Vec<u8>> {
    let encoding = match encoding {
        "base64" => &BASE64,
        "base64url" => &BASE64URL,
        "base32" => &BASE32,
        "base32hex" => &BASE32HEX,
        "base16" => &HEXUPPER_PERMISSIVE,
        // The generator writes no other encoding.
        _ => return Some(text.into()),
    };
    encoding.decode(text.as_bytes()).ok()
}
