//! Looking subjects up, by name and by words.
//!
//! A subject is found when every word looked for begins one of its words. Words that few subjects have are
//! looked up in the index, and the sets cut with each other. Where each word is common, a page is soon full of the
//! next subjects in order of names; if it is not, few have all of them, and the database cuts two of the sets.

use std::collections::BTreeSet;

use evschema_model::Subject;

use super::{Answer, SubjectRecord};

/// Most rows of the index read for one word: a word with more is common. So many subjects are looked at one by
/// one in about two milliseconds, and are soon met where all subjects are gone through.
pub(super) const ROWS_MAX: i64 = 500;

/// Subjects gone through one by one where each word is common.
pub(super) const WINDOW: i64 = 1_000;

/// What a store finds subjects by.
pub trait Search {
    /// Returns subjects in order of their names.
    fn subjects<'a>(&'a self, query: &'a SubjectQuery) -> Answer<'a, Vec<SubjectRecord>>;

    /// Returns a subject without its versions; upper and lower case differ.
    fn subject<'a>(&'a self, subject: &'a Subject) -> Answer<'a, Option<SubjectRecord>>;

    /// Returns subjects whose words are not those of their revision, at most so many.
    fn unindexed(&self, limit: u32) -> Answer<'_, Vec<SubjectRecord>>;

    /// Gives a subject the words of a revision, unless it has those of a later one.
    fn index(&self, indexing: Indexing) -> Answer<'_, ()>;
}

/// Which subjects to list.
#[derive(Debug, Clone, Default)]
pub struct SubjectQuery {
    /// Words, in lower case, each of which begins one of the subject's; none of them for all subjects.
    pub words: Vec<String>,
    /// The name after which to begin.
    pub after: Option<String>,
    /// How many at most.
    pub limit: u32,
}

impl SubjectQuery {
    /// Returns the name after which to begin; every name comes after the empty one.
    pub(super) fn after_name(&self) -> &str {
        self.after.as_deref().unwrap_or_default()
    }
}

/// What a search finds a subject by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Searched {
    /// The text in lower case, which registries of the version before look through.
    pub text: String,
    /// Its words, with those of the subject's name; in lower case, each once.
    pub words: Vec<String>,
}

/// The words of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indexing {
    /// The subject.
    pub subject: Subject,
    /// The revision whose words these are.
    pub revision: u64,
    /// The words of its name and settings.
    pub about: Vec<String>,
    /// The words of its name and latest content.
    pub content: Vec<String>,
}

/// Where words are from, as the tables have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    About = 1,
    Content = 2,
}

impl Part {
    pub(super) fn number(self) -> i16 {
        self as i16
    }
}

/// Comes after whatever a word goes on with, in the order of bytes.
pub(super) const LAST: &str = "\u{10ffff}";

/// Returns where the words that begin with this one end, in the order of bytes.
pub(super) fn end_of(word: &str) -> String {
    format!("{word}{LAST}")
}

/// What the index has said of the words that are looked for.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The subjects that have all the words that few have; nothing when each is common.
    pub(super) rare: Option<BTreeSet<i64>>,
    /// The words that are common.
    pub(super) common: Vec<String>,
}

impl Found {
    /// Adds what the index has for a word: at most [`ROWS_MAX`] rows and one.
    pub(super) fn add(&mut self, word: &str, subjects: Vec<i64>) {
        if i64::try_from(subjects.len()).is_ok_and(|rows| ROWS_MAX < rows) {
            self.common.push(word.to_owned());
            return;
        }
        let these: BTreeSet<i64> = subjects.into_iter().collect();
        self.rare = Some(match self.rare.take() {
            None => these,
            Some(others) => others.intersection(&these).copied().collect(),
        });
    }
}
