//! Patterns of ECMA-262: matching, containment and shortest strings, with automata.
//!
//! The engine translates a pattern to the syntax of Rust's regular expressions. This syntax has no look-arounds and no
//! back-references, so the engine does not know which strings match a pattern that has them. If a proof may assume more
//! strings of the writer, the engine drops the look-arounds of the writer's patterns.

mod lengths;
mod relaxed;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::{HashMap, HashSet, HashSetExt as _};
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::{start, syntax};
use regex_automata::{Anchored, MatchKind};

use crate::truth::Truth;

/// An automaton that several comparisons share.
type Shared = Arc<dense::DFA<Vec<u32>>>;

/// The compiled patterns of a comparison.
#[derive(Default)]
pub(crate) struct Patterns {
    automata: HashMap<String, Option<Shared>>,
    /// The results of earlier searches.
    searched: HashMap<Query, Search>,
    lengths: HashMap<String, (u64, Option<u64>)>,
    /// The number of product states that this comparison has visited, and the bytes of its automata.
    visited: usize,
    bytes: usize,
}

/// The maximum number of product states that a comparison visits, and the maximum bytes of its automata. After one of
/// them is reached, searches return no answer. So no set of patterns takes long.
const VISITED_MAX: usize = 150_000;
const BYTES_MAX: usize = 24 << 20;

/// A search for strings: the patterns that each string must match, the patterns that no string may match, and the
/// allowed lengths.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Query {
    every: Vec<String>,
    none: Vec<String>,
    min: u64,
    max: Option<u64>,
}

/// The answer to a question: do all strings that match some patterns also match another pattern?
#[cfg(test)]
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    Yes,
    /// This string matches the first patterns, but not the other pattern.
    No(String),
    Unknown,
}

/// The maximum size of an automaton, in bytes. For a pattern with a larger automaton, searches return no answer.
const AUTOMATON_BYTES_MAX: usize = 2 << 20;

/// The maximum size of the nondeterministic automaton of a pattern, in bytes.
const NFA_BYTES_MAX: usize = 2 << 20;

/// The maximum number of states that one search visits in a product of automata.
const PRODUCT_STATES_MAX: usize = 20_000;

impl Patterns {
    /// Returns whether a pattern matches anywhere in a text.
    pub(crate) fn is_match(&mut self, pattern: &str, text: &str) -> Truth {
        let Some(automaton) = self.automaton(pattern) else { return Truth::Unknown };
        let Some(mut state) = begin(&automaton) else { return Truth::Unknown };
        for byte in text.bytes() {
            state = automaton.next_state(state, byte);
        }
        if automaton.is_match_state(automaton.next_eoi_state(state)) { Truth::Yes } else { Truth::No }
    }

    /// Returns whether every string that matches all of `writer` also matches `reader`.
    #[cfg(test)]
    fn is_within(&mut self, writer: &[String], reader: &str) -> Answer {
        match self.search(writer, &[reader.to_owned()], 0, None) {
            Search::Found(text) => Answer::No(text),
            Search::Nothing => Answer::Yes,
            Search::GaveUp => Answer::Unknown,
        }
    }

    /// Finds strings that match all of `every`. For each look-around of `pattern`, it finds strings that match the
    /// content of the look-around, and strings that do not. `pattern` probably rejects some of these strings.
    pub(crate) fn find_by_look_arounds(&mut self, every: &[String], pattern: &str) -> Vec<String> {
        let mut found = Vec::new();
        for inside in relaxed::look_around_contents(pattern) {
            for anchored in [format!("^(?:{inside})"), inside] {
                let with: Vec<String> = every.iter().chain([&anchored]).cloned().collect();
                found.extend(self.find(&with, &[], 0, None));
                found.extend(self.find(every, &[anchored], 1, None));
            }
        }
        found
    }

    /// Finds the shortest string with a length between the bounds that matches all of `every` and none of `none`.
    pub(crate) fn find(
        &mut self,
        every: &[String],
        none: &[String],
        min: u64,
        max: Option<u64>,
    ) -> Option<String> {
        match self.search(every, none, min, max) {
            Search::Found(text) => Some(text),
            Search::Nothing | Search::GaveUp => None,
        }
    }

    /// Returns whether certainly no string matches all of `every` and none of `none`.
    pub(crate) fn is_empty(&mut self, every: &[String], none: &[String]) -> bool {
        matches!(self.search(every, none, 0, None), Search::Nothing)
    }

    /// Like [`Self::is_empty`], but only for strings with a length between the bounds.
    pub(crate) fn is_empty_between(
        &mut self,
        every: &[String],
        none: &[String],
        min: u64,
        max: Option<u64>,
    ) -> bool {
        matches!(self.search(every, none, min, max), Search::Nothing)
    }

    /// Returns all strings that match all of `every` and none of `none`. Returns `None` if the strings are more than
    /// `most`.
    pub(crate) fn words(&mut self, every: &[String], none: &[String], most: usize) -> Option<Vec<String>> {
        let longest = every.iter().filter_map(|pattern| self.lengths(pattern).1).min()?;
        let mut none = none.to_vec();
        let mut found = Vec::new();
        loop {
            match self.search(every, &none, 0, Some(longest)) {
                Search::Found(word) if found.len() < most => {
                    none.push(one_of_texts([word.as_str()]));
                    found.push(word);
                }
                Search::Nothing => return Some(found),
                Search::Found(_) | Search::GaveUp => return None,
            }
        }
    }

    /// Returns a lower and an upper bound for the length of all matching strings.
    pub(crate) fn lengths(&mut self, pattern: &str) -> (u64, Option<u64>) {
        if let Some(known) = self.lengths.get(pattern) {
            return *known;
        }
        let lengths = lengths::kept(pattern);
        self.lengths.insert(pattern.to_owned(), lengths);
        lengths
    }

    fn search(&mut self, every: &[String], none: &[String], min: u64, max: Option<u64>) -> Search {
        let query = Query { every: every.to_vec(), none: none.to_vec(), min, max };
        if let Some(known) = self.searched.get(&query) {
            return known.clone();
        }
        let answer = self.walk(every, none, min, max);
        self.searched.insert(query, answer.clone());
        answer
    }

    /// Visits the product of the automata breadth-first. The search counts lengths only up to a maximum.
    fn walk(&mut self, every: &[String], none: &[String], min: u64, max: Option<u64>) -> Search {
        // The empty pattern matches any text. With its automaton in the product, the search finds only valid UTF-8,
        // whatever the other patterns are.
        let mut all: Vec<Shared> = Vec::new();
        for pattern in std::iter::once("").chain(every.iter().map(String::as_str)) {
            // A wider automaton for a pattern in `every` is safe: if it finds nothing, no string exists.
            let automaton = match self.automaton(pattern) {
                None => relaxed::of(pattern).and_then(|relaxed| self.automaton(&relaxed)),
                known => known,
            };
            match automaton {
                Some(automaton) => all.push(automaton),
                None => return Search::GaveUp,
            }
        }
        for pattern in none {
            match self.automaton(pattern) {
                Some(automaton) => all.push(automaton),
                None => return Search::GaveUp,
            }
        }
        let positive = 1 + every.len();
        let Some(starts) = all.iter().map(|automaton| begin(automaton)).collect::<Option<Vec<StateID>>>()
        else {
            return Search::GaveUp;
        };
        // Above this length, all lengths are equivalent for the search.
        let cap = u32::try_from(min.max(max.map_or(0, |max| max + 1))).unwrap_or(u32::MAX);
        if 4_096 < cap {
            return Search::GaveUp;
        }
        let mut nodes: Vec<(Vec<StateID>, u32, u32, u8)> = vec![(starts.clone(), 0, 0, 0)];
        let mut seen = HashSet::new();
        seen.insert((starts, 0_u32));
        let bytes = distinct_bytes(&all);
        let mut open = VecDeque::from([0_usize]);
        while let Some(at) = open.pop_front() {
            let (states, length) = (nodes[at].0.clone(), nodes[at].1);
            let fits = u64::from(length) >= min && max.is_none_or(|max| u64::from(length) <= max);
            let ends: Vec<bool> = all
                .iter()
                .zip(&states)
                .map(|(automaton, state)| automaton.is_match_state(automaton.next_eoi_state(*state)))
                .collect();
            if fits && ends[..positive].iter().all(|end| *end) && !ends[positive..].iter().any(|end| *end) {
                return Search::Found(spell(&nodes, at));
            }
            for byte in &bytes {
                let next: Vec<StateID> = all
                    .iter()
                    .zip(&states)
                    .map(|(automaton, state)| automaton.next_state(*state, *byte))
                    .collect();
                if all[..positive].iter().zip(&next).any(|(automaton, state)| automaton.is_dead_state(*state))
                {
                    continue;
                }
                let begins_char = *byte & 0xc0 != 0x80;
                let length = if begins_char { (length + 1).min(cap) } else { length };
                if max.is_some_and(|max| max < u64::from(length)) {
                    continue;
                }
                if seen.insert((next.clone(), length)) {
                    self.visited += 1;
                    if PRODUCT_STATES_MAX < nodes.len() || VISITED_MAX < self.visited {
                        return Search::GaveUp;
                    }
                    let parent = u32::try_from(at).unwrap_or(u32::MAX);
                    nodes.push((next, length, parent, *byte));
                    open.push_back(nodes.len() - 1);
                }
            }
        }
        Search::Nothing
    }

    fn automaton(&mut self, pattern: &str) -> Option<Shared> {
        if let Some(known) = self.automata.get(pattern) {
            return known.clone();
        }
        if BYTES_MAX < self.bytes {
            return None;
        }
        let compiled = compile_once(pattern);
        self.bytes += compiled.as_ref().map_or(AUTOMATON_BYTES_MAX, |automaton| automaton.memory_usage());
        self.automata.insert(pattern.to_owned(), compiled.clone());
        compiled
    }
}

/// The maximum size of the automata that stay in memory between comparisons, in bytes.
const KEPT_BYTES_MAX: usize = 64 << 20;

/// The automata of earlier comparisons. The versions of a subject repeat their patterns, and an automaton costs more
/// than the rest of a comparison.
static KEPT: Mutex<Option<HashMap<String, Option<Shared>>>> = Mutex::new(None);

fn compile_once(pattern: &str) -> Option<Shared> {
    let lock = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = lock().as_ref().and_then(|kept| kept.get(pattern)) {
        return known.clone();
    }
    let compiled = compile(pattern).map(Arc::new);
    let mut kept = lock();
    let kept = kept.get_or_insert_default();
    let bytes: usize = kept.values().flatten().map(|automaton| automaton.memory_usage()).sum();
    if KEPT_BYTES_MAX < bytes || 4_096 < kept.len() {
        kept.clear();
    }
    kept.insert(pattern.to_owned(), compiled.clone());
    compiled
}

#[derive(Debug, Clone)]
enum Search {
    Found(String),
    Nothing,
    GaveUp,
}

/// Compiles a pattern to an automaton that accepts a whole text if the pattern matches anywhere in the text.
fn compile(pattern: &str) -> Option<dense::DFA<Vec<u32>>> {
    let translated = jsonschema_regex::to_rust_regex(pattern).ok()?;
    let whole = if translated.is_empty() {
        r"\A(?s:.)*\z".to_owned()
    } else {
        format!(r"\A(?s:.)*?(?:{translated})(?s:.)*\z")
    };
    dense::Builder::new()
        .syntax(syntax::Config::new().unicode(true).utf8(true))
        .thompson(thompson::Config::new().nfa_size_limit(Some(NFA_BYTES_MAX)))
        .configure(
            dense::Config::new()
                .start_kind(StartKind::Anchored)
                .match_kind(MatchKind::All)
                .dfa_size_limit(Some(AUTOMATON_BYTES_MAX))
                .determinize_size_limit(Some(AUTOMATON_BYTES_MAX)),
        )
        .build(&whole)
        .ok()
}

/// Returns a pattern that matches exactly these texts.
pub(crate) fn one_of_texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut pattern = "^(?:".to_owned();
    for (at, text) in texts.into_iter().enumerate() {
        if 0 < at {
            pattern.push('|');
        }
        for c in text.chars() {
            if r"^$\.*+?()[]{}|/".contains(c) {
                pattern.push('\\');
            }
            pattern.push(c);
        }
    }
    pattern.push_str(")$");
    pattern
}

fn begin(automaton: &dense::DFA<Vec<u32>>) -> Option<StateID> {
    automaton.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()
}

/// Returns one byte for each set of bytes that all these automata treat alike. From each set, the function takes the
/// most readable byte.
fn distinct_bytes(automata: &[Shared]) -> Vec<u8> {
    let mut seen = HashSet::new();
    let class = |byte: u8| -> Vec<u8> {
        automata.iter().map(|automaton| automaton.byte_classes().get(byte)).collect()
    };
    // The search also counts characters, so it distinguishes bytes that begin a character from other bytes.
    BYTES.iter().copied().filter(|byte| seen.insert((class(*byte), *byte & 0xc0 == 0x80))).collect()
}

fn spell(nodes: &[(Vec<StateID>, u32, u32, u8)], mut at: usize) -> String {
    let mut bytes = Vec::new();
    while at != 0 {
        bytes.push(nodes[at].3);
        at = nodes[at].2 as usize;
    }
    bytes.reverse();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Every byte, the readable ones first. So if several strings are the shortest, the search finds the most readable one.
const BYTES: &[u8] = &{
    let mut order = [0_u8; 256];
    let mut used = [false; 256];
    let mut at = 0;
    let ranges: [(u8, u8); 6] =
        [(b'a', b'z'), (b'0', b'9'), (b'A', b'Z'), (b'-', b'/'), (b' ', b'~'), (0, 255)];
    let mut range = 0;
    while range < ranges.len() {
        let mut byte = ranges[range].0 as usize;
        while byte <= ranges[range].1 as usize {
            if !used[byte] {
                used[byte] = true;
                order[at] = byte as u8;
                at += 1;
            }
            byte += 1;
        }
        range += 1;
    }
    order
};

#[cfg(test)]
mod tests {
    use super::*;

    fn within(writer: &[&str], reader: &str) -> Answer {
        Patterns::default().is_within(&writer.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>(), reader)
    }

    #[test]
    fn containment_of_patterns() {
        assert_eq!(within(&["^[a-c]+$"], "^[a-z]+$"), Answer::Yes);
        assert_eq!(within(&["^[a-c]{2}$"], "a|b|c"), Answer::Yes);
        assert_eq!(within(&["^[a-z]+$"], "^[a-c]+$"), Answer::No("d".to_owned()));
        assert_eq!(within(&[], "^.*$"), Answer::No("\n".to_owned()), "a dot leaves out line ends");
        assert_eq!(within(&["^a", "z$"], "^a(.|\\s)*z$"), Answer::Yes);
        assert_eq!(within(&["^(?!foo)[a-z]+$"], "^[a-z]+$"), Answer::Yes);
        assert_eq!(within(&["a"], "(?=a)a"), Answer::Unknown);
    }

    #[test]
    fn matching_is_anywhere_and_counts_code_points() {
        let mut patterns = Patterns::default();
        assert_eq!(patterns.is_match("b+", "abbc"), Truth::Yes);
        assert_eq!(patterns.is_match("^.$", "🙂"), Truth::Yes);
        assert_eq!(patterns.is_match("^b", "ab"), Truth::No);
        assert_eq!(patterns.find(&["^[x-z]*$".to_owned()], &[], 3, Some(5)).as_deref(), Some("xxx"));
        assert_eq!(patterns.find(&["^a?$".to_owned()], &[], 3, None), None);
    }
}
