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
        self.0.push((Print::of(&name).mixed(), name));
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

/// The length and both ends of a text: two short ones are equal when these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Print {
    length: usize,
    head: u64,
    tail: u64,
}

impl Print {
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

    /// Tells whether two texts of this print are equal, without looking at them.
    #[inline]
    pub(crate) fn is_exact(&self) -> bool {
        self.length <= 16
    }

    /// Returns one number for all of it.
    #[inline]
    pub(crate) fn mixed(&self) -> u64 {
        let length = u64::try_from(self.length).unwrap_or(0);
        self.head ^ self.tail.rotate_left(23) ^ length.rotate_left(56)
    }
}
