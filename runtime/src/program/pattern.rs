//! Regular expressions of ECMA-262, with the same results as in the `jsonschema` crate.

mod fixed;

use std::sync::OnceLock;

use fixed::Fixed;
use jsonschema_regex::{PatternAnalysis, Sequence, analyze_pattern, contains_ecma_whitespace};

use crate::reject::Reason;
use crate::step_budget::StepBudget;

/// A pattern. The check of the first string compiles it.
#[derive(Debug)]
pub(crate) struct Pattern {
    source: Box<str>,
    simple: Option<Simple>,
    engine: OnceLock<Engine>,
}

/// A pattern that needs no regular expression engine.
#[derive(Debug)]
enum Simple {
    Prefix(Box<str>),
    Exact(Box<str>),
    OneOf(Box<[Box<str>]>),
    NoWhiteSpace,
    /// The string matches one of these.
    Fixed(Box<[Fixed]>),
}

#[derive(Debug)]
enum Engine {
    /// A sequence of character classes. If the sequence cannot decide whether a string matches, the regular expression
    /// decides.
    Sequence(Box<Sequence>, Box<regex::Regex>),
    /// An expression whose search takes time linear in the length of the string.
    Automaton(Box<regex::Regex>),
    /// Several expressions that must all match: look-aheads at the start of a pattern, and the rest.
    All(Vec<regex::Regex>),
    /// A pattern with other look-arounds, or with backreferences.
    Backtracking(Box<Backtracking>),
    /// The pattern does not compile. The generator rejects schemas with such a pattern.
    Invalid,
}

/// A backtracking engine with a limit on backtracks. After each backtrack, the engine may scan the rest of the string.
#[derive(Debug)]
struct Backtracking {
    pattern: Box<str>,
    /// The engine with a low limit, which is enough for usual patterns.
    quick: fancy_regex::Regex,
    /// The engine with the full limit. It is compiled when a string exceeds the low limit.
    full: OnceLock<Option<fancy_regex::Regex>>,
}

impl Backtracking {
    /// Maximum number of backtracks. If a string needs more backtracks, the check has no answer: under `not`, both
    /// answers could accept an invalid event.
    const BACKTRACKS_MAX: usize = 100_000;
    /// Maximum number of backtracks in the first attempt.
    const BACKTRACKS_MAX_QUICK: usize = 1_000;

    fn compile(pattern: &str, backtracks_max: usize) -> Option<fancy_regex::Regex> {
        fancy_regex::RegexBuilder::new(pattern).backtrack_limit(backtracks_max).build().ok()
    }

    fn is_match(&self, text: &str, budget: &mut StepBudget) -> Result<bool, Reason> {
        budget.steps(Self::cost(Self::BACKTRACKS_MAX_QUICK, text))?;
        if let Ok(is_match) = self.quick.is_match(text) {
            return Ok(is_match);
        }
        budget.steps(Self::cost(Self::BACKTRACKS_MAX, text))?;
        let full = self.full.get_or_init(|| Self::compile(&self.pattern, Self::BACKTRACKS_MAX));
        let full = full.as_ref().ok_or(Reason::BrokenProgram)?;
        full.is_match(text).map_err(|_| Reason::TooManySteps)
    }

    /// Returns the number of the checker's steps that take as long as these backtracks. One step takes as long as a
    /// scan of `BYTES_PER_STEP` bytes.
    fn cost(backtracks: usize, text: &str) -> usize {
        const BYTES_PER_STEP: usize = 100;
        (backtracks / BYTES_PER_STEP).saturating_mul(text.len())
    }
}

impl Pattern {
    pub(crate) fn new(source: &str) -> Self {
        let simple = match analyze_pattern(source) {
            Some(PatternAnalysis::Prefix(prefix)) => Some(Simple::Prefix((&*prefix).into())),
            Some(PatternAnalysis::Exact(exact)) => Some(Simple::Exact((&*exact).into())),
            Some(PatternAnalysis::Alternation(texts)) => {
                Some(Simple::OneOf(texts.iter().map(|text| (&**text).into()).collect()))
            }
            Some(PatternAnalysis::NoWhitespace) => Some(Simple::NoWhiteSpace),
            None => Fixed::parse(source).map(Simple::Fixed),
        };
        Self { source: source.into(), simple, engine: OnceLock::new() }
    }

    /// Returns the text of the pattern.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Returns whether the pattern occurs in a string.
    ///
    /// # Errors
    ///
    /// If the search would take too many steps, or the pattern does not compile.
    pub(crate) fn is_match(&self, text: &str, budget: &mut StepBudget) -> Result<bool, Reason> {
        Ok(match &self.simple {
            Some(Simple::Prefix(prefix)) => text.starts_with(&**prefix),
            Some(Simple::Exact(exact)) => *text == **exact,
            Some(Simple::OneOf(texts)) => texts.iter().any(|one| **one == *text),
            Some(Simple::Fixed(fixed)) => fixed.iter().any(|one| one.is_match(text)),
            Some(Simple::NoWhiteSpace) => !contains_ecma_whitespace(text),
            None => {
                return self.engine.get_or_init(|| Engine::compile(&self.source)).is_match(text, budget);
            }
        })
    }
}

impl Engine {
    fn compile(source: &str) -> Self {
        let Ok(translated) = jsonschema_regex::to_rust_regex(source) else {
            return Self::backtracking(source);
        };
        if let Ok(regex) = regex::Regex::new(&translated) {
            return match Sequence::compile(&translated) {
                Some(sequence) => Self::Sequence(Box::new(sequence), Box::new(regex)),
                None => Self::Automaton(Box::new(regex)),
            };
        }
        let parts = jsonschema_regex::split_leading_lookaheads(source).and_then(|parts| {
            let compiled = parts.iter().map(|part| {
                let translated = jsonschema_regex::to_rust_regex(part).ok()?;
                regex::Regex::new(&translated).ok()
            });
            compiled.collect::<Option<Vec<_>>>()
        });
        parts.map_or_else(|| Self::backtracking(&translated), Self::All)
    }

    fn backtracking(translated: &str) -> Self {
        let quick = Backtracking::compile(translated, Backtracking::BACKTRACKS_MAX_QUICK);
        quick.map_or(Self::Invalid, |quick| {
            let pattern = translated.into();
            Self::Backtracking(Box::new(Backtracking { pattern, quick, full: OnceLock::new() }))
        })
    }

    fn is_match(&self, text: &str, budget: &mut StepBudget) -> Result<bool, Reason> {
        Ok(match self {
            Self::Sequence(sequence, regex) => {
                sequence.is_match(text.as_bytes()).unwrap_or_else(|| regex.is_match(text))
            }
            Self::Automaton(regex) => regex.is_match(text),
            Self::All(parts) => parts.iter().all(|part| part.is_match(text)),
            Self::Backtracking(backtracking) => return backtracking.is_match(text, budget),
            Self::Invalid => return Err(Reason::BrokenProgram),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engine_matches() {
        for (source, text, matches) in [
            ("^ab", "abc", true),
            ("^ab$", "abc", false),
            ("^(a|b)$", "b", true),
            ("^[a-z]{2,3}-[0-9]+$", "ab-12", true),
            ("^[a-z]{2,3}-[0-9]+$", "ab-", false),
            (r"^\d+$", "١٢", false),
            (r"^(?=.*\d)(?=.*[a-z]).+$", "a1", true),
            (r"^(?=.*\d)(?=.*[a-z]).+$", "aa", false),
            (r"^(?!x)a", "xa", false),
            (r"(a)\1", "aa", true),
        ] {
            let is_match = Pattern::new(source).is_match(text, &mut StepBudget::for_event(0)).unwrap();
            assert_eq!(is_match, matches, "{source} on {text}");
        }
    }

    #[test]
    fn catastrophic_backtracking_ends() {
        let text = format!("{}!", "a".repeat(40));
        let is_match =
            |source, text: &str| Pattern::new(source).is_match(text, &mut StepBudget::for_event(text.len()));
        assert_eq!(is_match("^(a+)+$", &text), Ok(false));
        assert_eq!(is_match(r"^(?!b)(a+)+\1$", &text), Ok(false));
        // The engine gives up, so nobody knows whether the pattern matches.
        assert_eq!(is_match(r"^(?!b)(a|aa)+\1$", &text), Err(Reason::TooManySteps));
        // After each backtrack, a look-around scans the rest.
        let scanned = r"(?:(?!(?:\p{L})?(?:[ab])*)a)?(?=aa)b";
        assert_eq!(is_match(scanned, &"ab".repeat(130_000)), Err(Reason::TooManySteps));
        assert_eq!(is_match(scanned, "abab"), Ok(false));
    }

    #[test]
    fn a_pattern_that_does_not_compile_has_no_answer() {
        let is_match = Pattern::new("a)").is_match("a", &mut StepBudget::for_event(1));
        assert_eq!(is_match, Err(Reason::BrokenProgram));
    }
}
