use evschema_model::Subject;
use sqlx::{Postgres as Driver, Transaction, query, query_as, query_scalar};

use super::Postgres;
use crate::store::rows::{self, SubjectRow, signed};
use crate::store::search::{Found, Part, ROWS_MAX, WINDOW, end_of};
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
                .fetch_all(&self.pool)
                .await?;
                return rows.into_iter().map(rows::subject).collect();
            }
            let mut found = Found::default();
            for word in &wanted.words {
                // In order, so that the planner takes the index whatever it knows of the table.
                let subjects = query_scalar(
                    "SELECT subject_id FROM search_words WHERE word >= $1 AND word < $2
                     ORDER BY word LIMIT $3 + 1",
                )
                .bind(word)
                .bind(end_of(word))
                .bind(ROWS_MAX)
                .fetch_all(&self.pool)
                .await?;
                found.add(word, subjects);
            }
            match &found.rare {
                Some(rare) => {
                    self.among(&rare.iter().copied().collect::<Vec<_>>(), &found.common, wanted).await
                }
                None => {
                    let next = self.among_next(&found.common, wanted).await?;
                    if next.len() == wanted.limit as usize {
                        return Ok(next);
                    }
                    self.by_two(&found.common, wanted).await
                }
            }
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
                 WHERE coalesce(indexed_revision, 0) < revision LIMIT $1",
            )
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter().map(rows::subject).collect()
        })
    }

    fn index(&self, indexing: Indexing) -> Answer<'_, ()> {
        Box::pin(async move {
            let mut transaction = self.pool.begin().await?;
            let subject_id: Option<i64> = query_scalar(
                "INSERT INTO subject_search (subject_id, about, content, indexed_revision)
                 SELECT id, '', '', $2 FROM subjects WHERE name = $1
                 ON CONFLICT (subject_id) DO UPDATE SET indexed_revision = excluded.indexed_revision
                    WHERE subject_search.indexed_revision < excluded.indexed_revision
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

impl Postgres {
    /// Returns those of these subjects that have the common words too. They are taken by their numbers first: a
    /// planner that expects many would go through all names instead.
    async fn among(
        &self,
        subjects: &[i64],
        common: &[String],
        wanted: &SubjectQuery,
    ) -> Result<Vec<SubjectRecord>, StoreError> {
        let rows: Vec<SubjectRow> = query_as(
            "WITH s AS MATERIALIZED (SELECT * FROM subjects WHERE id = ANY($1))
             SELECT name, mode, content_model, owner, description, revision, latest, version_count,
                    created_at, updated_at
             FROM s
             WHERE name > $2
               AND NOT EXISTS (SELECT FROM unnest($3::text[], $4::text[]) AS w (word, ending)
                   WHERE NOT EXISTS (SELECT FROM search_words x
                       WHERE x.subject_id = s.id AND x.word >= w.word AND x.word < w.ending))
             ORDER BY name LIMIT $5",
        )
        .bind(subjects)
        .bind(wanted.after_name())
        .bind(common)
        .bind(common.iter().map(|word| end_of(word)).collect::<Vec<_>>())
        .bind(i64::from(wanted.limit))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(rows::subject).collect()
    }

    /// Looks for subjects with all of these words among the next in order of names, which is enough where most
    /// have them.
    async fn among_next(
        &self,
        common: &[String],
        wanted: &SubjectQuery,
    ) -> Result<Vec<SubjectRecord>, StoreError> {
        let rows: Vec<SubjectRow> = query_as(
            "SELECT name, mode, content_model, owner, description, revision, latest, version_count,
                    created_at, updated_at
             FROM (SELECT * FROM subjects WHERE name > $1 ORDER BY name LIMIT $2) s
             WHERE NOT EXISTS (SELECT FROM unnest($3::text[], $4::text[]) AS w (word, ending)
                 WHERE NOT EXISTS (SELECT FROM search_words x
                     WHERE x.subject_id = s.id AND x.word >= w.word AND x.word < w.ending))
             ORDER BY name LIMIT $5",
        )
        .bind(wanted.after_name())
        .bind(WINDOW)
        .bind(common)
        .bind(common.iter().map(|word| end_of(word)).collect::<Vec<_>>())
        .bind(i64::from(wanted.limit))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(rows::subject).collect()
    }

    /// Looks for subjects with all of these words by what the index has for two of them.
    async fn by_two(
        &self,
        common: &[String],
        wanted: &SubjectQuery,
    ) -> Result<Vec<SubjectRecord>, StoreError> {
        let (one, two, others) = match common {
            [] => return Ok(Vec::new()),
            [one] => (one, one, &[][..]),
            [one, two, others @ ..] => (one, two, others),
        };
        let rows: Vec<SubjectRow> = query_as(
            "WITH s AS MATERIALIZED (SELECT * FROM subjects WHERE id = ANY(ARRAY(
                 (SELECT subject_id FROM search_words WHERE word >= $1 AND word < $2 ORDER BY word)
                 INTERSECT
                 (SELECT subject_id FROM search_words WHERE word >= $3 AND word < $4 ORDER BY word))))
             SELECT name, mode, content_model, owner, description, revision, latest, version_count,
                    created_at, updated_at
             FROM s
             WHERE name > $5
               AND NOT EXISTS (SELECT FROM unnest($6::text[], $7::text[]) AS w (word, ending)
                 WHERE NOT EXISTS (SELECT FROM search_words x
                     WHERE x.subject_id = s.id AND x.word >= w.word AND x.word < w.ending))
             ORDER BY name LIMIT $8",
        )
        .bind(one)
        .bind(end_of(one))
        .bind(two)
        .bind(end_of(two))
        .bind(wanted.after_name())
        .bind(others)
        .bind(others.iter().map(|word| end_of(word)).collect::<Vec<_>>())
        .bind(i64::from(wanted.limit))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(rows::subject).collect()
    }
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
        "INSERT INTO subject_search AS there (subject_id, about, content, indexed_revision)
         VALUES ($1, coalesce($2, ''), coalesce($3, ''), $4)
         ON CONFLICT (subject_id) DO UPDATE SET about = coalesce($2, there.about),
             content = coalesce($3, there.content),
             indexed_revision = CASE WHEN there.indexed_revision = $4 - 1 THEN $4
                                     ELSE there.indexed_revision END
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
