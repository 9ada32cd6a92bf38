//! One row of terms for each subject, and an inverted index of them, which cuts the sets of several words with each
//! other by itself. A word that many have is not looked up there: the first subjects in order of names are looked
//! into, which fills a page soon.

use evschema_model::Subject;
use sqlx::{Postgres as Driver, Transaction, query, query_as, query_scalar};

use super::Postgres;
use crate::limits;
use crate::store::rows::{self, SubjectRow, signed};
use crate::store::{Answer, Indexing, Search, StoreError, SubjectChange, SubjectQuery, SubjectRecord};

/// Subjects looked into, in order of names, before anything is known of the words.
const SAMPLE: i64 = 128;

/// Times that subjects are looked into. The second time there are enough, unless those that have the words stand together
/// in the order of names.
const WINDOWS_MAX: usize = 2;

/// How many times as long as to read one from the index it takes to look into a subject.
const LOOKED_INTO_FOR_FOUND: i64 = 2;

/// Subjects that there may be before the database has counted them.
const COUNT_MIN: i64 = 10_000;

/// Longest terms of a subject together, in bytes: words from its settings and from its content, of characters of up to
/// four bytes.
const TERMS_BYTES_MAX: usize = 2 * limits::SUBJECT_WORDS_MAX * limits::WORD_CHARS_MAX * 4;
/// A `tsvector` holds less than 1 MiB (<https://www.postgresql.org/docs/current/textsearch-limitations.html>).
const _: () = assert!(TERMS_BYTES_MAX < 1 << 20);

impl Search for Postgres {
    fn subjects<'a>(&'a self, wanted: &'a SubjectQuery) -> Answer<'a, Vec<SubjectRecord>> {
        Box::pin(async move {
            if wanted.words.is_empty() {
                let rows: Vec<SubjectRow> = query_as(
                    "SELECT name, mode, content_model, owner, description, revision, latest, version_count,
                            created_at, updated_at
                     FROM subjects WHERE name > $1 ORDER BY name LIMIT $2",
                )
                .bind(wanted.after_name())
                .bind(i64::from(wanted.limit))
                .fetch_all(self.connections.statements())
                .await?;
                return rows.into_iter().map(rows::subject).collect();
            }
            let page = self.page(wanted).await?;
            let rows: Vec<SubjectRow> = query_as(
                "SELECT name, mode, content_model, owner, description, revision, latest, version_count,
                        created_at, updated_at
                 FROM subjects WHERE id = ANY($1) ORDER BY name",
            )
            .bind(page)
            .fetch_all(self.connections.statements())
            .await?;
            rows.into_iter().map(rows::subject).collect()
        })
    }

    fn subject<'a>(&'a self, subject: &'a Subject) -> Answer<'a, Option<SubjectRecord>> {
        Box::pin(async move {
            let row: Option<SubjectRow> = query_as(
                "SELECT name, mode, content_model, owner, description, revision, latest, version_count,
                        created_at, updated_at
                 FROM subjects WHERE name = $1",
            )
            .bind(subject.as_str())
            .fetch_optional(self.connections.statements())
            .await?;
            row.map(rows::subject).transpose()
        })
    }

    fn unindexed(&self, limit: u32) -> Answer<'_, Vec<SubjectRecord>> {
        Box::pin(async move {
            let rows: Vec<SubjectRow> = query_as(
                "SELECT s.name, mode, content_model, owner, description, s.revision, latest, version_count,
                        created_at, updated_at
                 FROM subjects s LEFT JOIN search_terms t ON t.subject_id = s.id
                 WHERE coalesce(t.revision, 0) < s.revision LIMIT $1",
            )
            .bind(i64::from(limit))
            .fetch_all(self.connections.statements())
            .await?;
            rows.into_iter().map(rows::subject).collect()
        })
    }

    fn forget_words<'a>(&'a self, subject: &'a Subject) -> Answer<'a, ()> {
        Box::pin(async move {
            query("UPDATE search_terms SET revision = 0 WHERE name = $1")
                .bind(subject.as_str())
                .execute(self.connections.statements())
                .await?;
            Ok(())
        })
    }

    fn index(&self, indexing: Indexing) -> Answer<'_, ()> {
        Box::pin(async move {
            query(
                "INSERT INTO search_terms AS there (subject_id, name, about, terms, revision)
                 SELECT id, name, array_to_tsvector($2), array_to_tsvector($2 || $3), $4 FROM subjects WHERE name = $1
                 ON CONFLICT (subject_id) DO UPDATE
                 SET about = excluded.about, terms = excluded.terms, revision = excluded.revision
                 WHERE there.revision < excluded.revision",
            )
            .bind(indexing.subject.as_str())
            .bind(indexing.about)
            .bind(indexing.content)
            .bind(signed(indexing.revision))
            .execute(self.connections.statements())
            .await?;
            Ok(())
        })
    }
}

/// The outer order is that of the inner rows: they are looked into one by one, until the page is full.
const LOOK_INTO: &str = "
    WITH start AS MATERIALIZED (SELECT coalesce((SELECT name FROM search_terms WHERE subject_id = $2), $3) AS name)
    SELECT ARRAY(SELECT subject_id
                 FROM (SELECT * FROM search_terms WHERE name > (SELECT name FROM start) ORDER BY name LIMIT $5) s
                 WHERE terms @@ (SELECT $1::text::tsquery) ORDER BY name LIMIT $4),
           (SELECT subject_id FROM search_terms WHERE name > (SELECT name FROM start)
            ORDER BY name OFFSET $5 - 1 LIMIT 1),
           (SELECT reltuples::bigint FROM pg_class WHERE oid = 'search_terms'::regclass)";

/// With the offset, no index is read in order of names, which a planner that expects many subjects would do.
const IN_INDEX: &str = "
    SELECT ARRAY(SELECT subject_id
                 FROM (SELECT subject_id, name FROM search_terms
                       WHERE terms @@ (SELECT $1::text::tsquery) OFFSET 0) s
                 WHERE name > $2 ORDER BY name LIMIT $3)";

impl Postgres {
    /// Returns the numbers of the subjects of a page.
    async fn page(&self, wanted: &SubjectQuery) -> Result<Vec<i64>, StoreError> {
        let terms = terms(&wanted.words);
        let mut page = Vec::new();
        let (mut walked, mut window, mut behind) = (0, SAMPLE, None);
        for _ in 0..WINDOWS_MAX {
            let missing = i64::from(wanted.limit) - page.len() as i64;
            let (found, last, count): (Vec<i64>, Option<i64>, i64) = query_as(LOOK_INTO)
                .bind(&terms)
                .bind(behind)
                .bind(wanted.after_name())
                .bind(missing)
                .bind(window)
                .fetch_one(self.connections.statements())
                .await?;
            let missing = missing - found.len() as i64;
            page.extend(found);
            if missing == 0 || last.is_none() {
                return Ok(page);
            }
            behind = last;
            walked += window;
            // What there is to look into for the rest of the page, and to read from the index, if it goes on so.
            let met = page.len().max(1) as i64;
            let (ahead, in_index) = (walked * missing / met, count.max(COUNT_MIN) * met / walked);
            if in_index < ahead * LOOKED_INTO_FOR_FOUND {
                break;
            }
            window = ahead + ahead / 2 + SAMPLE;
        }
        let page = query_scalar(IN_INDEX)
            .bind(&terms)
            .bind(wanted.after_name())
            .bind(i64::from(wanted.limit))
            .fetch_one(self.connections.statements())
            .await?;
        Ok(page)
    }
}

/// Returns the query for subjects with terms that begin as these words, in which there are no quotes
/// (<https://www.postgresql.org/docs/current/datatype-textsearch.html#DATATYPE-TSQUERY>).
fn terms(words: &[String]) -> String {
    let terms: Vec<String> = words.iter().map(|word| format!("'{word}':*")).collect();
    terms.join(" & ")
}

/// Keeps what a search finds a subject by when its settings change; its row has its new revision already.
pub(super) async fn keep_words(
    transaction: &mut Transaction<'_, Driver>,
    subject_id: i64,
    change: &SubjectChange,
) -> Result<(), StoreError> {
    // Of a content that cannot be read nothing is forgotten.
    query(
        "INSERT INTO search_terms AS there (subject_id, name, about, terms, revision)
         SELECT id, name, array_to_tsvector($2), array_to_tsvector($2 || $3::text[]), revision
         FROM subjects WHERE id = $1
         ON CONFLICT (subject_id) DO UPDATE
         SET about = excluded.about, revision = excluded.revision,
             terms = CASE WHEN $3::text[] IS NULL THEN there.terms || excluded.about ELSE excluded.terms END",
    )
    .bind(subject_id)
    .bind(&change.about)
    .bind(&change.content)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
