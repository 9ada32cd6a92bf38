//! Finds a page of subjects by words in Postgres.
//!
//! Each subject has one row of terms, with an inverted index. The index itself intersects the subjects of several
//! words. If many subjects have a word, the index is slow. In this case, the search scans the first subjects in order
//! of their names, because this scan soon fills a page.

use evschema_model::Subject;
use sqlx::{Postgres as Driver, Transaction, query, query_as, query_scalar};

use super::database::Postgres;
use crate::limits;
use crate::store::changes::SubjectChange;
use crate::store::outcome::{Answer, StoreError};
use crate::store::records::SubjectRecord;
use crate::store::rows::{self, SubjectRow, signed};
use crate::store::search::{Indexing, Search, SubjectQuery};

/// The number of subjects in the first scan. During this scan, the search does not know yet how frequent the words are.
const SAMPLE: i64 = 128;

/// The maximum number of scans. The second scan finds enough subjects, unless the matches are close together in the
/// order of names.
const WINDOWS_MAX: usize = 2;

/// The cost to scan one subject, if the cost to read one match from the index is 1.
const SCAN_COST: i64 = 2;

/// The assumed number of subjects, while the database has not counted them yet or has counted fewer.
const COUNT_MIN: i64 = 10_000;

/// The maximum length of all search terms of a subject together, in bytes: the terms from its settings and from its
/// schema. A character has up to four bytes.
const TERMS_BYTES_MAX: usize = 2 * limits::SUBJECT_WORDS_MAX * limits::WORD_CHARS_MAX * 4;
/// A `tsvector` must be smaller than 1 MiB (<https://www.postgresql.org/docs/current/textsearch-limitations.html>).
const _: () = assert!(TERMS_BYTES_MAX < 1 << 20);

impl Search for Postgres {
    fn subjects<'a>(&'a self, query: &'a SubjectQuery) -> Answer<'a, Vec<SubjectRecord>> {
        Box::pin(async move {
            if query.words.is_empty() {
                let rows: Vec<SubjectRow> = query_as(
                    "SELECT name, mode, content_model, owner, description, revision, latest, version_count,
                            created_at, updated_at
                     FROM subjects WHERE name > $1 ORDER BY name LIMIT $2",
                )
                .bind(query.after_name())
                .bind(i64::from(query.limit))
                .fetch_all(self.connections.statements())
                .await?;
                return rows.into_iter().map(rows::subject).collect();
            }
            let page = self.page(query).await?;
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

/// Scans subjects in order of their names. The inner and the outer statement have the same order, so the database stops
/// as soon as the page is full.
const SCAN: &str = "
    WITH start AS MATERIALIZED (SELECT coalesce((SELECT name FROM search_terms WHERE subject_id = $2), $3) AS name)
    SELECT ARRAY(SELECT subject_id
                 FROM (SELECT * FROM search_terms WHERE name > (SELECT name FROM start) ORDER BY name LIMIT $5) s
                 WHERE terms @@ (SELECT $1::text::tsquery) ORDER BY name LIMIT $4),
           (SELECT subject_id FROM search_terms WHERE name > (SELECT name FROM start)
            ORDER BY name OFFSET $5 - 1 LIMIT 1),
           (SELECT reltuples::bigint FROM pg_class WHERE oid = 'search_terms'::regclass)";

/// Finds subjects with the inverted index. `OFFSET 0` prevents a plan that reads an index in order of names. If the
/// planner expects many matches, it would choose such a plan.
const IN_INDEX: &str = "
    SELECT ARRAY(SELECT subject_id
                 FROM (SELECT subject_id, name FROM search_terms
                       WHERE terms @@ (SELECT $1::text::tsquery) OFFSET 0) s
                 WHERE name > $2 ORDER BY name LIMIT $3)";

impl Postgres {
    /// Returns the numbers of the subjects on a page.
    async fn page(&self, query: &SubjectQuery) -> Result<Vec<i64>, StoreError> {
        let terms = terms(&query.words);
        let mut page = Vec::new();
        let (mut scanned, mut window, mut last_seen) = (0, SAMPLE, None);
        for _ in 0..WINDOWS_MAX {
            let missing = i64::from(query.limit) - page.len() as i64;
            let (found, last, count): (Vec<i64>, Option<i64>, i64) = query_as(SCAN)
                .bind(&terms)
                .bind(last_seen)
                .bind(query.after_name())
                .bind(missing)
                .bind(window)
                .fetch_one(self.connections.statements())
                .await?;
            let missing = missing - found.len() as i64;
            page.extend(found);
            if missing == 0 || last.is_none() {
                return Ok(page);
            }
            last_seen = last;
            scanned += window;
            // `ahead` estimates the number of subjects to scan until the page is full. `in_index` estimates the number
            // of matches to read from the index.
            let matches = page.len().max(1) as i64;
            let (ahead, in_index) = (scanned * missing / matches, count.max(COUNT_MIN) * matches / scanned);
            if in_index < ahead * SCAN_COST {
                break;
            }
            window = ahead + ahead / 2 + SAMPLE;
        }
        let page = query_scalar(IN_INDEX)
            .bind(&terms)
            .bind(query.after_name())
            .bind(i64::from(query.limit))
            .fetch_one(self.connections.statements())
            .await?;
        Ok(page)
    }
}

/// Returns the query for subjects that have, for each word, a term with this beginning
/// (<https://www.postgresql.org/docs/current/datatype-textsearch.html#DATATYPE-TSQUERY>). A word contains no quotes.
fn terms(words: &[String]) -> String {
    let terms: Vec<String> = words.iter().map(|word| format!("'{word}':*")).collect();
    terms.join(" & ")
}

/// Writes the search terms of a subject whose settings changed. The row of the subject already has the new revision.
pub(super) async fn update_terms(
    transaction: &mut Transaction<'_, Driver>,
    subject_id: i64,
    change: &SubjectChange,
) -> Result<(), StoreError> {
    // If the schema cannot be read, the old terms stay.
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
