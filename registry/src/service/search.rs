//! What a search finds subjects by: words, and where they come from.

use std::collections::BTreeSet;
use std::sync::Arc;

use evschema_model::{Coordinates, Schema, Subject, field_names};

use super::{Refusal, Registry};
use crate::limits;
use crate::store::{Indexing, SubjectRecord};

/// Subjects given words at once, between which others may write.
const INDEXED_AT_ONCE: u32 = 100;

/// Most places of a subject's texts where a word begins that are looked at: a text may say the same ones without end.
const PLACES_MAX: usize = 8 * limits::SUBJECT_WORDS_MAX;

impl Registry {
    /// Gives words to the subjects that lack them or have those of an earlier revision: what was registered
    /// before there were words, or by a registry of the version before, or changed without changing words.
    /// Returns how many there were.
    ///
    /// # Errors
    ///
    /// When the store cannot answer.
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
        let content = self.latest_words(&record).await?;
        // The name is found still.
        let content = content.unwrap_or_else(|| words_of([record.subject.as_str()]));
        // The name's are among those of the content.
        let about = words_of(record.description.as_deref());
        let (subject, revision) = (record.subject, record.revision);
        self.store.index(Indexing { subject, revision, about, content }).await?;
        Ok(())
    }

    /// Returns the words of a subject's name and latest content, unless that cannot be read any more: it was registered
    /// under a dialect that is no longer mapped, for example.
    ///
    /// # Errors
    ///
    /// When the store cannot answer, or too many checks are waiting.
    pub(crate) async fn latest_words(&self, record: &SubjectRecord) -> Result<Option<Vec<String>>, Refusal> {
        match self.latest_schema(record).await {
            Ok(Some(schema)) => Ok(Some(content_words(&schema))),
            Ok(None) => Ok(Some(words_of([record.subject.as_str()]))),
            Err(refusal @ Refusal::Bug(_)) => {
                tracing::warn!(%refusal, subject = %record.subject, "cannot read a schema for the search");
                Ok(None)
            }
            Err(refusal) => Err(refusal),
        }
    }

    /// Returns the schema that a subject is found by, if it has a version.
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
        Ok(Some(Arc::clone(self.library.registered(&at).await?.schema())))
    }
}

/// Returns the words by which a search finds a subject because of its schema: those of its name, of the title,
/// of the description and of the names of fields.
pub(super) fn content_words(schema: &Schema) -> Vec<String> {
    let mut texts: Vec<&str> = vec![schema.at().subject.as_str()];
    texts.extend(schema.title().into_iter().chain(schema.description()));
    texts.extend(field_names(schema));
    words_of(texts)
}

/// Returns the words by which a search finds a subject because of its settings: those of its name and of the
/// description.
pub(super) fn about_words(subject: &Subject, description: Option<&str>) -> Vec<String> {
    words_of([subject.as_str(), description.unwrap_or_default()])
}

/// Returns the words that somebody looks for: a subject is found when each begins one of its own.
pub(super) fn wanted(text: &str) -> Vec<String> {
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

/// Returns the words of texts, in lower case. What is written of several is one, which is found from each of them
/// on: `orderId`, `order_id` and `order-id` are `orderid` and `id`. None begins another. Scripts that put no space
/// between words are found from each of their characters on.
pub(crate) fn words_of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    let names = texts.into_iter().flat_map(names);
    let places = names.flat_map(|name| begins(name).map(move |begin| (name, begin)));
    let mut words = BTreeSet::new();
    for (name, begin) in places.take(PLACES_MAX) {
        if limits::SUBJECT_WORDS_MAX <= words.len() {
            break;
        }
        words.insert(word_from(name, begin));
    }
    // What begins another word finds the subject by that.
    let mut ends: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        if ends.last().is_some_and(|last| word.starts_with(last)) {
            ends.pop();
        }
        ends.push(word);
    }
    ends
}

/// Returns the unbroken runs of letters, digits, and what joins them in names.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let joins = ['_', '-'];
    let names = text.split(move |c: char| !c.is_alphanumeric() && !joins.contains(&c));
    names.map(move |name| name.trim_matches(joins)).filter(|name| !name.is_empty())
}

/// Returns where the words begin that a name is written of: `HTTPServer_id` is of `HTTP`, `Server` and `id`.
fn begins(name: &str) -> impl Iterator<Item = usize> {
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

/// Returns the word that begins at a place in a name.
fn word_from(name: &str, begin: usize) -> String {
    let letters = name[begin..].chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).take(limits::WORD_CHARS_MAX).collect()
}

/// Tells whether a character is of a script without spaces: Han, Kana and what else is encoded from there
/// on. Hangul is too; found from each syllable it is found more often than it need be.
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
            assert_eq!(words_of([text]), words, "{text}");
        }
        assert!(words_of(["x".repeat(10_000).as_str()])[0].len() <= limits::WORD_CHARS_MAX);
        let endless = "aB".repeat(1 << 20);
        assert!(words_of([endless.as_str()]).len() <= 2);
    }

    #[test]
    fn words_that_are_looked_for() {
        for (text, words) in [
            ("order", &["order"][..]),
            ("orderId", &["orderid"]),
            ("order_id", &["orderid"]),
            ("order id", &["order", "id"]),
            ("Order order", &["order"]),
            ("  ", &[]),
        ] {
            assert_eq!(wanted(text), words, "{text}");
        }
    }
}
