//! Strings that match a pattern, built from the syntax tree of the pattern.

use fastrand::Rng;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Maximum length of a string.
const CHARS_MAX: usize = 400;

/// Draws a string that probably matches a pattern of ECMA-262; `None` if the pattern cannot be parsed.
pub(super) fn matching(pattern: &str, rng: &mut Rng) -> Option<String> {
    let translated = jsonschema_regex::to_rust_regex(pattern).ok();
    let parsed = translated.as_deref().and_then(|pattern| regex_syntax::parse(pattern).ok());
    let Some(hir) = parsed else { return jsonschema_regex::pattern_witness(pattern) };
    let mut text = String::new();
    // Without an anchor, the match may have any text around it.
    let around = ["", "", "", "x", " ", "0"];
    if !pattern.starts_with('^') {
        text.push_str(rng.choice(around).unwrap_or_default());
    }
    build(&hir, &mut text, rng);
    if !pattern.ends_with('$') {
        text.push_str(rng.choice(around).unwrap_or_default());
    }
    Some(text)
}

/// Returns whether a pattern certainly matches. If the pattern cannot be parsed, returns false.
pub(super) fn is_match(pattern: &str, text: &str) -> bool {
    thread_local! {
        static COMPILED: std::cell::RefCell<std::collections::HashMap<String, Option<regex::Regex>>> =
            std::cell::RefCell::default();
    }
    /// Maximum number of compiled patterns in memory.
    const KEPT_MAX: usize = 256;
    COMPILED.with_borrow_mut(|compiled| {
        if KEPT_MAX < compiled.len() {
            compiled.clear();
        }
        let known = compiled.entry(pattern.to_owned()).or_insert_with(|| {
            let translated = jsonschema_regex::to_rust_regex(pattern).ok()?;
            regex::Regex::new(&translated).ok()
        });
        known.as_ref().is_some_and(|regex| regex.is_match(text))
    })
}

fn build(hir: &Hir, text: &mut String, rng: &mut Rng) {
    if CHARS_MAX < text.len() {
        return;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(Class::Unicode(class)) => {
            if let Some(range) = rng.choice(class.ranges()) {
                text.push(character(range.start(), range.end(), rng));
            }
        }
        HirKind::Class(Class::Bytes(class)) => {
            if let Some(range) = rng.choice(class.ranges()) {
                text.push(char::from(rng.u8(range.start()..=range.end())));
            }
        }
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min.saturating_add(4));
            let most = most.min(repetition.min.saturating_add(6));
            for _ in 0..rng.u32(repetition.min..=most.max(repetition.min)) {
                build(&repetition.sub, text, rng);
                if CHARS_MAX < text.len() {
                    return;
                }
            }
        }
        HirKind::Capture(capture) => build(&capture.sub, text, rng),
        HirKind::Concat(parts) => parts.iter().for_each(|part| build(part, text, rng)),
        HirKind::Alternation(branches) => {
            if let Some(branch) = rng.choice(branches) {
                build(branch, text, rng);
            }
        }
    }
}

/// Draws a character of a range: the first, the last, or a character between them. Prefers a readable character.
fn character(start: char, end: char, rng: &mut Rng) -> char {
    let readable = (start.max(' '), end.min('~'));
    let (low, high) = if readable.0 <= readable.1 && rng.u8(..8) != 0 { readable } else { (start, end) };
    match rng.u8(..6) {
        0 => low,
        1 => high,
        _ => rng.char(low..=high),
    }
}
