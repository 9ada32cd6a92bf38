//! Encodings of RFC 4648, which the keyword `contentEncoding` of drafts 6 and 7 asserts.

use data_encoding::{BASE32, BASE32HEX, BASE64, BASE64URL, HEXUPPER_PERMISSIVE};

/// An encoding of bytes as a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Base64,
    Base64Url,
    Base32,
    Base32Hex,
    Base16,
}

impl Encoding {
    /// Returns the encoding with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "base64" => Self::Base64,
            "base64url" => Self::Base64Url,
            "base32" => Self::Base32,
            "base32hex" => Self::Base32Hex,
            "base16" => Self::Base16,
            _ => return None,
        })
    }

    /// Returns the decoded bytes of a string; `None` if the string is not valid in the encoding.
    pub(crate) fn decode(self, text: &str) -> Option<Vec<u8>> {
        let encoding = match self {
            Self::Base64 => &BASE64,
            Self::Base64Url => &BASE64URL,
            Self::Base32 => &BASE32,
            Self::Base32Hex => &BASE32HEX,
            Self::Base16 => &HEXUPPER_PERMISSIVE,
        };
        encoding.decode(text.as_bytes()).ok()
    }
}
