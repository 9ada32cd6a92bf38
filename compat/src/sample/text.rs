//! Makes strings that satisfy formats, patterns and lengths.

use serde_json::Value;

use crate::engine::Engine;
use crate::format;
use crate::tree::Strings;
use crate::truth::Truth;

/// The maximum length of a string that the engine makes to satisfy a minimum. It is above 65,535, because database
/// columns have this limit and schemas often use it.
const CHARS_MAX: u64 = 70_000;

/// The number of characters for one step of fuel.
const CHARS_PER_STEP: u64 = 64;

impl Engine {
    /// Returns strings that satisfy these assertions, as far as the engine can evaluate them.
    pub(crate) fn string_samples(&mut self, strings: &Strings, many: usize) -> Vec<Value> {
        let mut found: Vec<String> = Vec::new();
        for own in &strings.formats {
            found.extend(format::examples(own).iter().map(|text| (*text).to_owned()));
            let bounds = [Some(strings.min).filter(|min| 0 < *min), strings.max];
            for length in bounds.into_iter().flatten().filter(|length| *length <= CHARS_MAX) {
                found.extend(usize::try_from(length).ok().and_then(|length| format::of_length(own, length)));
            }
        }
        if strings.patterns.is_empty() && strings.none.is_empty() {
            if strings.formats.is_empty() {
                found.extend(self.by_length(strings, many));
            }
        } else {
            if found.iter().all(|text| !self.fits(strings, text)) {
                let every = strings.with_formats();
                found.extend(self.patterns.find(&every, &strings.none, strings.min, strings.max));
            }
            if 1 < many {
                let every = strings.with_formats();
                found.extend(self.patterns.find(&every, &strings.none, strings.min + 1, strings.max));
                for pattern in &strings.patterns.clone() {
                    found.extend(jsonschema_regex::pattern_witness(pattern));
                }
            }
            if found.is_empty() {
                found.extend(guesses(strings));
            }
        }
        found.retain(|text| self.fits(strings, text));
        found.into_iter().map(Value::String).collect()
    }

    /// Returns whether a string may satisfy these assertions.
    pub(crate) fn fits(&mut self, strings: &Strings, text: &str) -> bool {
        let length = text.chars().count() as u64;
        strings.min <= length
            && strings.max.is_none_or(|max| length <= max)
            && strings.patterns.iter().all(|pattern| self.patterns.is_match(pattern, text) != Truth::No)
            && strings.none.iter().all(|pattern| self.patterns.is_match(pattern, text) != Truth::Yes)
            && format::all_accept(&strings.formats, text) != Truth::No
    }

    fn by_length(&mut self, strings: &Strings, many: usize) -> Vec<String> {
        if CHARS_MAX < strings.min || !self.spend(strings.min / CHARS_PER_STEP) {
            return Vec::new();
        }
        let text = |length: u64| "x".repeat(usize::try_from(length).unwrap_or(0));
        let plain = strings.max.map_or(1, |max| max.min(1)).max(strings.min);
        let mut found = vec![text(plain)];
        if 1 < many {
            let longest = strings.max.filter(|max| *max <= CHARS_MAX);
            found.extend([strings.min, plain + 1].into_iter().chain(longest).map(text));
            if strings.min <= 1 {
                found.extend(["a", "b", "", "0", "A", "é", "a b"].map(str::to_owned));
                found.extend((1..=many).map(|n| format!("x{n}")));
            } else {
                found.extend((1..=many.min(26)).filter_map(|n| {
                    let letter = char::from(b'a' + u8::try_from(n - 1).ok()?);
                    Some(format!("{letter}{}", text(plain - 1)))
                }));
            }
        }
        found
    }
}

/// Returns strings that often match patterns with look-arounds.
fn guesses(strings: &Strings) -> Vec<String> {
    let mut found: Vec<String> =
        ["a", "A", "0", "aa", "Aa0", "aA1!", "abc", "Abc123!?", "https://example.com", "2024-01-01", "1.0.0"]
            .map(str::to_owned)
            .to_vec();
    found.extend(strings.patterns.iter().filter_map(|pattern| jsonschema_regex::pattern_witness(pattern)));
    found
}

/// Strings that many formats reject. They are candidates if a reader asserts a format.
pub(crate) const UNLIKELY_TEXTS: &[&str] =
    &["x", "", "not a value", "0", "%", "\u{e9}", " ", "2024-13-99", "a@", "://"];
