//! Fast comparison of property names.

/// The length of a string, its first 8 bytes and its last 8 bytes. For strings of at most 16 bytes, equal hashes mean
/// equal strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NameHash {
    length: usize,
    head: u64,
    tail: u64,
}

impl NameHash {
    #[inline]
    pub(crate) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let length = bytes.len();
        if let (Some(head), Some(tail)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
            return Self { length, head: u64::from_le_bytes(*head), tail: u64::from_le_bytes(*tail) };
        }
        let head = match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            (Some(head), Some(tail)) => {
                u64::from(u32::from_le_bytes(*head)) | u64::from(u32::from_le_bytes(*tail)) << 32
            }
            _ => bytes.iter().fold(0, |head, byte| (head << 8) | u64::from(*byte)),
        };
        Self { length, head, tail: 0 }
    }

    /// Returns whether all strings with this hash are equal.
    #[inline]
    fn is_exact(&self) -> bool {
        self.length <= 16
    }

    /// Returns the hash as one number.
    #[inline]
    pub(crate) fn to_u64(self) -> u64 {
        let length = u64::try_from(self.length).unwrap_or(0);
        self.head ^ self.tail.rotate_left(23) ^ length.rotate_left(56)
    }
}

/// A name that the caller of the lexer expects, prepared for fast comparison.
#[derive(Debug)]
pub(crate) struct KnownName {
    text: Box<str>,
    hash: NameHash,
    /// The first 8 bytes of the name, and a mask of those bytes that belong to the name. If JSON must escape the name,
    /// no bytes match these two values.
    first: u64,
    mask: u64,
}

impl KnownName {
    pub(crate) fn new(text: &str) -> Self {
        let needs_escapes = text.bytes().any(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
        let mut bytes = [0; 8];
        let mut mask = [0; 8];
        for ((byte, slot), bits) in text.bytes().zip(&mut bytes).zip(&mut mask) {
            (*slot, *bits) = (byte, u8::MAX);
        }
        let (first, mask) =
            if needs_escapes { (1, 0) } else { (u64::from_le_bytes(bytes), u64::from_le_bytes(mask)) };
        Self { text: text.into(), hash: NameHash::of(text), first, mask }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn hash(&self) -> NameHash {
        self.hash
    }

    /// Returns whether this is the name with this text and hash.
    #[inline]
    pub(crate) fn equals(&self, text: &str, hash: NameHash) -> bool {
        self.hash == hash && (hash.is_exact() || *self.text == *text)
    }

    /// Returns whether the bytes behind an opening quote start with this name, a quote and a colon.
    #[inline]
    pub(super) fn starts(&self, bytes: &[u8]) -> bool {
        // A name is rarely this close to the end of the text. If it is, the caller reads the name as a string.
        let Some(first) = bytes.first_chunk::<8>() else { return false };
        if u64::from_le_bytes(*first) & self.mask != self.first {
            return false;
        }
        let NameHash { length, tail, .. } = self.hash;
        let Some((name, [b'"', b':', ..])) = bytes.split_at_checked(length) else { return false };
        length <= 8
            || name.last_chunk::<8>().is_some_and(|last| u64::from_le_bytes(*last) == tail)
                && (self.hash.is_exact() || *name == *self.text.as_bytes())
    }

    /// Returns the number of bytes of the name with its quotes and the colon, if it needs no escapes.
    #[inline]
    pub(super) fn bytes_with_quotes_and_colon(&self) -> usize {
        self.hash.length + 3
    }
}
