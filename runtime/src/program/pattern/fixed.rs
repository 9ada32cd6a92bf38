//! Patterns for strings of a fixed length, such as identifiers, dates and digests.

/// A pattern `^…$` of ASCII characters and character classes, each with an optional number of repetitions.
#[derive(Debug)]
pub(super) struct Fixed {
    /// The classes of each byte, one bit for each class.
    classes_of: Box<[u8; 256]>,
    /// The class that each byte of a string must have.
    wanted: Box<[u8]>,
}

/// A set of ASCII characters, one bit for each.
type Class = u128;

const DIGITS: Class = 0x3ff << b'0';

impl Fixed {
    /// Maximum length of a string.
    const LENGTH_MAX: usize = 256;

    /// Parses a pattern `^…$`, or several alternatives `^(…|…)$`. Returns `None` for any other pattern.
    pub(super) fn parse(source: &str) -> Option<Box<[Self]>> {
        let inside = source.strip_prefix('^')?.strip_suffix('$')?;
        match inside.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(texts) => texts.strip_prefix("?:").unwrap_or(texts).split('|').map(Self::one).collect(),
            None => Some([Self::one(inside)?].into()),
        }
    }

    fn one(mut rest: &str) -> Option<Self> {
        let mut classes: Vec<Class> = Vec::new();
        let mut wanted = Vec::new();
        while !rest.is_empty() {
            let (class, after) = class(rest)?;
            let (times, after) = times(after)?;
            rest = after;
            if Self::LENGTH_MAX < wanted.len() + times {
                return None;
            }
            let known = classes.iter().position(|known| *known == class);
            let at = known.unwrap_or(classes.len());
            if known.is_none() {
                classes.push(class);
            }
            let bit = 1u8.checked_shl(u32::try_from(at).ok()?)?;
            wanted.resize(wanted.len() + times, bit);
        }
        let mut classes_of = Box::new([0; 256]);
        for (byte, bits) in classes_of.iter_mut().take(128).enumerate() {
            for (at, class) in classes.iter().enumerate() {
                *bits |= u8::from(class >> byte & 1 != 0) << at;
            }
        }
        Some(Self { classes_of, wanted: wanted.into() })
    }

    /// Returns whether a string matches the pattern.
    #[inline]
    pub(super) fn is_match(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        // Compares all bytes, because a branch for each byte would slow down strings that match.
        let is_wanted =
            |all: bool, (byte, class): (&u8, &u8)| all & (self.classes_of[usize::from(*byte)] & class != 0);
        bytes.len() == self.wanted.len() && bytes.iter().zip(&self.wanted).fold(true, is_wanted)
    }
}

/// Parses a character or a class at the start of a pattern. Returns the rest of the pattern too.
fn class(source: &str) -> Option<(Class, &str)> {
    if let Some(rest) = source.strip_prefix(r"\d") {
        return Some((DIGITS, rest));
    }
    let (first, rest) = source.split_at_checked(1)?;
    match first.as_bytes()[0] {
        b'[' => {
            let (inside, rest) = rest.split_once(']')?;
            Some((class_items(inside)?, rest))
        }
        byte if is_plain(byte) || byte == b'-' => Some((1 << byte, rest)),
        _ => None,
    }
}

/// Parses the inside of a class in brackets: characters and ranges.
fn class_items(mut inside: &str) -> Option<Class> {
    let mut class = 0;
    while !inside.is_empty() {
        if let Some(rest) = inside.strip_prefix(r"\d") {
            (class, inside) = (class | DIGITS, rest);
            continue;
        }
        match inside.as_bytes() {
            [from, b'-', to, ..]
                if from.is_ascii_alphanumeric() && to.is_ascii_alphanumeric() && from <= to =>
            {
                (*from..=*to).for_each(|byte| class |= 1 << byte);
                inside = &inside[3..];
            }
            [byte, ..] if is_plain(*byte) => {
                class |= 1 << byte;
                inside = &inside[1..];
            }
            _ => return None,
        }
    }
    (class != 0).then_some(class)
}

/// Returns whether a byte stands for itself, inside and outside of brackets.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | b':' | b'/' | b',' | b';' | b' ' | b'=' | b'@' | b'#')
}

/// Parses the number of repetitions, which is 1 by default. Returns the rest of the pattern too.
fn times(source: &str) -> Option<(usize, &str)> {
    match source.as_bytes().first() {
        Some(b'{') => {
            let (number, rest) = source[1..].split_once('}')?;
            let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            let is_lazy = rest.starts_with('?');
            (is_number && !is_lazy).then_some((number.parse().ok()?, rest))
        }
        // With these repetitions, the pattern has no fixed length.
        Some(b'?' | b'*' | b'+') => None,
        Some(_) | None => Some((1, source)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Engine;
    use super::Fixed;
    use crate::step_budget::StepBudget;

    const UUID: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";

    /// Compares the results with those of the engine, for a string that matches and for similar strings.
    #[test]
    fn the_engine_gives_the_same_results() {
        let cases = [
            (UUID, "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"),
            (r"^\d{4}-\d{2}-[0-3]\d$", "2026-11-25"),
            ("^urn:uuid:[0-9A-Fa-f]{8}$", "urn:uuid:0aF3bC9e"),
            ("^a{0}b$", "b"),
            ("^$", ""),
            ("^[_a-c:]{3}$", "_b:"),
            ("^([a-f0-9]{3}|[A-F]{5}|)$", "a0f"),
            ("^(?:x|\\d{2})$", "42"),
            ("^(a)$", "a"),
        ];
        for (source, text) in cases {
            let (fixed, engine) = (Fixed::parse(source).unwrap(), Engine::compile(source));
            let mut near = vec![text.to_owned(), format!("{text}\n"), format!("{text}0"), format!("x{text}")];
            for (at, _) in text.char_indices() {
                for other in ["", "g", "-", "0", "A", "é", "٣", "\n", "{"] {
                    near.push(format!("{}{other}{}", &text[..at], &text[at + 1..]));
                }
            }
            let is_match = |text: &str| fixed.iter().any(|one| one.is_match(text));
            assert!(is_match(text), "{source} on {text}");
            for text in near {
                let engine = engine.is_match(&text, &mut StepBudget::for_event(0)).unwrap();
                assert_eq!(is_match(&text), engine, "{source} on {text:?}");
            }
        }
    }

    #[test]
    fn other_patterns_are_left_to_the_engine() {
        for source in [
            "a",
            "^a",
            "a$",
            "^a+$",
            "^a?$",
            "^a{2,3}$",
            "^a{2}?$",
            "^a{,2}$",
            "^a{$",
            "^(a)(b)$",
            "^(a|b+)$",
            "^(?=a|b)$",
            "^([(|)])$",
            "^a|b$",
            "^.$",
            "^[^a]$",
            "^[a-]$",
            "^[]$",
            r"^\w$",
            r"^[\w]$",
            r"^a\$",
            "^é$",
            "^[é]$",
            "^[b-a]$",
            "^a{300}$",
            "^a{99999999999999999999}$",
            "^abcdefghi$",
        ] {
            assert!(Fixed::parse(source).is_none(), "{source}");
        }
    }
}
