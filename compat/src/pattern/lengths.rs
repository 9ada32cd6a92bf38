//! How long the strings of a pattern are, read off its syntax: cheaper than any automaton, and
//! enough to hold `^.{1,2000}$` against `maxLength`.

use regex_syntax::hir::{Hir, HirKind, Look};

/// Returns code point counts between which every string that matches is sure to be.
pub(super) fn of(pattern: &str) -> (u64, Option<u64>) {
    let anything = (0, None);
    let Ok(translated) = jsonschema_regex::to_rust_regex(pattern) else { return anything };
    let Ok(hir) = regex_syntax::parse(&translated) else { return anything };
    let (min, max) = bounds(&hir);
    let properties = hir.properties();
    let is_whole = properties.look_set_prefix().contains(Look::Start)
        && properties.look_set_suffix().contains(Look::End);
    (min, max.filter(|_| is_whole))
}

fn bounds(hir: &Hir) -> (u64, Option<u64>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (0, Some(0)),
        HirKind::Literal(literal) => {
            let chars = String::from_utf8_lossy(&literal.0).chars().count() as u64;
            (chars, Some(chars))
        }
        HirKind::Class(_) => (1, Some(1)),
        HirKind::Repetition(repetition) => {
            let (min, max) = bounds(&repetition.sub);
            let most = max.zip(repetition.max).and_then(|(max, times)| max.checked_mul(times.into()));
            (min.saturating_mul(repetition.min.into()), if max == Some(0) { Some(0) } else { most })
        }
        HirKind::Capture(capture) => bounds(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(bounds).fold((0, Some(0)), |(min, max), part| {
            (min.saturating_add(part.0), max.zip(part.1).and_then(|(a, b)| a.checked_add(b)))
        }),
        HirKind::Alternation(parts) => parts
            .iter()
            .map(bounds)
            .reduce(|a, b| (a.0.min(b.0), a.1.zip(b.1).map(|(a, b)| a.max(b))))
            .unwrap_or((0, Some(0))),
    }
}
