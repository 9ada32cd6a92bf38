use evschema_model::Subject;
use sqlx::{Sqlite as Driver, Transaction, query, query_as, query_scalar};

use super::database::Sqlite;
use super::posting_lists::{LAST, Part, WINDOW, Window, WordIndex, end_of, page};
use crate::limits;
use crate::store::outcome::{Answer, StoreError};
use crate::store::records::SubjectRecord;
use crate::store::rows::{self, SubjectRow, signed};
use crate::store::search::{Indexing, Search, SubjectQuery};

/// Returns the statement that reads subjects as one row of JSON. SQLite allocates memory for each column of each row,
/// under a lock that all threads share.
macro_rules! subjects_in {
    ($condition:literal) => {
        concat!(
            "SELECT json_group_array(json_array(name, mode, content_model, owner, description, revision, latest,
                                                version_count, created_at, updated_at))
             FROM (SELECT * FROM subjects ",
            $condition,
            ")"
        )
    };
}

// If the limit is only a parameter, SQLite plans the statement again for each new value. This takes longer than most of
// these statements. If the limit is a sum, SQLite plans the statement only once.
impl Search for Sqlite {
    fn subjects<'a>(&'a self, query: &'a SubjectQuery) -> Answer<'a, Vec<SubjectRecord>> {
        Box::pin(async move {
            if query.words.is_empty() {
                let rows = query_scalar(subjects_in!("WHERE name > $1 ORDER BY name LIMIT $2 + 0"));
                let rows = rows.bind(query.after_name()).bind(i64::from(query.limit));
                return subjects(rows.fetch_one(&self.pool).await?);
            }
            let page = page(self, query).await?;
            let rows =
                query_scalar(subjects_in!("WHERE id IN (SELECT value FROM json_each($1)) ORDER BY name"));
            subjects(rows.bind(json(&page)).fetch_one(&self.pool).await?)
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
            .fetch_optional(&self.pool)
            .await?;
            row.map(rows::subject).transpose()
        })
    }

    fn unindexed(&self, limit: u32) -> Answer<'_, Vec<SubjectRecord>> {
        Box::pin(async move {
            let rows: Vec<SubjectRow> = query_as(
                "SELECT name, mode, content_model, owner, description, revision, latest, version_count,
                        created_at, updated_at
                 FROM subjects LEFT JOIN subject_search ON subject_id = id
                 WHERE coalesce(words_revision, 0) < revision LIMIT $1 + 0",
            )
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter().map(rows::subject).collect()
        })
    }

    fn forget_words<'a>(&'a self, subject: &'a Subject) -> Answer<'a, ()> {
        Box::pin(async move {
            let _writing = self.writing.lock().await;
            query(
                "UPDATE subject_search SET words_revision = 0, indexed_revision = 0
                 WHERE subject_id = (SELECT id FROM subjects WHERE name = $1)",
            )
            .bind(subject.as_str())
            .execute(&self.pool)
            .await?;
            Ok(())
        })
    }

    fn index(&self, indexing: Indexing) -> Answer<'_, ()> {
        Box::pin(async move {
            let _writing = self.writing.lock().await;
            let mut transaction = self.begin_write().await?;
            let subject_id: Option<i64> = query_scalar(
                "INSERT INTO subject_search AS there (subject_id, about, content, indexed_revision, words_revision)
                 SELECT id, '', '', $2, $2 FROM subjects WHERE name = $1
                 ON CONFLICT (subject_id) DO UPDATE SET words_revision = excluded.words_revision,
                    indexed_revision = CASE WHEN there.indexed_revision < excluded.indexed_revision
                                            THEN excluded.indexed_revision ELSE there.indexed_revision END
                    WHERE there.words_revision < excluded.words_revision
                 RETURNING subject_id",
            )
            .bind(indexing.subject.as_str())
            .bind(signed(indexing.revision))
            .fetch_optional(&mut *transaction)
            .await?;
            let Some(subject_id) = subject_id else { return Ok(()) };
            replace_words(&mut transaction, subject_id, Part::About, &indexing.about).await?;
            replace_words(&mut transaction, subject_id, Part::Content, &indexing.content).await?;
            transaction.commit().await?;
            Ok(())
        })
    }
}

/// Returns the condition that a subject has a search term with a certain beginning. The parameter contains this
/// beginning. The condition is true if the parameter is null.
macro_rules! has {
    ($parameter:literal) => {
        concat!(
            " AND (",
            $parameter,
            " IS NULL OR EXISTS (SELECT 1 FROM search_words x WHERE x.subject_id = s.id AND x.word >= ",
            $parameter,
            " AND x.word < ",
            $parameter,
            " || $3))"
        )
    };
}

/// Returns the condition for a subject that matches all words. Each word has its own parameter, because SQLite would
/// read a list of words again for each subject.
macro_rules! has_all {
    () => {
        concat!(
            has!("$5"),
            has!("$6"),
            has!("$7"),
            has!("$8"),
            has!("$9"),
            has!("$10"),
            has!("$11"),
            has!("$12")
        )
    };
}
/// The condition has eight parameters.
const _: () = assert!(limits::SEARCH_WORDS_MAX == 8);

/// Filters a list of subjects. The plus prevents a plan that reads an index in order of names. If the planner expects
/// many matches, it would choose such a plan.
const FILTER: &str = concat!(
    "SELECT json_group_array(id) FROM (
         SELECT s.id FROM (SELECT id, name FROM subjects WHERE id IN (SELECT value FROM json_each($1)) AND name > $2
                           ORDER BY +name LIMIT -1) s
         WHERE true",
    has_all!(),
    " LIMIT $4 + 0)"
);

/// Scans subjects in order of their names. The order of the inner statement is the order of the rows. With a second
/// `ORDER BY`, SQLite would check all rows for each page.
const SCAN: &str = concat!(
    "WITH start (name) AS (SELECT coalesce((SELECT name FROM subjects WHERE id = $1), $2))
     SELECT json_group_array(id),
            (SELECT id FROM subjects WHERE name > (SELECT name FROM start) ORDER BY name LIMIT 1 OFFSET $13 - 1)
     FROM (SELECT id FROM (SELECT id FROM subjects WHERE name > (SELECT name FROM start)
                           ORDER BY name LIMIT $13 + 0) s
           WHERE true",
    has_all!(),
    " LIMIT $4 + 0)"
);

// Each statement returns its numbers in one row, because each row passes from one thread to another.
impl WordIndex for Sqlite {
    async fn with_word(&self, word: &str, rows_max: usize) -> Result<Vec<i64>, StoreError> {
        let subjects = query_scalar(
            "SELECT json_group_array(subject_id)
             FROM (SELECT subject_id FROM search_words WHERE word >= $1 AND word < $2 ORDER BY word LIMIT $3 + 0)",
        );
        numbers(
            subjects
                .bind(word)
                .bind(end_of(word))
                .bind(signed(rows_max as u64))
                .fetch_one(&self.pool)
                .await?,
        )
    }

    async fn filter(
        &self,
        subjects: &[i64],
        words: &[String],
        query: &SubjectQuery,
    ) -> Result<Vec<i64>, StoreError> {
        let filtered = query_scalar(FILTER)
            .bind(json(subjects))
            .bind(query.after_name())
            .bind(LAST)
            .bind(i64::from(query.limit));
        let filtered = parameters(words).fold(filtered, |filtered, word| filtered.bind(word));
        numbers(filtered.fetch_one(&self.pool).await?)
    }

    async fn next(&self, query: &SubjectQuery, last_seen: Option<i64>) -> Result<Vec<i64>, StoreError> {
        let next = query_scalar(
            "SELECT json_group_array(id)
             FROM (SELECT id FROM subjects WHERE name > coalesce((SELECT name FROM subjects WHERE id = $1), $2)
                   ORDER BY name LIMIT $3 + 0)",
        );
        let next = next.bind(last_seen).bind(query.after_name()).bind(signed(WINDOW as u64));
        numbers(next.fetch_one(&self.pool).await?)
    }

    async fn scan(
        &self,
        query: &SubjectQuery,
        last_seen: Option<i64>,
        window: usize,
        words: &[String],
    ) -> Result<Window, StoreError> {
        let scan = query_as(SCAN).bind(last_seen).bind(query.after_name()).bind(LAST);
        let scan = scan.bind(i64::from(query.limit));
        let scan = parameters(words).fold(scan, |scan, word| scan.bind(word));
        let (found, last) = scan.bind(signed(window as u64)).fetch_one(&self.pool).await?;
        Ok(Window { found: numbers(found)?, last })
    }
}

/// Returns the values of the parameters for words. The values of unused parameters are null.
fn parameters(words: &[String]) -> impl Iterator<Item = Option<&String>> {
    words.iter().map(Some).chain(std::iter::repeat(None)).take(limits::SEARCH_WORDS_MAX)
}

/// Parses the rows of subjects from the one row of JSON.
fn subjects(list: String) -> Result<Vec<SubjectRecord>, StoreError> {
    let list: Vec<SubjectRow> =
        serde_json::from_str(&list).map_err(|_| StoreError::Corrupt("list of subjects"))?;
    list.into_iter().map(rows::subject).collect()
}

/// Parses the numbers of subjects from the one row of JSON.
fn numbers(list: String) -> Result<Vec<i64>, StoreError> {
    serde_json::from_str(&list).map_err(|_| StoreError::Corrupt("subject id"))
}

/// Writes the search terms of a subject that has the revision `revision` now.
///
/// One column has all terms of a part as text. If this text is the same as before, the function does not write the rows
/// of the single terms.
pub(super) async fn update_words(
    transaction: &mut Transaction<'_, Driver>,
    subject_id: i64,
    part: Part,
    words: &[String],
    revision: u64,
) -> Result<(), StoreError> {
    let text = words.join(" ");
    let (about, content) = match part {
        Part::About => (Some(text), None),
        Part::Content => (None, Some(text)),
    };
    // The terms of the other part may be from an earlier revision, if another registry did not write them.
    let changed = query(
        "INSERT INTO subject_search AS there (subject_id, about, content, indexed_revision, words_revision)
         VALUES ($1, coalesce($2, ''), coalesce($3, ''), $4, $4)
         ON CONFLICT (subject_id) DO UPDATE SET about = coalesce($2, there.about),
             content = coalesce($3, there.content),
             indexed_revision = CASE WHEN there.indexed_revision = $4 - 1 THEN $4
                                     ELSE there.indexed_revision END,
             words_revision = CASE WHEN there.words_revision = $4 - 1 THEN $4 ELSE there.words_revision END
         WHERE there.about IS NOT coalesce($2, there.about)
            OR there.content IS NOT coalesce($3, there.content)",
    )
    .bind(subject_id)
    .bind(about)
    .bind(content)
    .bind(signed(revision))
    .execute(&mut **transaction)
    .await?;
    if changed.rows_affected() == 0 {
        return Ok(());
    }
    replace_words(transaction, subject_id, part, words).await
}

async fn replace_words(
    transaction: &mut Transaction<'_, Driver>,
    subject_id: i64,
    part: Part,
    words: &[String],
) -> Result<(), StoreError> {
    query("DELETE FROM search_words WHERE subject_id = $1 AND part = $2 AND word NOT IN (SELECT value FROM json_each($3))")
        .bind(subject_id)
        .bind(part.number())
        .bind(json(words))
        .execute(&mut **transaction)
        .await?;
    query(
        "INSERT INTO search_words (subject_id, part, word) SELECT $1, $2, value FROM json_each($3) WHERE true
         ON CONFLICT DO NOTHING",
    )
    .bind(subject_id)
    .bind(part.number())
    .bind(json(words))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Returns a list as JSON, for `json_each`.
fn json(list: &(impl serde::Serialize + ?Sized)) -> String {
    // Strings and numbers always have a JSON form.
    serde_json::to_string(list).unwrap_or_default()
}
