//! Looking subjects up, by name and by words.
//!
//! A subject is found when every word looked for begins one of its words. What the index has for a word is a set
//! of numbers, and the sets are cut with each other. A page is the first of what is left in order of names; of
//! many, the next names soon have enough. A word that very many subjects have is looked for in each subject
//! instead.

use std::future::Future;

use evschema_model::Subject;

use super::{Answer, StoreError, SubjectRecord};

/// Most rows of the index read for one word: a word with more is common. So many numbers are read in about a
/// millisecond.
pub(super) const ROWS_MAX: i64 = 10_000;

/// Subjects whose names are read and sorted in less than a millisecond; of more, the next in order of names are
/// looked through first.
const SORTED_MAX: i64 = 2_000;

/// Subjects in which common words are looked for at once: a page is soon full, and the rest need not be looked at.
const CHUNK: usize = 250;

/// So few subjects that it is quicker to look for a word in each of them than to read its set.
const PROBED_MAX: usize = 200;

/// Subjects gone through in order of names.
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

/// What a database answers about words, without reading more of a subject than its number and its name: whole
/// rows are read of those that are shown.
pub(super) trait Index: Sync {
    /// Returns the subjects that have a word which begins so, in any order, some of them more than once; at most
    /// so many rows of the index.
    fn with_word(
        &self,
        word: &str,
        rows_max: i64,
    ) -> impl Future<Output = Result<Vec<i64>, StoreError>> + Send;

    /// Returns the page of those of these subjects that have all the words too, in order of names.
    fn among(
        &self,
        subjects: &[i64],
        words: &[String],
        wanted: &SubjectQuery,
    ) -> impl Future<Output = Result<Vec<i64>, StoreError>> + Send;

    /// Returns the next [`WINDOW`] subjects in order of names.
    fn next(&self, wanted: &SubjectQuery) -> impl Future<Output = Result<Vec<i64>, StoreError>> + Send;
}

/// Returns the numbers of the subjects of a page, in any order.
pub(super) async fn page(index: &impl Index, wanted: &SubjectQuery) -> Result<Vec<i64>, StoreError> {
    // Many sets may have little in common. One alone need not be read as a whole if it is large.
    let rows_max = if wanted.words.len() == 1 { SORTED_MAX } else { ROWS_MAX };
    let mut found: Option<Vec<i64>> = None;
    let mut common: Vec<String> = Vec::new();
    // The longer a word, the fewer have it, as a rule; and of few subjects, no more sets are read.
    let mut words: Vec<&String> = wanted.words.iter().collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words {
        if found.as_ref().is_some_and(|found| found.len() <= PROBED_MAX) {
            common.push(word.clone());
            continue;
        }
        let subjects = index.with_word(word, rows_max + 1).await?;
        if i64::try_from(subjects.len()).is_ok_and(|rows| rows <= rows_max) {
            found = Some(cut(found, subjects));
        } else {
            common.push(word.clone());
        }
    }
    if let Some(found) = &found
        && i64::try_from(found.len()).is_ok_and(|subjects| subjects <= SORTED_MAX)
    {
        return index.among(found, &common, wanted).await;
    }
    let page_len = wanted.limit as usize;
    let mut next = index.next(wanted).await?;
    next.retain(|subject| found.as_ref().is_none_or(|found| found.binary_search(subject).is_ok()));
    let mut page = Vec::new();
    for chunk in next.chunks(CHUNK) {
        if common.is_empty() {
            page.extend(chunk);
        } else {
            page.extend(index.among(chunk, &common, wanted).await?);
        }
        if page_len <= page.len() {
            page.truncate(page_len);
            return Ok(page);
        }
    }
    // Those that have them all come late in order of names.
    if found.is_none()
        && let Some(word) = common.pop()
    {
        found = Some(cut(None, index.with_word(&word, i64::MAX).await?));
    }
    index.among(&found.unwrap_or_default(), &common, wanted).await
}

/// Returns the subjects that are in both sets, ascending; nothing is the set of all.
fn cut(one: Option<Vec<i64>>, mut other: Vec<i64>) -> Vec<i64> {
    other.sort_unstable();
    other.dedup();
    if let Some(one) = one {
        other.retain(|subject| one.binary_search(subject).is_ok());
    }
    other
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Subjects in memory: a name, and words; the number is the place.
    struct Subjects(Vec<(String, Vec<&'static str>)>);

    impl Subjects {
        fn has(&self, subject: i64, word: &str) -> bool {
            self.0[subject as usize].1.iter().any(|own| own.starts_with(word))
        }

        /// Returns those that have all the words, in order of names.
        fn page(
            &self,
            among: impl Iterator<Item = i64>,
            words: &[String],
            wanted: &SubjectQuery,
        ) -> Vec<i64> {
            let name = |subject: i64| self.0[subject as usize].0.as_str();
            let mut page: Vec<i64> = among
                .filter(|subject| wanted.after_name() < name(*subject))
                .filter(|subject| words.iter().all(|word| self.has(*subject, word)))
                .collect();
            page.sort_by_key(|subject| name(*subject));
            page.truncate(wanted.limit as usize);
            page
        }
    }

    impl Index for Subjects {
        async fn with_word(&self, word: &str, rows_max: i64) -> Result<Vec<i64>, StoreError> {
            let mut rows: Vec<i64> = Vec::new();
            for (number, (_, words)) in (0..).zip(&self.0) {
                rows.extend(words.iter().filter(|own| own.starts_with(word)).map(|_| number));
            }
            rows.truncate(usize::try_from(rows_max).unwrap());
            Ok(rows)
        }

        async fn among(
            &self,
            subjects: &[i64],
            words: &[String],
            wanted: &SubjectQuery,
        ) -> Result<Vec<i64>, StoreError> {
            Ok(self.page(subjects.iter().copied(), words, wanted))
        }

        async fn next(&self, wanted: &SubjectQuery) -> Result<Vec<i64>, StoreError> {
            let all = SubjectQuery { limit: u32::try_from(WINDOW).unwrap(), ..wanted.clone() };
            Ok(self.page(0..self.0.len() as i64, &[], &all))
        }
    }

    #[tokio::test]
    async fn a_page_is_what_looking_at_each_subject_finds() {
        let mut random = fastrand::Rng::with_seed(5);
        let count = 30_000;
        let subjects = Subjects(
            (0..count)
                .map(|place| {
                    let mut words = vec!["every"];
                    let mut some = |word, is: bool| words.extend(is.then_some(word));
                    some("half", random.bool());
                    some("halfway", random.bool());
                    some("third", random.u32(..3) == 0);
                    some("few", random.u32(..100) == 0);
                    some("rare", random.u32(..3_000) == 0);
                    // By name, these come late and early.
                    some("late", 24_000 < place);
                    some("early", place < 5_000);
                    (format!("s{place:05}"), words)
                })
                .collect(),
        );
        let words = ["every", "hal", "half", "third", "few", "rare", "late", "early", "none"];
        for _ in 0..60 {
            let chosen = (0..random.usize(1..4)).map(|_| random.choice(words).unwrap().to_owned());
            let wanted = SubjectQuery {
                words: chosen.collect::<std::collections::BTreeSet<_>>().into_iter().collect(),
                after: random.bool().then(|| format!("s{:05}", random.u32(..count))),
                limit: random.u32(1..300),
            };
            let mut found = page(&subjects, &wanted).await.unwrap();
            found.sort_by_key(|subject| subjects.0[*subject as usize].0.as_str());
            assert_eq!(found, subjects.page(0..i64::from(count), &wanted.words, &wanted), "{wanted:?}");
        }
    }

    #[test]
    fn sets_are_cut() {
        assert_eq!(cut(None, vec![3, 1, 3, 2]), [1, 2, 3]);
        assert_eq!(cut(Some(vec![1, 3]), vec![3, 4, 3, 2, 1]), [1, 3]);
        assert!(cut(Some(Vec::new()), vec![1]).is_empty());
    }
}
