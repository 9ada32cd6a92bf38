use evschema_model::Subject;
use sqlx::postgres::PgRow;
use sqlx::{Row as _, query};

use super::Postgres;
use crate::store::rows::{self, VersionRow, WaiverRow};
use crate::store::{Answer, History, StoreError};

/// One statement sees one moment, and is one round trip. Versions and waivers come as arrays of rows.
const HISTORY: &str = "SELECT name, mode, content_model, owner, description, revision, latest, version_count,
        created_at, updated_at,
        ARRAY(SELECT ROW(v.version, v.ordinal::bigint, v.schema_id::bigint, c.digest, v.state, v.state_reason,
                         v.author, v.message, v.registered_at)
              FROM versions v JOIN schemas c ON c.id = v.schema_id WHERE v.subject_id = s.id) AS versions,
        ARRAY(SELECT ROW(fingerprint, reason, until, author, granted_at)
              FROM waivers WHERE subject_id = s.id ORDER BY fingerprint) AS waivers
    FROM subjects s WHERE folded = $1";

impl Postgres {
    pub(super) fn read_history<'a>(&'a self, subject: &'a Subject) -> Answer<'a, Option<History>> {
        Box::pin(async move {
            let row =
                query(HISTORY).bind(subject.folded()).fetch_optional(self.connections.statements()).await?;
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
