use sqlx::query_as;

use super::database::Postgres;
use crate::store::changes::{Addition, Head};
use crate::store::outcome::{Answer, Appended, StoreError};
use crate::store::rows::{self, signed, unsigned};

/// The columns: the number of the schema, and the subject and the version that an `$id` belongs to.
type AppendedRow = (Option<i64>, Option<String>, Option<String>);

/// Returns the statement that appends a version. `$moved` finds or creates the row of the subject. `$words` writes the
/// search terms. `$events` adds the events that come before the event of the version.
///
/// One statement is one transaction and one round trip. Each part that reads from `moved` runs after the row of the
/// subject is locked, and the event of the feed comes last. If `moved` has no row, the statement writes nothing.
macro_rules! append {
    ($moved:literal, $words:literal, $events:literal) => {
        concat!(
            "WITH taken AS MATERIALIZED (
                SELECT s.name, v.version FROM versions v JOIN subjects s ON s.id = v.subject_id
                WHERE (v.uri = $8 AND s.name <> $1)
                   OR v.id = (SELECT target FROM version_links WHERE uri = $8 LIMIT 1)
                LIMIT 1
            ), moved AS (",
            $moved,
            "), added AS (
                INSERT INTO schemas (digest, bytes) SELECT $4, $5 FROM moved
                ON CONFLICT (digest) DO NOTHING RETURNING id
            ), content AS (
                SELECT id, NULL::bytea AS spelled FROM added
                UNION ALL SELECT id, nullif($5, bytes) FROM schemas WHERE digest = $4
            ), appended AS (
                INSERT INTO versions (subject_id, version, ordinal, schema_id, bytes, uri, state, author,
                                      message, registered_at, accepted)
                SELECT id, $6, $7::bigint, (SELECT id FROM content), (SELECT spelled FROM content),
                       (SELECT $8::text WHERE NOT EXISTS (SELECT FROM versions WHERE uri = $8)),
                       'active', $9, $10, $2, $20
                FROM moved RETURNING id, schema_id
            ), shared AS (
                INSERT INTO shared_ids (version_id, uri)
                SELECT id, $8 FROM appended WHERE EXISTS (SELECT FROM versions WHERE uri = $8)
            ), linked AS (
                INSERT INTO version_links (referrer, uri, target)
                SELECT a.id, r.uri, v.id
                FROM appended a
                CROSS JOIN unnest($11::text[], $12::text[], $13::text[]) AS r (uri, subject, version)
                JOIN subjects s ON s.name = r.subject
                JOIN versions v ON v.subject_id = s.id AND v.version = r.version
            ), ",
            $words,
            ", announced AS (
                INSERT INTO feed (kind, subject, at, data, token, address)
                SELECT e.kind, $1, $2, e.data, $18, $19
                FROM appended a CROSS JOIN LATERAL (VALUES ",
            $events,
            "(2, $15, concat($16::text, a.schema_id, $17::text))) AS e (place, kind, data)
                ORDER BY e.place
            )
            SELECT appended.schema_id::bigint, taken.name, taken.version
            FROM (SELECT) AS always LEFT JOIN appended ON TRUE LEFT JOIN taken ON TRUE"
        )
    };
}

/// Appends to a subject with a certain revision.
const APPEND_TO_EXISTING: &str = append!(
    "UPDATE subjects SET revision = revision + 1, latest = $3, updated_at = $2,
            version_count = version_count + 1
     WHERE name = $1 AND revision = $21 AND NOT EXISTS (SELECT FROM taken)
     RETURNING id, revision",
    // If the row of terms is missing or belongs to an earlier revision, the indexer notices this and writes the terms
    // later. If the terms are the same, the statement keeps the stored value. The database would compress a new value,
    // treat it as different from the stored value, and index it again.
    "worded AS (
        UPDATE search_terms there
        SET terms = CASE WHEN there.terms = there.about || content.terms THEN there.terms
                         ELSE there.about || content.terms END,
            revision = CASE WHEN there.revision = moved.revision - 1 THEN moved.revision ELSE there.revision END
        FROM moved CROSS JOIN (SELECT array_to_tsvector($14)) AS content (terms)
        WHERE there.subject_id = moved.id AND content.terms IS NOT NULL
    )",
    ""
);

/// Creates a subject and appends its first version, unless a subject with the same folded name exists.
///
/// The inserted row has the values after both changes. In the feed, the event of the creation comes first.
const CREATE_AND_APPEND: &str = append!(
    "INSERT INTO subjects (name, folded, mode, content_model, owner, description, revision, latest,
                           version_count, created_at, updated_at)
     SELECT $1, $21, $22, $23, $24, $25, 2, $3, 1, $2, $2 WHERE NOT EXISTS (SELECT FROM taken)
     ON CONFLICT DO NOTHING RETURNING id, revision",
    "worded AS (
        INSERT INTO search_terms (subject_id, name, about, terms, revision)
        SELECT id, $1, '', array_to_tsvector($14), revision FROM moved WHERE $14::text[] IS NOT NULL
    )",
    "(1, $26, $27), "
);

impl Postgres {
    pub(super) fn append_version(&self, addition: Addition) -> Answer<'_, Appended> {
        Box::pin(async move {
            let Addition { at, event, references, words, .. } = &addition;
            let folded = at.subject.folded();
            let sql = if addition.head == Head::Absent { CREATE_AND_APPEND } else { APPEND_TO_EXISTING };
            let statement = query_as::<_, AppendedRow>(sql)
                .bind(at.subject.as_str())
                .bind(addition.registered_at)
                .bind(addition.latest.as_ref().map(ToString::to_string))
                .bind(addition.digest.as_str())
                .bind(&addition.bytes)
                .bind(at.version.to_string())
                .bind(i64::from(addition.ordinal))
                .bind(&addition.uri)
                .bind(&addition.author)
                .bind(&addition.message)
                .bind(references.iter().map(|to| to.uri.as_str()).collect::<Vec<_>>())
                .bind(references.iter().map(|to| to.target.subject.as_str()).collect::<Vec<_>>())
                .bind(references.iter().map(|to| to.target.version.to_string()).collect::<Vec<_>>())
                .bind(words)
                .bind(event.kind)
                .bind(&event.before)
                .bind(&event.after)
                .bind(&event.provenance.token)
                .bind(&event.provenance.address)
                .bind(&addition.accepted);
            let statement = match (addition.head, &addition.creation) {
                (Head::At(revision), _) => statement.bind(signed(revision)),
                (Head::Absent, Some((settings, created))) => statement
                    .bind(&folded)
                    .bind(settings.policy.mode.as_str())
                    .bind(settings.policy.content_model.as_str())
                    .bind(&settings.owner)
                    .bind(&settings.description)
                    .bind(created.kind)
                    .bind(&created.data),
                (Head::Absent, None) => return Ok(Appended::HeadMoved),
            };
            match statement.fetch_one(self.connections.statements()).await.map_err(StoreError::from) {
                Ok((Some(schema_id), _, _)) => {
                    Ok(Appended::Done { schema_id: unsigned(schema_id, "schema id")? })
                }
                Ok((None, Some(subject), Some(version))) => {
                    Ok(Appended::IdTaken { owner: rows::coordinates((subject, version))? })
                }
                Ok((None, _, _)) => Ok(Appended::HeadMoved),
                // Another transaction took the `$id`, or added the same schema, after this statement began. The next
                // attempt sees the changes of that transaction.
                Err(error) if error.is_lost_race() => Ok(Appended::HeadMoved),
                Err(error) => Err(error),
            }
        })
    }
}
