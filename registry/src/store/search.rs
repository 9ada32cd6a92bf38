//! The search for subjects by name and by words. A subject matches if each search word is the beginning of one of its
//! search terms.
//!
//! Each database stores the search terms in the form that it searches fastest (docs/adr/0024).

use evschema_model::Subject;

use super::outcome::Answer;
use super::records::SubjectRecord;

/// The search operations of a store.
pub trait Search {
    /// Returns subjects in order of their names.
    fn subjects<'a>(&'a self, query: &'a SubjectQuery) -> Answer<'a, Vec<SubjectRecord>>;

    /// Returns a subject without its versions. The name must match exactly, including upper and lower case.
    fn subject<'a>(&'a self, subject: &'a Subject) -> Answer<'a, Option<SubjectRecord>>;

    /// Returns at most `limit` subjects whose search terms are from an earlier revision.
    fn unindexed(&self, limit: u32) -> Answer<'_, Vec<SubjectRecord>>;

    /// Writes the search terms of a revision, unless the subject already has search terms of the same or of a later
    /// revision.
    fn index(&self, indexing: Indexing) -> Answer<'_, ()>;

    /// Resets the revision of a subject's search terms, so that [`index`](Self::index) writes them again.
    fn forget_words<'a>(&'a self, subject: &'a Subject) -> Answer<'a, ()>;
}

/// A query for a page of subjects.
#[derive(Debug, Clone, Default)]
pub struct SubjectQuery {
    /// The search words, in lower case. Each word must be the beginning of a search term of the subject. If the list is
    /// empty, every subject matches.
    pub words: Vec<String>,
    /// The name after which the page begins.
    pub after: Option<String>,
    /// The maximum number of subjects.
    pub limit: u32,
}

impl SubjectQuery {
    /// Returns the name after which the page begins. The empty name comes before every other name.
    pub(super) fn after_name(&self) -> &str {
        self.after.as_deref().unwrap_or_default()
    }
}

/// The search terms of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indexing {
    /// The subject.
    pub subject: Subject,
    /// The revision of the subject that has these search terms.
    pub revision: u64,
    /// The search terms from the settings.
    pub about: Vec<String>,
    /// The search terms from the name and from the latest schema.
    pub content: Vec<String>,
}
