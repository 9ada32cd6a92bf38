//! Finds a page of subjects by words in SQLite.
//!
//! For each word, the index returns a posting list: the numbers of the subjects that have this word. This module
//! intersects the lists. A page contains the first subjects of this intersection, in order of their names. If the
//! intersection is short, the search sorts it by name. If the intersection is long, the search scans all subjects in
//! order of their names, because this scan soon finds enough subjects of the intersection. If very many subjects have a
//! word, the scan checks each subject for this word. If the scan then finds too few matches, the search reads the long
//! lists too.

use std::future::Future;

use futures_util::future::try_join_all;

use crate::store::outcome::StoreError;
use crate::store::search::SubjectQuery;

/// The maximum length of a posting list that the first step reads completely. The first step tries the lists of all
/// words.
const SHORT_LIST_MAX: usize = 1_000;

/// The maximum length of a posting list that the second step reads completely, if several words remain. It takes one or
/// two milliseconds to read such a list.
const MEDIUM_LIST_MAX: usize = 8_000;

/// No maximum for the length of a posting list.
const ANY_LENGTH: usize = usize::MAX;

/// If at most this many subjects remain, the search checks and sorts them, and reads no further posting list.
const SORTED_MAX: usize = 300;

/// The number of subjects in the first scan. During this scan, the search does not know yet how many subjects match.
const SAMPLE: usize = 128;

/// A scan continues only if, on average, at least one in this many checked subjects matches. The check of one subject
/// takes as long as reading twenty numbers of a posting list.
const DENSITY_MIN: usize = 3;

/// The number of subjects in each later scan.
pub(super) const WINDOW: usize = 1_000;

/// In the time that the search needs to read one subject by its number and to sort it, the search can scan this many
/// subjects.
const SCANNED_FOR_SORTED: usize = 5;

/// The source of a search term, as in the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The name and the settings.
    About = 1,
    /// The name and the latest schema.
    Content = 2,
}

impl Part {
    pub(super) fn number(self) -> i16 {
        self as i16
    }
}

/// A character that comes after every other character, in the order of bytes. With this character at the end, a word
/// comes after all terms that begin with the word.
pub(super) const LAST: &str = "\u{10ffff}";

/// Returns the end of the range of terms that begin with this word, in the order of bytes.
pub(super) fn end_of(word: &str) -> String {
    format!("{word}{LAST}")
}

/// The index of search terms. It reads only the number and the name of a subject. The caller reads the complete rows of
/// the subjects on the page.
pub(super) trait WordIndex: Sync {
    /// Returns the subjects that have a term with this beginning, from at most `rows_max` rows of the index. The
    /// subjects are in any order, and a subject may occur several times.
    fn with_word(
        &self,
        word: &str,
        rows_max: usize,
    ) -> impl Future<Output = Result<Vec<i64>, StoreError>> + Send;

    /// Returns the page of the subjects in the list that also match all words, in order of their names.
    fn filter(
        &self,
        subjects: &[i64],
        words: &[String],
        query: &SubjectQuery,
    ) -> impl Future<Output = Result<Vec<i64>, StoreError>> + Send;

    /// Returns the next [`WINDOW`] subjects in order of their names, after `last_seen` or after the beginning of the
    /// page.
    fn next(
        &self,
        query: &SubjectQuery,
        last_seen: Option<i64>,
    ) -> impl Future<Output = Result<Vec<i64>, StoreError>> + Send;

    /// Checks the next `window` subjects in order of their names, after `last_seen` or after the beginning of the page.
    fn scan(
        &self,
        query: &SubjectQuery,
        last_seen: Option<i64>,
        window: usize,
        words: &[String],
    ) -> impl Future<Output = Result<Window, StoreError>> + Send;
}

/// The result of a scan.
pub(super) struct Window {
    /// The subjects that match all words, at most a page.
    pub(super) found: Vec<i64>,
    /// The last scanned subject; `None` if no subject comes after it.
    pub(super) last: Option<i64>,
}

/// Returns the numbers of the subjects on a page, in any order.
pub(super) async fn page(index: &impl WordIndex, query: &SubjectQuery) -> Result<Vec<i64>, StoreError> {
    let (short, mut unread) = intersection(index, &query.words, SHORT_LIST_MAX).await?;
    if let Some(short) = short {
        return index.filter(&short, &unread, query).await;
    }
    if let Some(page) = scan(index, query, None, &unread).await? {
        return Ok(page);
    }
    let mut found = None;
    // If only one word remains, no other word can have a shorter list.
    let first_max = if unread.len() == 1 { ANY_LENGTH } else { MEDIUM_LIST_MAX };
    for rows_max in [first_max, ANY_LENGTH] {
        let (list, too_long) = intersection(index, &unread, rows_max).await?;
        let Some(list) = list else { continue };
        let list = intersect(found, list);
        unread = too_long;
        if list.len() <= SORTED_MAX {
            return index.filter(&list, &unread, query).await;
        }
        if let Some(page) = scan(index, query, Some(&list), &unread).await? {
            return Ok(page);
        }
        found = Some(list);
        if unread.is_empty() {
            break;
        }
    }
    index.filter(&found.unwrap_or_default(), &[], query).await
}

/// Returns the intersection of all posting lists with at most `rows_max` rows, in ascending order, and the words with
/// longer lists. The intersection is `None` if all lists are longer.
///
/// The function reads the lists at the same time, so all lists together take as long as the longest list.
async fn intersection(
    index: &impl WordIndex,
    words: &[String],
    rows_max: usize,
) -> Result<(Option<Vec<i64>>, Vec<String>), StoreError> {
    let read = words.iter().map(|word| index.with_word(word, rows_max.saturating_add(1)));
    let (mut found, mut unread) = (None, Vec::new());
    for (word, subjects) in words.iter().zip(try_join_all(read).await?) {
        if subjects.len() <= rows_max {
            found = Some(intersect(found, subjects));
        } else {
            unread.push(word.clone());
        }
    }
    Ok((found, unread))
}

/// Scans the subjects in order of their names, and returns the first page of the subjects that are in the list and
/// match all words. Without a list, only the words decide. Returns `None` if the search is probably faster without this
/// scan.
async fn scan(
    index: &impl WordIndex,
    query: &SubjectQuery,
    list: Option<&[i64]>,
    words: &[String],
) -> Result<Option<Vec<i64>>, StoreError> {
    let page_len = query.limit as usize;
    let (mut page, mut last_seen) = (Vec::new(), None);
    let (mut scanned, mut checked) = (0, 0);
    loop {
        let next = match list {
            None => {
                let window = if scanned == 0 { SAMPLE } else { WINDOW };
                let next = index.scan(query, last_seen, window, words).await?;
                (scanned, checked) = (scanned + window, checked + window);
                next
            }
            Some(list) => {
                let mut found = index.next(query, last_seen).await?;
                scanned += WINDOW;
                let mut last = found.last().copied().filter(|_| found.len() == WINDOW);
                found.retain(|subject| list.binary_search(subject).is_ok());
                if !words.is_empty() {
                    if SAMPLE < found.len() && checked == 0 {
                        found.truncate(SAMPLE);
                        last = found.last().copied();
                    }
                    checked += found.len();
                    found = index.filter(&found, words, query).await?;
                }
                Window { found, last }
            }
        };
        page.extend(next.found);
        last_seen = next.last;
        if page_len <= page.len() || last_seen.is_none() {
            page.truncate(page_len);
            return Ok(Some(page));
        }
        // An estimate of the number of subjects to scan for the rest of the page. The estimate comes from the matches
        // so far.
        let ahead = scanned * (page_len - page.len()) / page.len().max(1);
        let is_slow = list.is_some_and(|list| SCANNED_FOR_SORTED * list.len() <= ahead);
        if is_slow || page.len() * DENSITY_MIN < checked {
            return Ok(None);
        }
    }
}

/// Returns the subjects that are in both lists, in ascending order. `None` is the list of all subjects.
fn intersect(one: Option<Vec<i64>>, mut other: Vec<i64>) -> Vec<i64> {
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

    /// Subjects in memory, each with its name and words. The number of a subject is its index.
    struct Subjects(Vec<(String, Vec<&'static str>)>);

    impl Subjects {
        fn has(&self, subject: i64, word: &str) -> bool {
            self.0[subject as usize].1.iter().any(|own| own.starts_with(word))
        }

        /// Returns the page of the candidates that match all words, in order of their names.
        fn page(
            &self,
            candidates: impl Iterator<Item = i64>,
            words: &[String],
            query: &SubjectQuery,
        ) -> Vec<i64> {
            let name = |subject: i64| self.0[subject as usize].0.as_str();
            let mut page: Vec<i64> = candidates
                .filter(|subject| query.after_name() < name(*subject))
                .filter(|subject| words.iter().all(|word| self.has(*subject, word)))
                .collect();
            page.sort_by_key(|subject| name(*subject));
            page.truncate(query.limit as usize);
            page
        }
    }

    impl WordIndex for Subjects {
        async fn with_word(&self, word: &str, rows_max: usize) -> Result<Vec<i64>, StoreError> {
            let mut rows: Vec<i64> = Vec::new();
            for (number, (_, words)) in (0..).zip(&self.0) {
                rows.extend(words.iter().filter(|own| own.starts_with(word)).map(|_| number));
            }
            rows.truncate(rows_max);
            Ok(rows)
        }

        async fn filter(
            &self,
            subjects: &[i64],
            words: &[String],
            query: &SubjectQuery,
        ) -> Result<Vec<i64>, StoreError> {
            Ok(self.page(subjects.iter().copied(), words, query))
        }

        async fn next(&self, query: &SubjectQuery, last_seen: Option<i64>) -> Result<Vec<i64>, StoreError> {
            let after = last_seen.map(|subject| self.0[subject as usize].0.clone()).or(query.after.clone());
            let limit = u32::try_from(WINDOW).unwrap();
            Ok(self.page(0..self.0.len() as i64, &[], &SubjectQuery { after, limit, ..query.clone() }))
        }

        async fn scan(
            &self,
            query: &SubjectQuery,
            last_seen: Option<i64>,
            window: usize,
            words: &[String],
        ) -> Result<Window, StoreError> {
            let mut all = self.next(query, last_seen).await?;
            all.truncate(window);
            let last = all.last().copied().filter(|_| all.len() == window);
            Ok(Window { found: self.page(all.into_iter(), words, query), last })
        }
    }

    #[tokio::test]
    async fn a_page_has_the_same_subjects_as_a_check_of_each_subject() {
        let mut random = fastrand::Rng::with_seed(5);
        let count = 30_000;
        let subjects = Subjects(
            (0..count)
                .map(|number| {
                    let mut words = vec!["every"];
                    let mut some = |word, is: bool| words.extend(is.then_some(word));
                    some("half", random.bool());
                    some("halfway", random.bool());
                    some("third", random.u32(..3) == 0);
                    some("few", random.u32(..100) == 0);
                    some("rare", random.u32(..3_000) == 0);
                    // In the order of names, these are at the end and at the beginning.
                    some("late", 24_000 < number);
                    some("early", number < 5_000);
                    (format!("s{number:05}"), words)
                })
                .collect(),
        );
        let words = ["every", "hal", "half", "third", "few", "rare", "late", "early", "none"];
        for _ in 0..60 {
            let chosen = (0..random.usize(1..4)).map(|_| random.choice(words).unwrap().to_owned());
            let query = SubjectQuery {
                words: chosen.collect::<std::collections::BTreeSet<_>>().into_iter().collect(),
                after: random.bool().then(|| format!("s{:05}", random.u32(..count))),
                limit: random.u32(1..300),
            };
            let mut found = page(&subjects, &query).await.unwrap();
            found.sort_by_key(|subject| subjects.0[*subject as usize].0.as_str());
            assert_eq!(found, subjects.page(0..i64::from(count), &query.words, &query), "{query:?}");
        }
    }

    #[test]
    fn lists_are_intersected() {
        assert_eq!(intersect(None, vec![3, 1, 3, 2]), [1, 2, 3]);
        assert_eq!(intersect(Some(vec![1, 3]), vec![3, 4, 3, 2, 1]), [1, 3]);
        assert!(intersect(Some(Vec::new()), vec![1]).is_empty());
    }
}
