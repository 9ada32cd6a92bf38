use std::borrow::Cow;

/// The names met in the objects that are open, so that none is met twice in one.
#[derive(Debug, Default)]
pub(crate) struct Names<'a>(Vec<(u64, Cow<'a, str>)>);

/// Up to so many names are compared with each other, more are sorted first.
const COMPARED_MAX: usize = 12;

impl<'a> Names<'a> {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn push(&mut self, name: Cow<'a, str>) {
        self.0.push((fingerprint(name.as_bytes()), name));
    }

    pub(crate) fn forget(&mut self, from: usize) {
        self.0.truncate(from);
    }

    /// Forgets the names since `from`; tells whether each was there once.
    pub(crate) fn close(&mut self, from: usize) -> bool {
        let Some(names) = self.0.get_mut(from..) else { return true };
        let once = match names.len() {
            0 | 1 => true,
            2..=COMPARED_MAX => names.iter().enumerate().all(|(at, name)| !names[..at].contains(name)),
            _ => {
                names.sort_unstable();
                names.windows(2).all(|pair| pair[0] != pair[1])
            }
        };
        self.0.truncate(from);
        once
    }
}

/// Returns a number that tells most texts apart: made of the length and both ends.
#[inline]
pub(crate) fn fingerprint(bytes: &[u8]) -> u64 {
    let ends = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) => u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(23),
        _ => bytes.iter().fold(0, |ends, byte| (ends << 8) | u64::from(*byte)),
    };
    ends ^ u64::try_from(bytes.len()).unwrap_or(0).rotate_left(56)
}
