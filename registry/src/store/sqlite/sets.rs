//! How SQLite finds a page of subjects by words.
//!
//! What the index has for a word is a set of numbers, and the sets are cut with each other here. A page is the first of
//! what is left in order of names: few are sorted, and many are met soon enough when all are gone through. Words that
//! very many subjects have are looked for in each subject met on that way, unless few of them turn out to have them.

use std::future::Future;

use futures_util::future::try_join_all;

use crate::store::{StoreError, SubjectQuery};

/// Rows of the index read for each word before anything is known of it.
const FEW: usize = 1_000;

/// Rows of the index read for a word while another may have fewer: a millisecond's or two.
const SOME: usize = 8_000;

/// All rows of the index.
const ALL: usize = usize::MAX;

/// Subjects that are quickly looked into and sorted by name: no further set is read to have fewer of them.
const SORTED_MAX: usize = 300;

/// Subjects looked into, in order of names, before it is known how many of them have the words.
const SAMPLE: usize = 128;

/// Of how many subjects looked into one must have the words for going on: in the time in which one is looked into,
/// twenty numbers of a set are read.
const DENSITY_MIN: usize = 3;

/// Subjects gone through in order of names at once.
pub(super) const WINDOW: usize = 1_000;

/// How many times more subjects can be gone through in order of names than be read by their numbers and sorted.
const WALKED_FOR_SORTED: usize = 5;

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

/// What the database answers about words, without reading more of a subject than its number and its name: whole
/// rows are read of those that are shown.
pub(super) trait Index: Sync {
    /// Returns the subjects that have a word which begins so, in any order, some of them more than once; of at
    /// most so many rows of the index.
    fn with_word(
        &self,
        word: &str,
        rows_max: usize,
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

    /// Looks for words in the next so many subjects in order of names: those behind this one, or where a page begins.
    fn look_into(
        &self,
        wanted: &SubjectQuery,
        behind: Option<i64>,
        window: usize,
        words: &[String],
    ) -> impl Future<Output = Result<Window, StoreError>> + Send;
}

/// Some subjects in order of names.
pub(super) struct Window {
    /// Those that have all the words, at most a page.
    pub(super) found: Vec<i64>,
    /// The last of all of them, unless none come after.
    pub(super) last: Option<i64>,
}

/// Returns the numbers of the subjects of a page, in any order.
pub(super) async fn page(index: &impl Index, wanted: &SubjectQuery) -> Result<Vec<i64>, StoreError> {
    let (few, mut unread) = with_words(index, &wanted.words, FEW).await?;
    if let Some(few) = few {
        return index.among(&few, &unread, wanted).await;
    }
    if let Some(page) = walk(index, wanted, None, &unread).await? {
        return Ok(page);
    }
    let mut found = None;
    // One word has no other that fewer may have.
    let most = if unread.len() == 1 { ALL } else { SOME };
    for rows_max in [most, ALL] {
        let (set, left) = with_words(index, &unread, rows_max).await?;
        let Some(set) = set else { continue };
        let set = cut(found, set);
        unread = left;
        if set.len() <= SORTED_MAX {
            return index.among(&set, &unread, wanted).await;
        }
        if let Some(page) = walk(index, wanted, Some(&set), &unread).await? {
            return Ok(page);
        }
        found = Some(set);
        if unread.is_empty() {
            break;
        }
    }
    index.among(&found.unwrap_or_default(), &[], wanted).await
}

/// Returns the subjects that have those of the words which at most so many rows of the index have, ascending, unless
/// all have more; and the other words. They are read at the same time: the most frequent takes as long as all.
async fn with_words(
    index: &impl Index,
    words: &[String],
    rows_max: usize,
) -> Result<(Option<Vec<i64>>, Vec<String>), StoreError> {
    let read = words.iter().map(|word| index.with_word(word, rows_max.saturating_add(1)));
    let (mut found, mut unread) = (None, Vec::new());
    for (word, subjects) in words.iter().zip(try_join_all(read).await?) {
        if subjects.len() <= rows_max {
            found = Some(cut(found, subjects));
        } else {
            unread.push(word.clone());
        }
    }
    Ok((found, unread))
}

/// Goes through the subjects in order of names, and returns the page of those that are in a set, of which nothing is
/// all, and have the words, which are looked for in each; unless it is quicker found otherwise.
async fn walk(
    index: &impl Index,
    wanted: &SubjectQuery,
    set: Option<&[i64]>,
    words: &[String],
) -> Result<Option<Vec<i64>>, StoreError> {
    let page_len = wanted.limit as usize;
    let (mut page, mut behind) = (Vec::new(), None);
    let (mut walked, mut looked_into) = (0, 0);
    loop {
        let next = match set {
            None => {
                let window = if walked == 0 { SAMPLE } else { WINDOW };
                let next = index.look_into(wanted, behind, window, words).await?;
                (walked, looked_into) = (walked + window, looked_into + window);
                next
            }
            Some(set) => {
                let mut found = index.next(wanted, behind).await?;
                walked += WINDOW;
                let mut last = found.last().copied().filter(|_| found.len() == WINDOW);
                found.retain(|subject| set.binary_search(subject).is_ok());
                if !words.is_empty() {
                    if SAMPLE < found.len() && looked_into == 0 {
                        found.truncate(SAMPLE);
                        last = found.last().copied();
                    }
                    looked_into += found.len();
                    found = index.among(&found, words, wanted).await?;
                }
                Window { found, last }
            }
        };
        page.extend(next.found);
        behind = next.last;
        if page_len <= page.len() || behind.is_none() {
            page.truncate(page_len);
            return Ok(Some(page));
        }
        // As many more as it went so far for each that is found.
        let ahead = walked * (page_len - page.len()) / page.len().max(1);
        let is_late = set.is_some_and(|set| WALKED_FOR_SORTED * set.len() <= ahead);
        if is_late || page.len() * DENSITY_MIN < looked_into {
            return Ok(None);
        }
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
        async fn with_word(&self, word: &str, rows_max: usize) -> Result<Vec<i64>, StoreError> {
            let mut rows: Vec<i64> = Vec::new();
            for (number, (_, words)) in (0..).zip(&self.0) {
                rows.extend(words.iter().filter(|own| own.starts_with(word)).map(|_| number));
            }
            rows.truncate(rows_max);
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
            let after = behind.map(|subject| self.0[subject as usize].0.clone()).or(wanted.after.clone());
            let limit = u32::try_from(WINDOW).unwrap();
            Ok(self.page(0..self.0.len() as i64, &[], &SubjectQuery { after, limit, ..wanted.clone() }))
        }

        async fn look_into(
            &self,
            wanted: &SubjectQuery,
            behind: Option<i64>,
            window: usize,
            words: &[String],
        ) -> Result<Window, StoreError> {
            let mut all = self.next(wanted, behind).await?;
            all.truncate(window);
            let last = all.last().copied().filter(|_| all.len() == window);
            Ok(Window { found: self.page(all.into_iter(), words, wanted), last })
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
