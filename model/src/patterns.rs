//! Estimates the cost of patterns: the memory when they are compiled, and the time for each text.
//!
//! A short pattern can need much of both: `(\p{L}{50}){3}` means 150 classes of a hundred thousand characters. The
//! estimates use the syntax, and compile nothing.

use std::borrow::Cow;
use std::collections::BTreeSet;

use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::limits;
use crate::schema::Schema;

/// The cost of one pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    /// The memory of the compiled pattern, in bytes.
    bytes: u64,
    /// The number of states that can be active at once. A matcher visits each active state for every byte of a text.
    width: u64,
    /// How the matcher finds a match.
    search: Search,
}

/// How a matcher searches for a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Search {
    /// It visits each byte once.
    Once,
    /// With look-arounds, it backtracks: from each position, for each combination of the lengths of its repetitions and
    /// of its choices, such as optional parts and branches.
    Combinations { repetitions: u32, choices: u32 },
    /// With look-arounds and repeated groups, it may try every way through the groups.
    EveryWay,
}

/// The minimum memory of a compiled pattern, in bytes.
const FIXED_BYTES: u64 = 20_000;

/// The memory of one transition, in bytes. A matcher has automata for both directions.
const BYTES_PER_TRANSITION: u64 = 48;

/// The assumed cost of a pattern that cannot be estimated.
const UNKNOWN: Cost = Cost { bytes: limits::PATTERNS_BYTES_MAX / 16, width: 1_000, search: Search::EveryWay };

impl Cost {
    /// Estimates a pattern in the syntax of ECMA-262.
    pub(crate) fn of(pattern: &str) -> Self {
        let Ok(translated) = jsonschema_regex::to_rust_regex(pattern) else { return UNKNOWN };
        if let Ok(hir) = regex_syntax::parse(&translated) {
            return Self::of_hir(&hir, Search::Once);
        }
        let repeats_group = [")*", ")+", "){"].iter().any(|repeated| translated.contains(repeated));
        let search = if repeats_group { Search::EveryWay } else { combinations(&translated) };
        let plain = without_look_arounds(&translated);
        regex_syntax::parse(&plain).map_or(UNKNOWN, |hir| Self::of_hir(&hir, search))
    }

    fn of_hir(hir: &Hir, search: Search) -> Self {
        let (transitions, width) = size(hir);
        let bytes = transitions.saturating_mul(BYTES_PER_TRANSITION).saturating_add(FIXED_BYTES);
        Self { bytes, width: width.max(1), search }
    }

    /// Returns whether a matcher backtracks.
    pub(crate) fn backtracks(&self) -> bool {
        self.search != Search::Once
    }

    /// Returns the steps of matching a text of this length.
    pub(crate) fn steps(&self, text_bytes: usize) -> u64 {
        /// The number of active states that a matcher visits in the time of a step.
        const VISITED_IN_A_STEP: u64 = 64;
        /// The number of times that a matcher backtracks in the time of a step.
        const BACKTRACKS_IN_A_STEP: u64 = 8;
        /// The number of bytes that a look-around scans in the time of a step, if few states are active.
        const SCANNED_IN_A_STEP: u64 = 100;
        let bytes = text_bytes as u64;
        let once = self.width.saturating_mul(bytes) / VISITED_IN_A_STEP;
        let ways = match self.search {
            Search::Once => return once,
            Search::Combinations { repetitions, choices } => bytes
                .saturating_pow(repetitions.max(1))
                .saturating_mul(1_u64.checked_shl(choices).unwrap_or(u64::MAX)),
            Search::EveryWay => {
                u32::try_from(text_bytes).ok().and_then(|bytes| 1_u64.checked_shl(bytes)).unwrap_or(u64::MAX)
            }
        };
        let ways = ways.min(limits::BACKTRACKING_MAX as u64);
        // Each time, a look-around may scan the rest of the text.
        let scanned = bytes.saturating_mul(1 + self.width / 16);
        let steps = ways / BACKTRACKS_IN_A_STEP;
        steps.saturating_add(ways.saturating_mul(scanned) / SCANNED_IN_A_STEP).saturating_add(once)
    }
}

/// Counts the repetitions and the choices that a matcher may try in every combination. A matcher matches a look-around
/// in one scan, so the inside of a look-around does not count. It counts if a look-around contains another look-around
/// or a back-reference.
fn combinations(pattern: &str) -> Search {
    let (mut repetitions, mut choices) = (0, 0);
    let (mut inner_repetitions, mut inner_choices) = (0, 0);
    let mut is_scanned = true;
    let mut open = Vec::new();
    let mut is_class = false;
    let mut before = ' ';
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        let is_inside = open.contains(&true);
        let mut count = |repeats: u32, chooses: u32| {
            if is_inside {
                inner_repetitions += repeats;
                inner_choices += chooses;
            } else {
                repetitions += repeats;
                choices += chooses;
            }
        };
        match c {
            '\\' => {
                let is_reference = rest.next().is_some_and(|escaped| matches!(escaped, '1'..='9' | 'k'));
                is_scanned &= !(is_inside && is_reference);
            }
            ']' => is_class = false,
            _ if is_class => {}
            '[' => is_class = true,
            '(' => {
                let text = rest.as_str();
                let is_around = ["?=", "?!", "?<=", "?<!"].iter().any(|start| text.starts_with(start));
                is_scanned &= !(is_inside && is_around);
                open.push(is_around);
            }
            ')' => drop(open.pop()),
            // After `(`, a `?` begins the kind of a group.
            '?' if before != '(' => count(0, 1),
            '|' => count(0, 1),
            '*' | '+' | '{' => count(1, 0),
            _ => {}
        }
        before = c;
    }
    if !is_scanned {
        repetitions += inner_repetitions;
        choices += inner_choices;
    }
    Search::Combinations { repetitions, choices }
}

/// Returns whether a matcher of a pattern backtracks.
pub(crate) fn backtracks(pattern: &str) -> bool {
    few_places(pattern).is_none() && Cost::of(pattern).backtracks()
}

/// Returns the memory of a compiled pattern, in bytes.
fn bytes_of(pattern: &str) -> u64 {
    match few_places(pattern) {
        Some(places) => places * 4 * BYTES_PER_TRANSITION + FIXED_BYTES,
        None => Cost::of(pattern).bytes,
    }
}

/// Returns the memory of the compiled patterns of documents, in bytes. Equal patterns count once.
pub(crate) fn bytes_in<'s>(documents: impl IntoIterator<Item = &'s Schema>) -> u64 {
    let distinct: BTreeSet<&str> =
        documents.into_iter().flat_map(|document| document.patterns()).map(String::as_str).collect();
    distinct.into_iter().map(bytes_of).fold(0, u64::saturating_add)
}

/// Returns the number of transitions in a compiled part of a pattern, and the number of its states that can be active
/// at once.
fn size(hir: &Hir) -> (u64, u64) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (1, 0),
        HirKind::Literal(literal) => (literal.0.len() as u64, literal.0.len() as u64),
        HirKind::Class(Class::Bytes(_)) => (1, 1),
        HirKind::Class(Class::Unicode(class)) => {
            let sequences = class.iter().flat_map(|range| Utf8Sequences::new(range.start(), range.end()));
            let transitions: usize = sequences.map(|sequence| sequence.len()).sum();
            (transitions as u64, 4)
        }
        HirKind::Repetition(repetition) => {
            let (transitions, width) = size(&repetition.sub);
            let times = u64::from(repetition.max.unwrap_or(repetition.min.saturating_add(1))).max(1);
            (transitions.saturating_add(2).saturating_mul(times), width.saturating_mul(times))
        }
        HirKind::Capture(capture) => {
            let (transitions, width) = size(&capture.sub);
            (transitions.saturating_add(2), width)
        }
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(size).fold((1, 0), |(transitions, width), (more, wider)| {
                (transitions.saturating_add(more).saturating_add(1), width.saturating_add(wider))
            })
        }
    }
}

/// Returns a pattern with plain groups instead of look-arounds and atomic groups, and with empty groups instead of
/// back-references.
fn without_look_arounds(pattern: &str) -> Cow<'_, str> {
    let mut plain = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        let opening = ["(?<=", "(?<!", "(?=", "(?!", "(?>"].into_iter().find(|open| rest.starts_with(open));
        if let Some(opening) = opening {
            plain.push_str("(?:");
            rest = &rest[opening.len()..];
            continue;
        }
        let mut taken = c.len_utf8();
        if c == '\\' {
            let escaped = rest[1..].chars().next();
            taken += escaped.map_or(0, char::len_utf8);
            if escaped.is_some_and(|digit| ('1'..='9').contains(&digit)) {
                // A quantifier may follow an empty group, as it may follow the reference.
                plain.push_str("(?:)");
                rest = &rest[taken..];
                continue;
            }
        }
        plain.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    Cow::Owned(plain)
}

/// Returns an upper bound of the number of places in a pattern, including repeated ones. Returns `None` if the
/// characters of the pattern do not show that this number is small. For example, the pattern has a group beside a
/// count, a look-around, or a class of Unicode.
pub(crate) fn few_places(pattern: &str) -> Option<u64> {
    const BYTES_MAX: usize = 200;
    const COUNTS_MAX: u64 = 1_000;
    let bytes = pattern.as_bytes();
    let has_count = bytes.contains(&b'{');
    let has_group = bytes.contains(&b'(');
    if BYTES_MAX < bytes.len()
        || (has_count && has_group)
        || bytes.contains(&b'.')
        || bytes.windows(2).any(|two| {
            matches!(two, b"(?" | b"[^" | b"\\p" | b"\\P" | b"\\D" | b"\\S" | b"\\W")
                || (two[0] == b'\\' && two[1].is_ascii_digit())
        })
    {
        return None;
    }
    let mut places = bytes.len() as u64;
    for digits in
        pattern.split(|c: char| !c.is_ascii_digit()).filter(|digits| has_count && !digits.is_empty())
    {
        places = places.saturating_add(digits.parse().unwrap_or(u64::MAX));
    }
    (places <= COUNTS_MAX).then_some(places)
}

/// Reports a pattern that would take too much memory when compiled, or all patterns of the documents together.
pub(crate) fn too_large<'s>(documents: impl IntoIterator<Item = &'s Schema>) -> Diagnostics {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut total = 0_u64;
    for document in documents {
        for pattern in document.patterns() {
            if !seen.insert(pattern) {
                continue;
            }
            let bytes = bytes_of(pattern);
            total = total.saturating_add(bytes);
            let (what, at_most) = if limits::PATTERN_BYTES_MAX < bytes {
                (format!("the pattern `{}` takes", start_of(pattern)), limits::PATTERN_BYTES_MAX)
            } else if limits::PATTERNS_BYTES_MAX < total {
                ("the patterns of the schema take".to_owned(), limits::PATTERNS_BYTES_MAX)
            } else {
                continue;
            };
            let message = format!("{what} more than {} MiB of memory when compiled", at_most >> 20);
            let help = "use smaller counts, or smaller classes such as `[a-z]`; to limit the length, use `maxLength`";
            return vec![Diagnostic::new(Code::PatternTooLarge, message).help(help)];
        }
    }
    Diagnostics::new()
}

fn start_of(pattern: &str) -> String {
    const CHARS_MAX: usize = 60;
    let start: String = pattern.chars().take(CHARS_MAX).collect();
    if start.len() < pattern.len() { format!("{start}…") } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(pattern: &str) -> u64 {
        Cost::of(pattern).bytes
    }

    #[test]
    fn usual_patterns_are_small_and_repeated_classes_are_not() {
        for usual in [
            "^[a-z]+$",
            "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
            r"^\p{L}+( \p{L}+)*$",
            "^(?=.*[a-z])(?=.*[0-9]).{8,64}$",
            r"(a)\1+",
            r"^\d{4}-\d{2}-\d{2}T",
        ] {
            assert!(bytes(usual) < 1 << 20, "{usual}: {}", bytes(usual));
        }
        assert!(bytes(r"^\p{L}{1,200}$") < limits::PATTERN_BYTES_MAX, "{}", bytes(r"^\p{L}{1,200}$"));
        assert!(2 << 20 < bytes(r"^(\p{L}{50}){3}$"));
        assert!(limits::PATTERN_BYTES_MAX < bytes(r"(((\p{L}{50}){50}){50}){50}"));
        assert!(limits::PATTERN_BYTES_MAX < bytes(r"(?=x)((\p{L}{50}){50})"));
        assert!(limits::PATTERN_BYTES_MAX < bytes("((((a{1000}){1000}){1000}){1000}){1000}"));
    }

    #[test]
    fn simple_patterns_have_few_places() {
        assert_eq!(few_places("^[a-z]+$"), Some(8));
        assert_eq!(few_places("^[0-9a-f]{8}-[0-9a-f]{4}$"), Some(25 + 9 + 8 + 9 + 4));
        for not in [r"\p{L}", "(ab){9}", "(?=a)b", "a{2000}", "a{99999999999999999999}"] {
            assert_eq!(few_places(not), None, "{not}");
        }
    }

    #[test]
    fn steps_grow_with_the_text_and_with_the_active_states() {
        let short = Cost::of("^[a-z]+$");
        assert!(short.steps(20) < 10);
        let wide = Cost::of("[ab]*a[ab]{5000}");
        assert!(limits::VALIDATION_STEPS_MAX < wide.steps(1 << 20));
        let around = Cost::of("(?!a)[ab]*c");
        assert!(limits::VALIDATION_STEPS_MAX < around.steps(100_000));
        assert!(around.steps(40) < 500);
        let every_way = Cost::of("^((?!c)a|(?!d)aa?)+$");
        assert!(
            3_000 < every_way.steps(14) && every_way.steps(100) < 300_000,
            "there is a limit for each text"
        );
        let scanned = Cost::of("(?:(?!(?:[ab])*)[ab])?(?=a)[ab]");
        assert!(limits::VALIDATION_STEPS_MAX < scanned.steps(100_000), "each time, the rest is scanned");
        // A look-around with another one inside, choices, and back-references multiply the combinations.
        for many in ["(?=a*a*a*a*(?!b))c", "(?!b)a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?c", r"(a*)(?=a*a*a*\1)b"] {
            assert!(limits::VALIDATION_STEPS_MAX < 100 * Cost::of(many).steps(1_000), "{many}");
        }
        let usual = Cost::of(r"^(?!0+$)\d{1,9}(\.\d{1,2})?$");
        assert!(usual.steps(12) < 500, "{usual:?}");
    }
}
