//! Looking subjects up, by name and by words.
//!
//! A subject is found when every word looked for begins one of its words. What the index has for a word is a set
//! of numbers, and the sets are cut with each other. A page is the first of what is left in order of names: few are
//! sorted, and many are met soon enough when all are gone through. A word that very many subjects have is looked for
//! in each of those instead, unless few of them turn out to have it.

use std::future::Future;

use evschema_model::Subject;

use super::{Answer, StoreError, SubjectRecord};

/// Most rows of the index read for one word before anything is known of it: a word with more is common. So many
/// numbers are read in less than a millisecond.
const ROWS_MAX: i64 = 4_000;

/// Subjects that are quickly looked into and sorted by name: no further set is read to have fewer of them. Of more,
/// the first are soon met when all are gone through in order of names.
const SORTED_MAX: usize = 1_000;

/// How many times more subjects can be gone through in order of names than be read by their numbers and sorted.
const WALKED_FOR_SORTED: usize = 5;

/// Subjects in which common words are looked for at once: a page is soon full, and the rest need not be looked at.
const CHUNK: usize = 128;

/// Of how many subjects one must have the common words for looking into each of them to go on.
const DENSITY_MIN: usize = 4;

/// Windows after which going on is slower than to read the set of a common word.
const WINDOWS_MAX: usize = 3;

/// Subjects gone through in order of names at once.
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

    /// Returns the next [`WINDOW`] subjects in order of names: those behind this one, or where a page begins.
    fn next(
        &self,
        wanted: &SubjectQuery,
        behind: Option<i64>,
    ) -> impl Future<Output = Result<Vec<i64>, StoreError>> + Send;
}

/// Returns the numbers of the subjects of a page, in any order.
pub(super) async fn page(index: &impl Index, wanted: &SubjectQuery) -> Result<Vec<i64>, StoreError> {
    let mut found: Option<Vec<i64>> = None;
    let mut common: Vec<String> = Vec::new();
    // The longer a word, the fewer have it, as a rule; and of few subjects, no more sets are read.
    let mut words: Vec<&String> = wanted.words.iter().collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words {
        if found.as_ref().is_some_and(|found| found.len() <= SORTED_MAX) {
            common.push(word.clone());
            continue;
        }
        let subjects = index.with_word(word, ROWS_MAX + 1).await?;
        if i64::try_from(subjects.len()).is_ok_and(|rows| rows <= ROWS_MAX) {
            found = Some(cut(found, subjects));
        } else {
            common.push(word.clone());
        }
    }
    common.reverse();
    let mut walk = Walk { index, wanted, names: Vec::new(), is_at_end: false };
    loop {
        if let Some(few) = found.as_ref().filter(|found| found.len() <= SORTED_MAX) {
            return index.among(few, &common, wanted).await;
        }
        if let Some(page) = walk.page(found.as_deref(), &common).await? {
            return Ok(page);
        }
        let Some(word) = common.pop() else {
            return index.among(&found.unwrap_or_default(), &common, wanted).await;
        };
        // Those that have them all are few, or come late in order of names.
        found = Some(cut(found, index.with_word(&word, i64::MAX).await?));
    }
}

/// Going through the subjects in order of names.
struct Walk<'a, I> {
    index: &'a I,
    wanted: &'a SubjectQuery,
    /// The subjects met so far.
    names: Vec<i64>,
    /// Whether there are no more.
    is_at_end: bool,
}

impl<I: Index> Walk<'_, I> {
    /// Returns the page of those of a set that have the common words, unless it is quicker found otherwise: because
    /// few of the set do, or because the set itself comes late.
    async fn page(
        &mut self,
        found: Option<&[i64]>,
        common: &[String],
    ) -> Result<Option<Vec<i64>>, StoreError> {
        let page_len = self.wanted.limit as usize;
        let (mut page, mut walked, mut windows, mut probed) = (Vec::new(), 0, 0, 0);
        loop {
            if walked == self.names.len() {
                if self.is_at_end {
                    return Ok(Some(page));
                }
                let is_long = found.is_some_and(|found| WALKED_FOR_SORTED * found.len() <= walked);
                let is_slow = !common.is_empty() && WINDOWS_MAX * page.len() < page_len * windows;
                if is_long || is_slow {
                    return Ok(None);
                }
                windows += 1;
                self.go_on().await?;
            }
            let mut here = self.names.get(walked..).unwrap_or_default().to_vec();
            walked = self.names.len();
            here.retain(|subject| found.is_none_or(|found| found.binary_search(subject).is_ok()));
            for chunk in here.chunks(CHUNK) {
                if common.is_empty() {
                    page.extend(chunk);
                } else {
                    page.extend(self.index.among(chunk, common, self.wanted).await?);
                    probed += chunk.len();
                }
                if page_len <= page.len() {
                    page.truncate(page_len);
                    return Ok(Some(page));
                }
                if CHUNK <= probed && page.len() < probed / DENSITY_MIN {
                    return Ok(None);
                }
            }
        }
    }

    async fn go_on(&mut self) -> Result<(), StoreError> {
        let more = self.index.next(self.wanted, self.names.last().copied()).await?;
        self.is_at_end = i64::try_from(more.len()).is_ok_and(|more| more < WINDOW);
        self.names.extend(more);
        Ok(())
    }
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

        async fn next(&self, wanted: &SubjectQuery, behind: Option<i64>) -> Result<Vec<i64>, StoreError> {
            let behind = behind.map(|subject| self.0[subject as usize].0.clone());
            let limit = u32::try_from(WINDOW).unwrap();
            let all = SubjectQuery { limit, after: behind.or(wanted.after.clone()), ..wanted.clone() };
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
