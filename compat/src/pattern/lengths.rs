//! Derives the lengths of a pattern's strings from its syntax. This costs less than an automaton, and is enough, for
//! example, to compare `^.{1,2000}$` with `maxLength`.

use std::sync::{Mutex, PoisonError};

use foldhash::HashMap;
use regex_syntax::hir::{Hir, HirKind, Look};

/// The smallest and the largest number of code points.
type Lengths = (u64, Option<u64>);

/// The lengths that earlier comparisons computed, by pattern. The versions of a subject repeat their patterns.
static KEPT: Mutex<Option<HashMap<String, Lengths>>> = Mutex::new(None);

/// The maximum number of patterns that stay in memory, and the maximum size of such a pattern in bytes.
const KEPT_MAX: usize = 4_096;
const KEPT_BYTES_MAX: usize = 500;

/// Like [`of`], but keeps the lengths of each pattern for later calls.
pub(super) fn kept(pattern: &str) -> Lengths {
    let lock = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = lock().as_ref().and_then(|kept| kept.get(pattern)) {
        return *known;
    }
    let lengths = of(pattern);
    if pattern.len() <= KEPT_BYTES_MAX {
        let mut kept = lock();
        let kept = kept.get_or_insert_default();
        if KEPT_MAX <= kept.len() {
            kept.clear();
        }
        kept.insert(pattern.to_owned(), lengths);
    }
    lengths
}

/// Returns a lower and an upper bound for the number of code points of all matching strings.
fn of(pattern: &str) -> Lengths {
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
