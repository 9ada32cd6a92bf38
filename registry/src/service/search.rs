//! The search terms of subjects.

use std::collections::BTreeSet;
use std::sync::Arc;

use evschema_model::{Coordinates, Schema, Subject, field_names};

use super::refusal::Refusal;
use super::registry::Registry;
use crate::limits;
use crate::store::{Indexing, SubjectRecord};

/// The number of subjects that the registry indexes in one step. Other clients can write between two steps.
const INDEXED_AT_ONCE: u32 = 100;

/// The maximum number of words that the registry reads from a subject's texts. The limit exists because a text may
/// repeat the same words very often.
const WORD_BEGINS_MAX: usize = 8 * limits::SUBJECT_WORDS_MAX;

impl Registry {
    /// Writes the search terms of each subject whose search terms are missing or belong to an earlier revision. Returns
    /// the number of these subjects.
    ///
    /// Such a subject exists if an earlier version of evschema registered or changed it, or if a registry changed it
    /// without new search terms.
    ///
    /// # Errors
    ///
    /// If the store cannot answer.
    pub(crate) async fn index_subjects(&self) -> Result<usize, Refusal> {
        let mut indexed = 0;
        loop {
            let batch = self.store.unindexed(INDEXED_AT_ONCE).await?;
            if batch.is_empty() {
                return Ok(indexed);
            }
            indexed += batch.len();
            for record in batch {
                self.index_subject(record).await?;
            }
        }
    }

    async fn index_subject(&self, record: SubjectRecord) -> Result<(), Refusal> {
        let content = self.latest_terms(&record).await?;
        // If the schema cannot be read, a search still finds the name.
        let content = content.unwrap_or_else(|| terms_of([record.subject.as_str()]));
        // `content` already has the search terms of the name.
        let about = terms_of(record.description.as_deref());
        let (subject, revision) = (record.subject, record.revision);
        self.store.index(Indexing { subject, revision, about, content }).await?;
        Ok(())
    }

    /// Returns the search terms from a subject's name and latest schema. Returns `None` if the schema can no longer be
    /// read, for example because the configuration no longer maps its dialect.
    ///
    /// # Errors
    ///
    /// If the store cannot answer, or too many checks are waiting.
    pub(crate) async fn latest_terms(&self, record: &SubjectRecord) -> Result<Option<Vec<String>>, Refusal> {
        match self.latest_schema(record).await {
            Ok(Some(schema)) => Ok(Some(search_terms(&schema))),
            Ok(None) => Ok(Some(terms_of([record.subject.as_str()]))),
            Err(refusal @ Refusal::Bug(_)) => {
                tracing::warn!(%refusal, subject = %record.subject, "cannot read a schema for the search");
                Ok(None)
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// Returns the schema from which a subject gets its search terms: the schema of the latest version. If the subject
    /// has no latest version, returns the schema that was registered last.
    async fn latest_schema(&self, record: &SubjectRecord) -> Result<Option<Arc<Schema>>, Refusal> {
        let version = match &record.latest {
            Some(latest) => latest.clone(),
            None => {
                let history = self.existing(&record.subject).await?;
                let last = history.versions.iter().max_by_key(|version| version.ordinal);
                let Some(last) = last else { return Ok(None) };
                last.version.clone()
            }
        };
        let at = Coordinates { subject: record.subject.clone(), version };
        Ok(Some(Arc::clone(self.schemas.registered(&at).await?.schema())))
    }
}

/// Returns the search terms from the name of a subject and from its schema: from the title, the description and the
/// names of properties.
pub(super) fn search_terms(schema: &Schema) -> Vec<String> {
    let mut texts: Vec<&str> = vec![schema.at().subject.as_str()];
    texts.extend(schema.title().into_iter().chain(schema.description()));
    texts.extend(field_names(schema));
    terms_of(texts)
}

/// Returns the search terms from the name of a subject and from its description.
pub(super) fn settings_terms(subject: &Subject, description: Option<&str>) -> Vec<String> {
    terms_of([subject.as_str(), description.unwrap_or_default()])
}

/// Returns the words of a search text. A subject matches if each word is the beginning of one of its search terms.
pub(super) fn query_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for name in names(text) {
        let word = word_from(name, 0);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.truncate(limits::SEARCH_WORDS_MAX);
    words
}

/// Returns the search terms of texts, in lower case.
///
/// A name of several words gives one term for each of its words, from this word to the end of the name. So `orderId`,
/// `order_id` and `order-id` give `orderid` and `id`. In a script without spaces, a term begins at each character. A
/// term that is the beginning of another term is left out, because a search finds the subject by the longer term too.
pub(crate) fn terms_of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    let names = texts.into_iter().flat_map(names);
    let begins = names.flat_map(|name| word_begins(name).map(move |begin| (name, begin)));
    let mut words = BTreeSet::new();
    for (name, begin) in begins.take(WORD_BEGINS_MAX) {
        if limits::SUBJECT_WORDS_MAX <= words.len() {
            break;
        }
        words.insert(word_from(name, begin));
    }
    // In sorted order, the words that begin with a certain word come directly after that word.
    let mut terms: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        if terms.last().is_some_and(|last| word.starts_with(last)) {
            terms.pop();
        }
        terms.push(word);
    }
    terms
}

/// Returns the names in a text: sequences of letters, digits, underscores and hyphens.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let joins = ['_', '-'];
    let names = text.split(move |c: char| !c.is_alphanumeric() && !joins.contains(&c));
    names.map(move |name| name.trim_matches(joins)).filter(|name| !name.is_empty())
}

/// Returns the offsets of the words in a name: `HTTPServer_id` has the words `HTTP`, `Server` and `id`.
fn word_begins(name: &str) -> impl Iterator<Item = usize> {
    let mut before = '_';
    name.char_indices().filter_map(move |(at, this)| {
        let next = || name[at..].chars().nth(1);
        let begins = this.is_alphanumeric()
            && (!before.is_alphanumeric()
                || is_unspaced(this)
                || this.is_uppercase() && (!before.is_uppercase() || next().is_some_and(char::is_lowercase)));
        before = this;
        begins.then_some(at)
    })
}

/// Returns the letters and digits of a name from an offset on, in lower case.
fn word_from(name: &str, begin: usize) -> String {
    let letters = name[begin..].chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).take(limits::WORD_CHARS_MAX).collect()
}

/// Returns whether a character is from a script without spaces: Han, Kana, and everything with a higher code point.
/// Hangul is included although it has spaces. So a search in Hangul finds more subjects than necessary.
fn is_unspaced(c: char) -> bool {
    '\u{2e80}' <= c
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_names_and_sentences() {
        for (text, words) in [
            ("commerce.order.placed", &["commerce", "order", "placed"][..]),
            ("orderId", &["id", "orderid"]),
            ("order_id", &["id", "orderid"]),
            ("--order--id- _", &["id", "orderid"]),
            ("HTTPServer2", &["httpserver2", "server2"]),
            ("It is PAID.", &["is", "it", "paid"]),
            ("sha256 s", &["sha256"]),
            ("fork forks forks_url for", &["forksurl", "url"]),
            ("Straße ÉTÉ", &["straße", "été"]),
            ("支払い", &["い", "払い", "支払い"]),
            ("-- % _ ;", &[]),
            ("", &[]),
        ] {
            assert_eq!(terms_of([text]), words, "{text}");
        }
        assert!(terms_of(["x".repeat(10_000).as_str()])[0].len() <= limits::WORD_CHARS_MAX);
        let endless = "aB".repeat(1 << 20);
        assert!(terms_of([endless.as_str()]).len() <= 2);
    }

    #[test]
    fn words_of_a_search_text() {
        for (text, words) in [
            ("order", &["order"][..]),
            ("orderId", &["orderid"]),
            ("order_id", &["orderid"]),
            ("order id", &["order", "id"]),
            ("Order order", &["order"]),
            ("  ", &[]),
        ] {
            assert_eq!(query_words(text), words, "{text}");
        }
    }
}
