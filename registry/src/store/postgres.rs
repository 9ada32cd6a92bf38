//! The database of a team: any number of registries share one Postgres.

mod append;
mod connections;
mod history;
mod search;
mod statements;
mod tokens;
mod waivers;

use evschema_model::{Coordinates, Digest, Subject, Version};
use sqlx::{Postgres as Driver, Transaction, query, query_as, query_scalar};

use super::rows::{self, CoordinatesRow, FeedRow, VersionRow, signed, unsigned};
use super::{
    Access, Addition, Answer, Appended, Content, Derived, FeedRecord, Head, History, Links, NewEvent,
    Settings, StateChanged, Store, StoreError, SubjectChange, VersionRecord, WaiverChange, Written,
};
use connections::Connections;
use search::keep_words;

/// Names the advisory lock under which positions of the feed are given; "evschema" in ASCII.
const FEED_LOCK: i64 = 0x6576_7363_6865_6d61;
/// Most events numbered in one transaction, so that a reader of a long backlog sees progress.
const NUMBERED_AT_ONCE_MAX: i64 = 10_000;

/// The registry's tables in Postgres.
///
/// Transactions run at READ COMMITTED: an `UPDATE` that names a revision waits for the row and
/// then looks at it again, which is the whole guard of an append.
#[derive(Debug)]
pub(super) struct Postgres {
    connections: Connections,
}

impl Postgres {
    pub(super) async fn open(url: &str, access: Access) -> Result<Self, StoreError> {
        Ok(Self { connections: Connections::open(url, access).await? })
    }

    /// Gives positions to events that are committed and have none.
    ///
    /// The lock is taken in a statement of its own: the next one then sees all that was committed
    /// before, positions given by others included.
    async fn number_events(&self) -> Result<(), StoreError> {
        loop {
            let waiting: bool = query_scalar("SELECT EXISTS (SELECT FROM feed WHERE position IS NULL)")
                .fetch_one(self.connections.statements())
                .await?;
            if !waiting {
                return Ok(());
            }
            let mut transaction = self.connections.begin().await?;
            query("SELECT pg_advisory_xact_lock($1)").bind(FEED_LOCK).execute(&mut *transaction).await?;
            query(
                "UPDATE feed SET position = numbered.position
                 FROM (SELECT sequence,
                              (SELECT coalesce(max(position), 0) FROM feed)
                              + row_number() OVER (ORDER BY sequence) AS position
                       FROM feed WHERE position IS NULL ORDER BY sequence LIMIT $1) AS numbered
                 WHERE feed.sequence = numbered.sequence",
            )
            .bind(NUMBERED_AT_ONCE_MAX)
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
        }
    }
}

impl Store for Postgres {
    fn history<'a>(&'a self, subject: &'a Subject) -> Answer<'a, Option<History>> {
        self.read_history(subject)
    }

    fn history_for<'a>(
        &'a self,
        subject: &'a Subject,
        candidate: Option<&'a Version>,
    ) -> Answer<'a, Option<History>> {
        self.read_history_for(subject, candidate)
    }

    fn version<'a>(&'a self, at: &'a Coordinates) -> Answer<'a, Option<VersionRecord>> {
        Box::pin(async move {
            let row: Option<VersionRow> = query_as(
                "SELECT v.version, v.ordinal::bigint, v.schema_id::bigint, c.digest,
                        CASE WHEN v.state = 'yanked' AND v.never_used THEN 'never_used' ELSE v.state END,
                        v.state_reason, v.author, v.message, v.registered_at
                 FROM versions v JOIN subjects s ON s.id = v.subject_id JOIN schemas c ON c.id = v.schema_id
                 WHERE s.name = $1 AND v.version = $2",
            )
            .bind(at.subject.as_str())
            .bind(at.version.to_string())
            .fetch_optional(self.connections.statements())
            .await?;
            row.map(rows::version).transpose()
        })
    }

    fn version_with<'a>(
        &'a self,
        subject: &'a Subject,
        digest: &'a Digest,
    ) -> Answer<'a, Option<VersionRecord>> {
        Box::pin(async move {
            let row: Option<VersionRow> = query_as(
                "SELECT v.version, v.ordinal::bigint, v.schema_id::bigint, c.digest,
                        CASE WHEN v.state = 'yanked' AND v.never_used THEN 'never_used' ELSE v.state END,
                        v.state_reason, v.author, v.message, v.registered_at
                 FROM schemas c
                 JOIN subjects s ON s.name = $1
                 JOIN versions v ON v.subject_id = s.id AND v.schema_id = c.id
                 WHERE c.digest = $2
                 ORDER BY v.state = 'yanked', v.place DESC LIMIT 1",
            )
            .bind(subject.as_str())
            .bind(digest.as_str())
            .fetch_optional(self.connections.statements())
            .await?;
            row.map(rows::version).transpose()
        })
    }

    fn content<'a>(&'a self, at: &'a Coordinates) -> Answer<'a, Option<Content>> {
        Box::pin(async move {
            let row: Option<(Vec<u8>, String)> = query_as(
                "SELECT coalesce(v.bytes, c.bytes), c.digest
                 FROM versions v JOIN subjects s ON s.id = v.subject_id JOIN schemas c ON c.id = v.schema_id
                 WHERE s.name = $1 AND v.version = $2",
            )
            .bind(at.subject.as_str())
            .bind(at.version.to_string())
            .fetch_optional(self.connections.statements())
            .await?;
            Ok(row.map(rows::content))
        })
    }

    fn accepted<'a>(&'a self, at: &'a Coordinates) -> Answer<'a, Option<String>> {
        Box::pin(async move {
            let row: Option<(Option<String>,)> = query_as(
                "SELECT v.accepted FROM versions v JOIN subjects s ON s.id = v.subject_id
                 WHERE s.name = $1 AND v.version = $2",
            )
            .bind(at.subject.as_str())
            .bind(at.version.to_string())
            .fetch_optional(self.connections.statements())
            .await?;
            Ok(row.and_then(|(accepted,)| accepted))
        })
    }

    fn owners_of_id<'a>(&'a self, id: &'a str) -> Answer<'a, Vec<Coordinates>> {
        Box::pin(async move {
            let rows: Vec<CoordinatesRow> = query_as(
                "SELECT s.name, v.version FROM versions v JOIN subjects s ON s.id = v.subject_id
                 WHERE v.id IN (SELECT id FROM versions WHERE uri = $1
                                UNION ALL SELECT version_id FROM shared_ids WHERE uri = $1)
                 ORDER BY v.ordinal",
            )
            .bind(id)
            .fetch_all(self.connections.statements())
            .await?;
            if rows.len() <= 1 {
                return rows::all_coordinates(rows);
            }
            let meant: Option<CoordinatesRow> = query_as(
                "SELECT s.name, v.version FROM versions v JOIN subjects s ON s.id = v.subject_id
                 WHERE v.id = (SELECT target FROM version_links WHERE uri = $1 LIMIT 1)",
            )
            .bind(id)
            .fetch_optional(self.connections.statements())
            .await?;
            rows::all_coordinates(meant.map_or(rows, |meant| vec![meant]))
        })
    }

    fn links<'a>(&'a self, at: &'a Coordinates) -> Answer<'a, Links> {
        Box::pin(async move {
            let references: Vec<CoordinatesRow> = query_as(
                "SELECT DISTINCT ts.name, t.version
                 FROM version_links l
                 JOIN versions r ON r.id = l.referrer JOIN subjects rs ON rs.id = r.subject_id
                 JOIN versions t ON t.id = l.target JOIN subjects ts ON ts.id = t.subject_id
                 WHERE rs.name = $1 AND r.version = $2",
            )
            .bind(at.subject.as_str())
            .bind(at.version.to_string())
            .fetch_all(self.connections.statements())
            .await?;
            let dependents: Vec<CoordinatesRow> = query_as(
                "SELECT DISTINCT rs.name, r.version
                 FROM version_links l
                 JOIN versions r ON r.id = l.referrer JOIN subjects rs ON rs.id = r.subject_id
                 JOIN versions t ON t.id = l.target JOIN subjects ts ON ts.id = t.subject_id
                 WHERE ts.name = $1 AND t.version = $2",
            )
            .bind(at.subject.as_str())
            .bind(at.version.to_string())
            .fetch_all(self.connections.statements())
            .await?;
            Ok(Links {
                references: rows::all_coordinates(references)?,
                dependents: rows::all_coordinates(dependents)?,
            })
        })
    }

    fn put_subject(&self, change: SubjectChange) -> Answer<'_, Written<()>> {
        Box::pin(async move {
            let mut transaction = self.connections.begin().await?;
            let subject_id: Option<i64> = match change.head {
                Head::Absent => {
                    create(&mut transaction, &change.subject, &change.settings, change.at).await?
                }
                Head::At(revision) => {
                    query_scalar(
                        "UPDATE subjects SET mode = $1, content_model = $2, owner = $3, description = $4,
                                revision = revision + 1, updated_at = $5
                         WHERE name = $6 AND revision = $7 RETURNING id",
                    )
                    .bind(change.settings.policy.mode.as_str())
                    .bind(change.settings.policy.content_model.as_str())
                    .bind(&change.settings.owner)
                    .bind(&change.settings.description)
                    .bind(change.at)
                    .bind(change.subject.as_str())
                    .bind(signed(revision))
                    .fetch_optional(&mut *transaction)
                    .await?
                }
            };
            let Some(subject_id) = subject_id else { return Ok(Written::HeadMoved) };
            keep_words(&mut transaction, subject_id, &change).await?;
            announce(&mut transaction, change.subject.as_str(), change.at, &change.event).await?;
            transaction.commit().await?;
            Ok(Written::Done(()))
        })
    }

    fn append(&self, addition: Addition) -> Answer<'_, Appended> {
        self.append_version(addition)
    }

    fn set_state(&self, change: StateChanged) -> Answer<'_, Written<()>> {
        Box::pin(async move {
            let mut transaction = self.connections.begin().await?;
            let subject_id: Option<i64> = query_scalar(
                "UPDATE subjects SET revision = revision + 1, latest = $1, updated_at = $2
                 WHERE name = $3 AND revision = $4 RETURNING id",
            )
            .bind(change.latest.as_ref().map(ToString::to_string))
            .bind(change.changed_at)
            .bind(change.at.subject.as_str())
            .bind(signed(change.revision))
            .fetch_optional(&mut *transaction)
            .await?;
            let Some(subject_id) = subject_id else { return Ok(Written::HeadMoved) };
            query(
                "UPDATE versions SET state = $1, state_reason = $2, never_used = $3
                 WHERE subject_id = $4 AND version = $5",
            )
            .bind(change.state.as_str())
            .bind(&change.reason)
            .bind(change.never_used)
            .bind(subject_id)
            .bind(change.at.version.to_string())
            .execute(&mut *transaction)
            .await?;
            announce(&mut transaction, change.at.subject.as_str(), change.changed_at, &change.event).await?;
            transaction.commit().await?;
            Ok(Written::Done(()))
        })
    }

    fn set_waiver(&self, change: WaiverChange) -> Answer<'_, Written<()>> {
        self.change_waiver(change)
    }

    fn feed(&self, after: u64, limit: u32) -> Answer<'_, Vec<FeedRecord>> {
        Box::pin(async move {
            self.number_events().await?;
            let rows: Vec<FeedRow> = query_as(
                "SELECT position, kind, subject, at, data, token, address FROM feed
                 WHERE position > $1 ORDER BY position LIMIT $2",
            )
            .bind(signed(after))
            .bind(i64::from(limit))
            .fetch_all(self.connections.statements())
            .await?;
            rows.into_iter().map(rows::event).collect()
        })
    }

    fn feed_head(&self) -> Answer<'_, u64> {
        Box::pin(async move {
            self.number_events().await?;
            let head = query_scalar("SELECT coalesce(max(position), 0) FROM feed")
                .fetch_one(self.connections.statements())
                .await?;
            unsigned(head, "position")
        })
    }

    fn ping(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            query("SELECT 1").execute(self.connections.statements()).await?;
            Ok(())
        })
    }

    fn probe_write(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            query(
                "INSERT INTO room_probe (id, filler) VALUES (1, '')
                 ON CONFLICT (id) DO UPDATE SET filler = md5(random()::text)",
            )
            .execute(self.connections.statements())
            .await?;
            Ok(())
        })
    }

    fn set_derived(&self, derived: Derived) -> Answer<'_, ()> {
        Box::pin(async move {
            query("UPDATE subjects SET latest = $1, version_count = $2 WHERE name = $3")
                .bind(derived.latest.as_ref().map(ToString::to_string))
                .bind(i32::try_from(derived.version_count).unwrap_or(i32::MAX))
                .bind(derived.subject.as_str())
                .execute(self.connections.statements())
                .await?;
            Ok(())
        })
    }

    fn close(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            self.connections.close().await;
            Ok(())
        })
    }
}

/// Creates a subject unless one of its folded name exists, and returns its number.
async fn create(
    transaction: &mut Transaction<'_, Driver>,
    subject: &Subject,
    settings: &Settings,
    at: i64,
) -> Result<Option<i64>, StoreError> {
    let created = query_scalar(
        "INSERT INTO subjects (name, folded, mode, content_model, owner, description, revision,
                               version_count, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, 1, 0, $7, $7) ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(subject.as_str())
    .bind(subject.folded())
    .bind(settings.policy.mode.as_str())
    .bind(settings.policy.content_model.as_str())
    .bind(&settings.owner)
    .bind(&settings.description)
    .bind(at)
    .fetch_optional(&mut **transaction)
    .await?;
    Ok(created)
}

/// Adds an event at the end of the feed.
async fn announce(
    transaction: &mut Transaction<'_, Driver>,
    subject: &str,
    at: i64,
    event: &NewEvent,
) -> Result<(), StoreError> {
    query("INSERT INTO feed (kind, subject, at, data, token, address) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(event.kind)
        .bind(subject)
        .bind(at)
        .bind(&event.data)
        .bind(&event.provenance.token)
        .bind(&event.provenance.address)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
