//! Looking subjects up, by name and by words: a subject is found when every word looked for begins one of its words.
//!
//! Each database has the words in the form in which it finds them fastest (docs/adr/0024).

use evschema_model::Subject;

use super::{Answer, SubjectRecord};

/// What a store finds subjects by.
pub trait Search {
    /// Returns subjects in order of their names.
    fn subjects<'a>(&'a self, query: &'a SubjectQuery) -> Answer<'a, Vec<SubjectRecord>>;

    /// Returns a subject without its versions; upper and lower case differ.
    fn subject<'a>(&'a self, subject: &'a Subject) -> Answer<'a, Option<SubjectRecord>>;

    /// Returns subjects whose words are not those of their revision, at most so many.
    fn unindexed(&self, limit: u32) -> Answer<'_, Vec<SubjectRecord>>;

    /// Gives a subject the words of a revision, unless it has those of this one or a later one.
    fn index(&self, indexing: Indexing) -> Answer<'_, ()>;

    /// Forgets of which revision the words of a subject are, so that it is given words anew.
    fn forget_words<'a>(&'a self, subject: &'a Subject) -> Answer<'a, ()>;
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

/// The words of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indexing {
    /// The subject.
    pub subject: Subject,
    /// The revision whose words these are.
    pub revision: u64,
    /// The words of its settings.
    pub about: Vec<String>,
    /// The words of its name and latest content.
    pub content: Vec<String>,
}
