//! Patterns with the meaning of ECMA-262, as the `jsonschema` crate understands them.

mod fixed;

use std::sync::OnceLock;

use fixed::Fixed;
use jsonschema_regex::{PatternAnalysis, Sequence, analyze_pattern, contains_ecma_whitespace};

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
    /// With look-around inside or references back: bounded by a number of steps.
    Backtracking(Box<fancy_regex::Regex>),
    /// None that compiles; the generator refuses schemas with such a pattern.
    Nothing,
}

impl Pattern {
    /// Most steps of a pattern that only backtracking can match: some milliseconds. A text that
    /// takes more is taken not to match.
    const STEPS_MAX: usize = 100_000;

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

    /// Tells whether the pattern occurs in a text.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        match &self.simple {
            Some(Simple::Prefix(prefix)) => text.starts_with(&**prefix),
            Some(Simple::Exact(exact)) => *text == **exact,
            Some(Simple::OneOf(texts)) => texts.iter().any(|one| **one == *text),
            Some(Simple::Fixed(fixed)) => fixed.iter().any(|one| one.is_match(text)),
            Some(Simple::NoWhiteSpace) => !contains_ecma_whitespace(text),
            None => self.engine.get_or_init(|| Engine::compile(&self.source)).is_match(text),
        }
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
        let built = fancy_regex::RegexBuilder::new(translated).backtrack_limit(Pattern::STEPS_MAX).build();
        built.map_or(Self::Nothing, |regex| Self::Backtracking(Box::new(regex)))
    }

    fn is_match(&self, text: &str) -> bool {
        match self {
            Self::Sequence(sequence, regex) => {
                sequence.is_match(text.as_bytes()).unwrap_or_else(|| regex.is_match(text))
            }
            Self::Automaton(regex) => regex.is_match(text),
            Self::All(parts) => parts.iter().all(|part| part.is_match(text)),
            Self::Backtracking(regex) => regex.is_match(text).unwrap_or(false),
            Self::Nothing => false,
        }
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
            assert_eq!(Pattern::new(source).is_match(text), matches, "{source} on {text}");
        }
    }

    #[test]
    fn a_catastrophe_ends() {
        let text = format!("{}!", "a".repeat(40));
        assert!(!Pattern::new("^(a+)+$").is_match(&text));
        assert!(!Pattern::new(r"^(?!b)(a+)+\1$").is_match(&text));
    }
}
