use evschema_model::Subject;
use sqlx::{Postgres as Driver, Transaction, query, query_as, query_scalar};

use super::Postgres;
use crate::limits;
use crate::store::rows::{self, SubjectRow, signed};
use crate::store::search::{Index, Part, WINDOW, Window, end_of, page};
use crate::store::{Answer, Indexing, Search, Searched, StoreError, SubjectQuery, SubjectRecord};

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
            let page = page(self, wanted).await?;
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
                "SELECT name, mode, content_model, owner, description, revision, latest, version_count,
                        created_at, updated_at
                 FROM subjects LEFT JOIN subject_search ON subject_id = id
                 WHERE coalesce(words_revision, 0) < revision LIMIT $1",
            )
            .bind(i64::from(limit))
            .fetch_all(self.connections.statements())
            .await?;
            rows.into_iter().map(rows::subject).collect()
        })
    }

    fn index(&self, indexing: Indexing) -> Answer<'_, ()> {
        Box::pin(async move {
            let mut transaction = self.connections.begin().await?;
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

/// Is true of a subject that has a word which begins as one of the list says, or where the list is shorter. Looked
/// up in each: `EXISTS` may first read all subjects that have the word.
macro_rules! has {
    ($number:literal) => {
        concat!(
            " AND ($3[",
            $number,
            "] IS NULL OR (SELECT TRUE FROM search_words x WHERE x.subject_id = s.id AND x.word >= $3[",
            $number,
            "] AND x.word < $4[",
            $number,
            "] LIMIT 1))"
        )
    };
}

/// Is true of a subject that has all the words.
macro_rules! has_all {
    () => {
        concat!(has!(1), has!(2), has!(3), has!(4), has!(5), has!(6), has!(7), has!(8))
    };
}
/// As many as there is room for.
const _: () = assert!(limits::SEARCH_WORDS_MAX == 8);

/// They are taken by their numbers first: a planner that expects many would go through all names. And they are in
/// order before they are looked into, one by one, until the page is full.
const AMONG: &str = concat!(
    "WITH named AS MATERIALIZED (SELECT id, name FROM subjects WHERE id = ANY($1) AND name > $2)
     SELECT ARRAY(SELECT id FROM (SELECT id, name FROM named ORDER BY name OFFSET 0) s WHERE TRUE",
    has_all!(),
    " ORDER BY name LIMIT $5)"
);

/// The outer order is that of the inner rows: they are looked into one by one, until the page is full.
const LOOK_INTO: &str = concat!(
    "WITH start AS MATERIALIZED (SELECT coalesce((SELECT name FROM subjects WHERE id = $1), $2) AS name)
     SELECT ARRAY(SELECT id FROM (SELECT id, name FROM subjects WHERE name > (SELECT name FROM start)
                                  ORDER BY name LIMIT $6) s
                  WHERE TRUE",
    has_all!(),
    " ORDER BY name LIMIT $5),
            (SELECT id FROM subjects WHERE name > (SELECT name FROM start) ORDER BY name OFFSET $6 - 1 LIMIT 1)"
);

impl Index for Postgres {
    async fn with_word(&self, word: &str, rows_max: usize) -> Result<Vec<i64>, StoreError> {
        // In order, so that the planner takes the index whatever it knows of the table.
        let subjects = query_scalar(
            "SELECT ARRAY(SELECT subject_id FROM search_words WHERE word >= $1 AND word < $2 ORDER BY word LIMIT $3)",
        );
        Ok(subjects
            .bind(word)
            .bind(end_of(word))
            .bind(signed(rows_max as u64))
            .fetch_one(self.connections.statements())
            .await?)
    }

    async fn among(
        &self,
        subjects: &[i64],
        words: &[String],
        wanted: &SubjectQuery,
    ) -> Result<Vec<i64>, StoreError> {
        let among = query_scalar(AMONG)
            .bind(subjects)
            .bind(wanted.after_name())
            .bind(words)
            .bind(ends_of(words))
            .bind(i64::from(wanted.limit))
            .fetch_one(self.connections.statements())
            .await?;
        Ok(among)
    }

    async fn next(&self, wanted: &SubjectQuery, behind: Option<i64>) -> Result<Vec<i64>, StoreError> {
        let next = query_scalar(
            "SELECT ARRAY(SELECT id FROM subjects
             WHERE name > coalesce((SELECT name FROM subjects WHERE id = $1), $2) ORDER BY name LIMIT $3)",
        );
        let next = next.bind(behind).bind(wanted.after_name()).bind(signed(WINDOW as u64));
        Ok(next.fetch_one(self.connections.statements()).await?)
    }

    async fn look_into(
        &self,
        wanted: &SubjectQuery,
        behind: Option<i64>,
        window: usize,
        words: &[String],
    ) -> Result<Window, StoreError> {
        let (found, last) = query_as(LOOK_INTO)
            .bind(behind)
            .bind(wanted.after_name())
            .bind(words)
            .bind(ends_of(words))
            .bind(i64::from(wanted.limit))
            .bind(signed(window as u64))
            .fetch_one(self.connections.statements())
            .await?;
        Ok(Window { found, last })
    }
}

fn ends_of(words: &[String]) -> Vec<String> {
    words.iter().map(|word| end_of(word)).collect()
}

/// Keeps what a search finds a subject by; `revision` is the subject's from now on. Words are written only
/// where the text is another.
pub(super) async fn keep_searched(
    transaction: &mut Transaction<'_, Driver>,
    subject_id: i64,
    part: Part,
    searched: &Searched,
    revision: u64,
) -> Result<(), StoreError> {
    let (about, content) = match part {
        Part::About => (Some(&searched.text), None),
        Part::Content => (None, Some(&searched.text)),
    };
    // The words of the other part may be older still, if another registry has left them out.
    let changed = query(
        "INSERT INTO subject_search AS there (subject_id, about, content, indexed_revision, words_revision)
         VALUES ($1, coalesce($2, ''), coalesce($3, ''), $4, $4)
         ON CONFLICT (subject_id) DO UPDATE SET about = coalesce($2, there.about),
             content = coalesce($3, there.content),
             indexed_revision = CASE WHEN there.indexed_revision = $4 - 1 THEN $4
                                     ELSE there.indexed_revision END,
             words_revision = CASE WHEN there.words_revision = $4 - 1 THEN $4 ELSE there.words_revision END
         WHERE there.about IS DISTINCT FROM coalesce($2, there.about)
            OR there.content IS DISTINCT FROM coalesce($3, there.content)",
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
    replace_words(transaction, subject_id, part, &searched.words).await
}

async fn replace_words(
    transaction: &mut Transaction<'_, Driver>,
    subject_id: i64,
    part: Part,
    words: &[String],
) -> Result<(), StoreError> {
    // At once: what is deleted and what is inserted are never the same rows.
    query(
        "WITH gone AS (DELETE FROM search_words WHERE subject_id = $1 AND part = $2 AND word <> ALL($3))
         INSERT INTO search_words (subject_id, part, word) SELECT $1::bigint, $2::smallint, unnest($3::text[])
         ON CONFLICT DO NOTHING",
    )
    .bind(subject_id)
    .bind(part.number())
    .bind(words)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
