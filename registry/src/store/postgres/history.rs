use evschema_model::{Subject, Version};
use sqlx::postgres::PgRow;
use sqlx::{Row as _, query};

use super::database::Postgres;
use crate::store::outcome::{Answer, StoreError};
use crate::store::records::History;
use crate::store::rows::{self, VersionRow, WaiverRow};
use crate::store::sort_key::release_sort_key;

/// Returns the statement for a history. A single statement sees the database at one moment, and needs only one round
/// trip. The statement returns versions and waivers as arrays of rows.
macro_rules! history {
    (of $versions:literal, beside $tables:literal) => {
        concat!(
            "SELECT s.name, s.mode, s.content_model, s.owner, s.description, s.revision, s.latest, s.version_count,
                    s.created_at, s.updated_at,
                    ARRAY(SELECT ROW(v.version, v.ordinal::bigint, v.schema_id::bigint, c.digest,
                                     CASE WHEN v.state = 'yanked' AND v.never_used THEN 'never_used'
                                          ELSE v.state END,
                                     v.state_reason, v.author, v.message, v.registered_at)
                          FROM versions v JOIN schemas c ON c.id = v.schema_id WHERE ",
            $versions,
            ") AS versions,
                    ARRAY(SELECT ROW(fingerprint, reason, until, author, granted_at)
                          FROM waivers WHERE subject_id = s.id ORDER BY fingerprint) AS waivers
             FROM subjects s ",
            $tables,
            " WHERE s.folded = $1"
        )
    };
}

const HISTORY: &str = history!(of "v.subject_id = s.id", beside "");

/// Each part of the union uses an index. In order, the parts find:
///
/// - the version itself
/// - the nearest lower release that is not yanked, and the yanked releases between, which stay baselines
/// - the nearest higher release that is not yanked, and the yanked releases between
/// - all versions of the same line, if the mode is transitive
/// - the two highest releases
/// - the two highest pre-releases
/// - if the request names no version, every release above the nearest lower release, because the number of each such
///   release is taken
///
/// The column `place` is the sort key. The key of a release begins with 1. A line of versions is the common beginning
/// of the keys of its versions: the major number, or the major and the minor number if the major number is 0.
const HISTORY_FOR: &str = history!(
    of "v.id = ANY (ARRAY(
            SELECT own.id
            UNION ALL
            SELECT id FROM versions
            WHERE subject_id = s.id AND coalesce(below.place, '1') <= place AND place < at.place
                  AND NOT (state = 'yanked' AND never_used)
            UNION ALL
            SELECT id FROM versions
            WHERE subject_id = s.id AND at.place <= place AND place <= coalesce(above.place, '2')
                  AND NOT (state = 'yanked' AND never_used)
            UNION ALL
            SELECT id FROM versions
            WHERE s.mode LIKE '%_transitive'
                  AND subject_id = s.id AND line.place <= place AND place < line.place || ':'
                  AND NOT (state = 'yanked' AND never_used)
            UNION ALL
            (SELECT id FROM versions WHERE subject_id = s.id AND '1' <= place ORDER BY place DESC LIMIT 2)
            UNION ALL
            (SELECT id FROM versions WHERE subject_id = s.id AND place < '1' ORDER BY place DESC LIMIT 2)
            UNION ALL
            SELECT id FROM versions
            WHERE $2::text IS NULL AND subject_id = s.id AND coalesce(below.place, '1') < place))",
    beside "LEFT JOIN versions own ON own.subject_id = s.id AND own.version = coalesce($2, s.latest)
        CROSS JOIN LATERAL (SELECT coalesce($3, own.place) AS place) at
        CROSS JOIN LATERAL (
            SELECT left(at.place, CASE WHEN at.place LIKE '1000000000%' THEN 19 ELSE 10 END) AS place
        ) line
        LEFT JOIN LATERAL (
            SELECT place FROM versions
            WHERE subject_id = s.id AND '1' <= place AND place < at.place AND state <> 'yanked'
            ORDER BY place DESC LIMIT 1
        ) below ON true
        LEFT JOIN LATERAL (
            SELECT place FROM versions
            WHERE subject_id = s.id AND at.place <= place AND state <> 'yanked' AND id IS DISTINCT FROM own.id
            ORDER BY place LIMIT 1
        ) above ON true"
);

impl Postgres {
    pub(super) fn read_history<'a>(&'a self, subject: &'a Subject) -> Answer<'a, Option<History>> {
        Box::pin(async move {
            let row =
                query(HISTORY).bind(subject.folded()).fetch_optional(self.connections.statements()).await?;
            row.as_ref().map(history).transpose()
        })
    }

    pub(super) fn read_history_for<'a>(
        &'a self,
        subject: &'a Subject,
        candidate: Option<&'a Version>,
    ) -> Answer<'a, Option<History>> {
        Box::pin(async move {
            let row = query(HISTORY_FOR)
                .bind(subject.folded())
                .bind(candidate.map(ToString::to_string))
                .bind(candidate.map(release_sort_key))
                .fetch_optional(self.connections.statements())
                .await?;
            row.as_ref().map(history).transpose()
        })
    }
}

fn history(row: &PgRow) -> Result<History, StoreError> {
    let subject = rows::subject((
        row.try_get("name")?,
        row.try_get("mode")?,
        row.try_get("content_model")?,
        row.try_get("owner")?,
        row.try_get("description")?,
        row.try_get("revision")?,
        row.try_get("latest")?,
        row.try_get("version_count")?,
        row.try_get("created_at")?,
        row.try_get("updated_at")?,
    ))?;
    let versions = rows::versions(row.try_get::<Vec<VersionRow>, _>("versions")?)?;
    let waivers = row.try_get::<Vec<WaiverRow>, _>("waivers")?.into_iter().map(rows::waiver).collect();
    Ok(History { subject, versions, waivers })
}
