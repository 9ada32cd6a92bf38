//! Chooses the variant of a generated union.

use crate::case::Case;
use crate::check::Checker;
use crate::kinds::Kinds;
use crate::lexer::Lexer;
use crate::reject::{Reason, Reject};

/// The conditions of a case that the properties read so far meet.
#[derive(Clone, Copy, Default)]
struct Progress {
    required: usize,
    tags: usize,
    /// Whether no property read so far contradicts the case.
    is_possible: bool,
}

/// Maximum number of cases that need no allocation.
const INLINE_CASES: usize = 8;

/// Returns the number of the case that matches the value at the current position. Does not move. If no case matches,
/// the function may return the case that comes closest.
///
/// # Errors
///
/// If the text is not JSON, or if no case matches.
pub fn choose(checker: &mut Checker<'_>, cases: &[Case]) -> Result<usize, Reject> {
    let lexer = &mut checker.lexer;
    let first = lexer.peek();
    let start = lexer.position();
    let kinds = match Kinds::starting(first) {
        Kinds::NUMBERS => lexer.number()?.kind(),
        kinds => kinds,
    };
    lexer.rewind(start);
    let mut possible = cases.iter().enumerate().filter(|(_, case)| case.kinds.meets(kinds));
    let (Some(only), second) = (possible.next(), possible.next()) else {
        return lexer.reject(Reason::DoesNotFitType);
    };
    if second.is_none() || (kinds != Kinds::OBJECT && kinds != Kinds::STRING) {
        return Ok(only.0);
    }
    if kinds == Kinds::STRING {
        let text = lexer.string()?;
        lexer.rewind(start);
        let is_match = |case: &Case| case.kinds.meets(kinds) && case.text.is_none_or(|own| own == text);
        let found = cases.iter().position(is_match);
        return found.map_or_else(|| lexer.reject(Reason::DoesNotFitType), Ok);
    }
    let found = choose_by_properties(lexer, cases)?;
    lexer.rewind(start);
    found.map_or_else(|| lexer.reject(Reason::DoesNotFitType), Ok)
}

fn choose_by_properties(lexer: &mut Lexer<'_>, cases: &[Case]) -> Result<Option<usize>, Reject> {
    let mut inline = [Progress::default(); INLINE_CASES];
    let mut heap = Vec::new();
    let progress = match inline.get_mut(..cases.len()) {
        Some(inline) => inline,
        None => {
            heap.resize(cases.len(), Progress::default());
            &mut heap
        }
    };
    for (case, progress) in cases.iter().zip(&mut *progress) {
        progress.is_possible = case.kinds.meets(Kinds::OBJECT);
    }
    let nesting = lexer.nesting();
    lexer.enter()?;
    let mut is_first = true;
    while let Some((name, _)) = lexer.next_property(is_first)? {
        is_first = false;
        let is_tag = cases.iter().any(|case| case.tags.iter().any(|(tag, _)| **tag == *name));
        let text = if is_tag && lexer.peek() == b'"' { Some(lexer.string()?) } else { None };
        for (case, progress) in cases.iter().zip(&mut *progress) {
            progress.required += usize::from(case.required.contains(&&*name));
            progress.is_possible &= case.known.is_none_or(|known| known.contains(&&*name));
            if let Some((_, texts)) = case.tags.iter().find(|(tag, _)| **tag == *name) {
                progress.is_possible &= text.as_ref().is_some_and(|text| texts.contains(&&**text));
                progress.tags += 1;
            }
        }
        // If a case without a list of known properties is complete, no other case can match.
        let decides =
            |(case, progress): (&Case, &Progress)| case.known.is_none() && progress.is_complete(case);
        if let Some(at) = cases.iter().zip(&*progress).position(decides) {
            lexer.restore(nesting);
            return Ok(Some(at));
        }
        // If only one case is still possible, it is the only candidate. Reading its variant checks the rest.
        let mut possible = progress.iter().enumerate().filter(|(_, progress)| progress.is_possible);
        if let (Some((at, _)), None) = (possible.next(), possible.next()) {
            lexer.restore(nesting);
            return Ok(Some(at));
        }
        if text.is_none() {
            lexer.skip()?;
        }
    }
    Ok(cases.iter().zip(&*progress).position(|(case, progress)| progress.is_complete(case)))
}

impl Progress {
    /// Returns whether all conditions of the case are met.
    fn is_complete(self, case: &Case) -> bool {
        self.is_possible && self.tags == case.tags.len() && self.required == case.required.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexer::Nesting;

    fn chosen(cases: &[Case], text: &str) -> Option<usize> {
        let mut checker = Checker::new(text);
        let chosen = choose(&mut checker, cases).ok();
        let lexer = &checker.lexer;
        assert_eq!((lexer.position(), lexer.nesting()), (0, Nesting::default()), "{text}");
        chosen
    }

    #[test]
    fn cases_match_by_kind_tag_and_properties() {
        let card = Case::OBJECT.requires(&["card"]).tagged(&[("type", &["card", "debit"])]);
        let cash = Case::OBJECT.tagged(&[("type", &["cash"])]);
        let cases = [card, cash, Case::INTEGER, Case::STRING];
        assert_eq!(chosen(&cases, r#"{"type":"debit","card":1}"#), Some(0));
        // Reading the variant reports the missing property.
        assert_eq!(chosen(&cases, r#"{"type":"debit"}"#), Some(0));
        assert_eq!(chosen(&cases, r#"{"type":"cheque"}"#), None);
        assert_eq!(chosen(&cases, r#"{"a":{"b":[1,{}]},"type":"cash","card":1}"#), Some(1));
        assert_eq!(chosen(&cases, "[]"), None);
        assert_eq!(chosen(&cases, "1.0"), Some(2));
        assert_eq!(chosen(&cases, "1.5"), None);
        assert_eq!(chosen(&cases, "\"a\""), Some(3));
        let texts = [Case::text("a"), Case::OBJECT, Case::text("b")];
        assert_eq!(chosen(&texts, "\"b\""), Some(2));
        assert_eq!(chosen(&texts, "\"\\u0061\""), Some(0));
        assert_eq!(chosen(&texts, "\"c\""), None);
        // Reading the variant reads the rest of the object.
        let either = [Case::OBJECT.requires(&["a"]), Case::OBJECT.requires(&["b"])];
        assert_eq!(chosen(&either, r#"{"c":1,"b":1,"a":2}"#), Some(1));
        let closed = [Case::OBJECT.knows(&["a"]), Case::OBJECT.requires(&["b"])];
        assert_eq!(chosen(&closed, r#"{"b":1}"#), Some(1));
        assert_eq!(chosen(&closed, r#"{"a":1}"#), Some(0));
    }
}
