use evschema_model::{Subject, Version};
use sqlx::{Sqlite as Driver, Transaction, query_as};

use super::database::Sqlite;
use crate::store::outcome::{Answer, StoreError};
use crate::store::records::{History, SubjectRecord};
use crate::store::rows::{self, SubjectRow, VersionRow, WaiverRow};
use crate::store::sort_key::release_sort_key;

/// Returns the statement for versions; `s` is the subject.
macro_rules! versions {
    (with $tables:literal, of $versions:literal) => {
        concat!(
            "WITH s AS (SELECT id, mode FROM subjects WHERE folded = $1)",
            $tables,
            " SELECT v.version, v.ordinal, v.schema_id, c.digest,
                     CASE WHEN v.state = 'yanked' AND v.never_used THEN 'never_used' ELSE v.state END,
                     v.state_reason, v.author, v.message, v.registered_at
              FROM versions v JOIN schemas c ON c.id = v.schema_id WHERE ",
            $versions
        )
    };
}

const VERSIONS: &str = versions!(with "", of "v.subject_id = (SELECT id FROM s)");

/// The union has the same parts as the statement for Postgres (`store/postgres/history.rs`).
const VERSIONS_FOR: &str = versions!(
    with ", line AS (SELECT substr($3, 1, CASE WHEN $3 LIKE '1000000000%' THEN 19 ELSE 10 END) AS place),
        below AS (
            SELECT place FROM versions
            WHERE subject_id = (SELECT id FROM s) AND '1' <= place AND place < $3 AND state <> 'yanked'
            ORDER BY place DESC LIMIT 1
        ), above AS (
            SELECT place FROM versions
            WHERE subject_id = (SELECT id FROM s) AND $3 <= place AND state <> 'yanked' AND version <> $2
            ORDER BY place LIMIT 1
        )",
    of "v.id IN (
        SELECT id FROM versions WHERE subject_id = (SELECT id FROM s) AND version = $2
        UNION ALL
        SELECT id FROM versions
        WHERE subject_id = (SELECT id FROM s)
              AND coalesce((SELECT place FROM below), '1') <= place AND place < $3
              AND NOT (state = 'yanked' AND never_used)
        UNION ALL
        SELECT id FROM versions
        WHERE subject_id = (SELECT id FROM s)
              AND $3 <= place AND place <= coalesce((SELECT place FROM above), '2')
              AND NOT (state = 'yanked' AND never_used)
        UNION ALL
        SELECT id FROM versions
        WHERE (SELECT mode FROM s) LIKE '%_transitive'
              AND subject_id = (SELECT id FROM s)
              AND (SELECT place FROM line) <= place AND place < (SELECT place || ':' FROM line)
              AND NOT (state = 'yanked' AND never_used)
        UNION ALL
        SELECT id FROM (
            SELECT id FROM versions WHERE subject_id = (SELECT id FROM s) AND '1' <= place
            ORDER BY place DESC LIMIT 2)
        UNION ALL
        SELECT id FROM (
            SELECT id FROM versions WHERE subject_id = (SELECT id FROM s) AND place < '1'
            ORDER BY place DESC LIMIT 2)
        UNION ALL
        SELECT id FROM versions
        WHERE $4 AND subject_id = (SELECT id FROM s) AND coalesce((SELECT place FROM below), '1') < place)"
);

impl Sqlite {
    pub(super) fn read_history<'a>(&'a self, subject: &'a Subject) -> Answer<'a, Option<History>> {
        Box::pin(async move {
            // All queries run in one transaction, so they see the database at the same moment.
            let mut transaction = self.pool.begin().await?;
            let Some(record) = record(&mut transaction, subject).await? else { return Ok(None) };
            let versions: Vec<VersionRow> =
                query_as(VERSIONS).bind(subject.folded()).fetch_all(&mut *transaction).await?;
            Ok(Some(history(&mut transaction, record, versions).await?))
        })
    }

    pub(super) fn read_history_for<'a>(
        &'a self,
        subject: &'a Subject,
        candidate: Option<&'a Version>,
    ) -> Answer<'a, Option<History>> {
        Box::pin(async move {
            let mut transaction = self.pool.begin().await?;
            let Some(record) = record(&mut transaction, subject).await? else { return Ok(None) };
            let around = candidate.or(record.latest.as_ref());
            let versions: Vec<VersionRow> = query_as(VERSIONS_FOR)
                .bind(subject.folded())
                .bind(around.map(ToString::to_string))
                .bind(around.map(release_sort_key))
                .bind(candidate.is_none())
                .fetch_all(&mut *transaction)
                .await?;
            Ok(Some(history(&mut transaction, record, versions).await?))
        })
    }
}

async fn record(
    transaction: &mut Transaction<'_, Driver>,
    subject: &Subject,
) -> Result<Option<SubjectRecord>, StoreError> {
    let row: Option<SubjectRow> = query_as(
        "SELECT name, mode, content_model, owner, description, revision, latest, version_count, created_at,
                updated_at
         FROM subjects WHERE folded = $1",
    )
    .bind(subject.folded())
    .fetch_optional(&mut **transaction)
    .await?;
    row.map(rows::subject).transpose()
}

async fn history(
    transaction: &mut Transaction<'_, Driver>,
    subject: SubjectRecord,
    versions: Vec<VersionRow>,
) -> Result<History, StoreError> {
    let waivers: Vec<WaiverRow> = query_as(
        "SELECT w.fingerprint, w.reason, w.until, w.author, w.granted_at
         FROM waivers w JOIN subjects s ON s.id = w.subject_id
         WHERE s.name = $1 ORDER BY w.fingerprint",
    )
    .bind(subject.subject.as_str())
    .fetch_all(&mut **transaction)
    .await?;
    let waivers = waivers.into_iter().map(rows::waiver).collect();
    Ok(History { subject, versions: rows::versions(versions)?, waivers })
}
