//! Patterns with the meaning of ECMA-262, as the `jsonschema` crate understands them.

mod fixed;

use std::sync::OnceLock;

use fixed::Fixed;
use jsonschema_regex::{PatternAnalysis, Sequence, analyze_pattern, contains_ecma_whitespace};

use crate::check::Memory;
use crate::reject::Why;

/// A pattern, compiled when it is first needed.
#[derive(Debug)]
pub(crate) struct Pattern {
    source: Box<str>,
    simple: Option<Simple>,
    engine: OnceLock<Engine>,
}

/// A pattern that needs no engine.
#[derive(Debug)]
enum Simple {
    Prefix(Box<str>),
    Exact(Box<str>),
    OneOf(Box<[Box<str>]>),
    NoWhiteSpace,
    /// Any one of these.
    Fixed(Box<[Fixed]>),
}

#[derive(Debug)]
enum Engine {
    /// Classes one after the other; `None` of it for a text it cannot decide.
    Sequence(Box<Sequence>, Box<regex::Regex>),
    /// Linear in the text.
    Automaton(Box<regex::Regex>),
    /// Parts that all hold: look-aheads at the start, which become searches of their own.
    All(Vec<regex::Regex>),
    /// With look-around inside or references back.
    Backtracking(Box<Backtracking>),
    /// None that compiles; the generator refuses schemas with such a pattern.
    Nothing,
}

/// A matcher that goes back, up to a limit. Each time it goes back, it may scan the rest of the text.
#[derive(Debug)]
struct Backtracking {
    pattern: Box<str>,
    /// Has a low limit, which is enough for usual patterns.
    quick: fancy_regex::Regex,
    /// Has the full limit; compiled when the low one is reached.
    full: OnceLock<Option<fancy_regex::Regex>>,
}

impl Backtracking {
    /// How often the matcher goes back at most. A text that needs more does not match.
    const BACKTRACKS_MAX: usize = 100_000;
    const BACKTRACKS_MAX_QUICK: usize = 1_000;

    fn compile(pattern: &str, backtracks_max: usize) -> Option<fancy_regex::Regex> {
        fancy_regex::RegexBuilder::new(pattern).backtrack_limit(backtracks_max).build().ok()
    }

    fn is_match(&self, text: &str, memory: &mut Memory) -> Result<bool, Why> {
        memory.steps(Self::cost(Self::BACKTRACKS_MAX_QUICK, text))?;
        if let Ok(is_match) = self.quick.is_match(text) {
            return Ok(is_match);
        }
        memory.steps(Self::cost(Self::BACKTRACKS_MAX, text))?;
        let full = self.full.get_or_init(|| Self::compile(&self.pattern, Self::BACKTRACKS_MAX));
        Ok(full.as_ref().is_some_and(|full| full.is_match(text).unwrap_or(false)))
    }

    /// Returns the steps that a limit stands for: some bytes are scanned in the time of one.
    fn cost(backtracks: usize, text: &str) -> usize {
        const BYTES_IN_A_STEP: usize = 100;
        (backtracks / BYTES_IN_A_STEP).saturating_mul(text.len())
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

    /// Returns whether the pattern occurs in a text; fails if the search would take too many steps.
    pub(crate) fn is_match(&self, text: &str, memory: &mut Memory) -> Result<bool, Why> {
        Ok(match &self.simple {
            Some(Simple::Prefix(prefix)) => text.starts_with(&**prefix),
            Some(Simple::Exact(exact)) => *text == **exact,
            Some(Simple::OneOf(texts)) => texts.iter().any(|one| **one == *text),
            Some(Simple::Fixed(fixed)) => fixed.iter().any(|one| one.is_match(text)),
            Some(Simple::NoWhiteSpace) => !contains_ecma_whitespace(text),
            None => {
                return self.engine.get_or_init(|| Engine::compile(&self.source)).is_match(text, memory);
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
        quick.map_or(Self::Nothing, |quick| {
            let pattern = translated.into();
            Self::Backtracking(Box::new(Backtracking { pattern, quick, full: OnceLock::new() }))
        })
    }

    fn is_match(&self, text: &str, memory: &mut Memory) -> Result<bool, Why> {
        Ok(match self {
            Self::Sequence(sequence, regex) => {
                sequence.is_match(text.as_bytes()).unwrap_or_else(|| regex.is_match(text))
            }
            Self::Automaton(regex) => regex.is_match(text),
            Self::All(parts) => parts.iter().all(|part| part.is_match(text)),
            Self::Backtracking(backtracking) => return backtracking.is_match(text, memory),
            Self::Nothing => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engine_is_used() {
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
            let is_match = Pattern::new(source).is_match(text, &mut Memory::of_event(0)).unwrap();
            assert_eq!(is_match, matches, "{source} on {text}");
        }
    }

    #[test]
    fn a_catastrophe_ends() {
        let text = format!("{}!", "a".repeat(40));
        let is_match =
            |source, text: &str| Pattern::new(source).is_match(text, &mut Memory::of_event(text.len()));
        assert_eq!(is_match("^(a+)+$", &text), Ok(false));
        assert_eq!(is_match(r"^(?!b)(a+)+\1$", &text), Ok(false));
        // Each time that the matcher goes back, a look-around scans the rest.
        let scanned = r"(?:(?!(?:\p{L})?(?:[ab])*)a)?(?=aa)b";
        assert_eq!(is_match(scanned, &"ab".repeat(130_000)), Err(Why::TooManySteps));
        assert_eq!(is_match(scanned, "abab"), Ok(false));
    }
}
