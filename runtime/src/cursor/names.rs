/// The names met in the objects that are open, so that none is met twice in one.
#[derive(Debug, Default)]
pub(crate) struct Names(Vec<Name>);

/// A name in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    /// Equal names have equal ones.
    print: u64,
    /// Where it starts, its quote among it.
    start: usize,
}

/// Up to so many names are compared with each other, more are sorted first.
const COMPARED_MAX: usize = 12;

impl Names {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds a name that starts at this position, with its quote.
    #[inline]
    pub(crate) fn push(&mut self, name: &str, start: usize) {
        self.0.push(Name { print: Print::of(name).mixed(), start });
    }

    pub(crate) fn forget(&mut self, from: usize) {
        self.0.truncate(from);
    }

    /// Forgets the names since `from`; tells whether each was there once.
    #[inline]
    pub(crate) fn close(&mut self, from: usize, text: &str) -> bool {
        let once = match self.0.get_mut(from..) {
            None | Some([] | [_]) => true,
            Some(names) => are_unique(names, text),
        };
        self.0.truncate(from);
        once
    }
}

fn are_unique(names: &mut [Name], text: &str) -> bool {
    if names.len() <= COMPARED_MAX {
        let mut rest = &*names;
        while let [name, others @ ..] = rest {
            if others.iter().any(|other| name.print == other.print && name.is(*other, text)) {
                return false;
            }
            rest = others;
        }
        return true;
    }
    names.sort_unstable();
    names.chunk_by(|a, b| a.print == b.print).all(|same| {
        // Names of one print are mostly one name; the few that are not are compared.
        let mut texts: Vec<_> = same.iter().map(|name| name.read(text)).collect();
        texts.sort_unstable();
        texts.windows(2).all(|pair| pair[0] != pair[1])
    })
}

impl Name {
    #[cold]
    fn is(self, other: Self, text: &str) -> bool {
        self.read(text) == other.read(text)
    }

    /// Reads the name again: a print is not proof.
    fn read(self, text: &str) -> Option<std::borrow::Cow<'_, str>> {
        let rest = text.get(self.start..)?;
        super::Cursor::of_text(rest).string().ok()
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

/// A name that a schema has, ready to be looked for.
#[derive(Debug)]
pub(crate) struct KnownName {
    text: Box<str>,
    print: Print,
    /// Its first eight bytes, and which of them it has; of a name that JSON cannot write as it is, none that
    /// match.
    first: u64,
    mask: u64,
}

impl KnownName {
    pub(crate) fn new(text: &str) -> Self {
        let is_plain = !text.bytes().any(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
        let mut bytes = [0; 8];
        let mut mask = [0; 8];
        for ((byte, slot), bits) in text.bytes().zip(&mut bytes).zip(&mut mask) {
            (*slot, *bits) = (byte, u8::MAX);
        }
        let (first, mask) =
            if is_plain { (u64::from_le_bytes(bytes), u64::from_le_bytes(mask)) } else { (1, 0) };
        Self { text: text.into(), print: Print::of(text), first, mask }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn print(&self) -> Print {
        self.print
    }

    /// Tells whether it is the name of this text and print.
    #[inline]
    pub(crate) fn is(&self, text: &str, print: Print) -> bool {
        self.print == print && (print.is_exact() || *self.text == *text)
    }

    /// Tells whether bytes start with it, as they are behind the first quote: the name, a quote, a
    /// colon.
    #[inline]
    pub(crate) fn starts(&self, bytes: &[u8]) -> bool {
        // So near the end of an event is hardly a name; it is read as any other then.
        let Some(first) = bytes.first_chunk::<8>() else { return false };
        if u64::from_le_bytes(*first) & self.mask != self.first {
            return false;
        }
        let Print { length, tail, .. } = self.print;
        let Some((name, [b'"', b':', ..])) = bytes.split_at_checked(length) else { return false };
        length <= 8
            || name.last_chunk::<8>().is_some_and(|last| u64::from_le_bytes(*last) == tail)
                && (self.print.is_exact() || *name == *self.text.as_bytes())
    }

    /// Returns how many bytes it takes with its quotes and the colon, when it needs no escapes.
    #[inline]
    pub(crate) fn written(&self) -> usize {
        self.print.length + 3
    }
}
