//! The embedded database: a file, or memory.

mod history;
mod search;
mod sets;
mod tokens;
mod waivers;

use std::future::Future;
use std::str::FromStr;
use std::time::Duration;

use evschema_model::{Coordinates, Digest, Subject, Version};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{
    ConnectOptions as _, Connection as _, Sqlite as Driver, Transaction, query, query_as, query_scalar,
};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use super::rows::{self, CoordinatesRow, FeedRow, VersionRow, signed, unsigned};
use super::{
    Access, Addition, Answer, Appended, Content, Derived, FeedRecord, Head, History, Links, NewEvent,
    Settings, StateChanged, Store, StoreError, SubjectChange, VersionRecord, WaiverChange, Written,
    migrations,
};
use search::keep_searched;
use sets::Part;

/// Rows that a connection's thread may be ahead of whoever reads them: a page, so that the two seldom wait for
/// each other.
const ROWS_AHEAD: usize = 1_001;

/// Connections to a file: one writes at a time, the others read beside it (WAL).
const CONNECTIONS_MAX: u32 = 8;
/// Longest wait for another process that writes to the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause between attempts where SQLite does not wait by itself.
const BUSY_PAUSE: Duration = Duration::from_millis(20);

/// The registry's tables in SQLite.
#[derive(Debug)]
pub(super) struct Sqlite {
    pool: SqlitePool,
    /// Held while writing. SQLite itself lets one writer in at a time, but makes the others poll.
    writing: Mutex<()>,
    /// Keeps a database in memory: one lives as long as any connection to it, and the pool closes
    /// a connection whose query was given up, as when a client goes away.
    _keeper: Mutex<Option<SqliteConnection>>,
}

impl Sqlite {
    pub(super) async fn open(url: &str, access: Access) -> Result<Self, StoreError> {
        match access {
            Access::Write => Self::open_to_write(url).await,
            Access::ReadOnly => Self::open_to_read(url).await,
        }
    }

    /// Opens a file that is only read: on a file system that is, too.
    async fn open_to_read(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)?
            .read_only(true)
            .busy_timeout(BUSY_TIMEOUT)
            .row_buffer_size(ROWS_AHEAD);
        let applied = async |options: &SqliteConnectOptions| -> Result<Option<i64>, sqlx::Error> {
            let mut connection = options.connect().await?;
            let applied =
                query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut connection).await?;
            connection.close().await?;
            Ok(applied)
        };
        let (options, applied) = match applied(&options).await {
            Ok(step) => (options, step),
            // Nobody can write where the files that writers share cannot be made, so nothing changes meanwhile.
            Err(error) if error.as_database_error().is_some() => {
                let options = options.immutable(true);
                let step = applied(&options).await?;
                (options, step)
            }
            Err(error) => return Err(error.into()),
        };
        migrations::check(&migrations::sqlite(), applied)?;
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(options);
        Ok(Self { pool, writing: Mutex::new(()), _keeper: Mutex::new(None) })
    }

    async fn open_to_write(url: &str) -> Result<Self, StoreError> {
        let memory = url.contains(":memory:") || url.contains("mode=memory");
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged registration survives a power cut, not only the process.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .row_buffer_size(ROWS_AHEAD);
        let keeper = if memory { Some(options.connect().await?) } else { None };
        // What shares memory also shares locks, and does not wait for them: one at a time.
        let pool = SqlitePoolOptions::new()
            .max_connections(if memory { 1 } else { CONNECTIONS_MAX })
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            // SQLite ends a transaction by itself when the disk is full, and sqlx does not notice: the connection
            // would go back to the pool as if it were still inside one.
            .after_release(|connection, _| {
                Box::pin(async move {
                    if !connection.is_in_transaction() {
                        return Ok(true);
                    }
                    // A rollback may be on its way, and comes before the answer to this.
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_lazy_with(options);
        patiently(|| migrate(&pool)).await?;
        Ok(Self { pool, writing: Mutex::new(()), _keeper: Mutex::new(keeper) })
    }
}

/// Brings the tables up to date, holding the lock of a writer: another process may be starting too.
async fn migrate(pool: &SqlitePool) -> Result<(), StoreError> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    migrations::run(&migrations::sqlite(), &mut *transaction).await?;
    Ok(transaction.commit().await?)
}

/// Tries until the file is not busy, for at most [`BUSY_TIMEOUT`].
///
/// While the last connection to a file closes, and while one recovers or first makes its log, SQLite
/// refuses the others at once instead of letting them wait (<https://sqlite.org/wal.html>, "Sometimes
/// Queries Return SQLITE_BUSY In WAL Mode").
async fn patiently<F: Future<Output = Result<(), StoreError>>>(
    attempt: impl Fn() -> F,
) -> Result<(), StoreError> {
    let given_up = Instant::now() + BUSY_TIMEOUT;
    loop {
        match attempt().await {
            Err(error) if error.is_busy() && Instant::now() < given_up => sleep(BUSY_PAUSE).await,
            done => return done,
        }
    }
}

impl Store for Sqlite {
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
                "SELECT v.version, v.ordinal, v.schema_id, c.digest,
                        CASE WHEN v.state = 'yanked' AND v.never_used THEN 'never_used' ELSE v.state END,
                        v.state_reason, v.author, v.message, v.registered_at
                 FROM versions v JOIN subjects s ON s.id = v.subject_id JOIN schemas c ON c.id = v.schema_id
                 WHERE s.name = $1 AND v.version = $2",
            )
            .bind(at.subject.as_str())
            .bind(at.version.to_string())
            .fetch_optional(&self.pool)
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
                "SELECT v.version, v.ordinal, v.schema_id, c.digest,
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
            .fetch_optional(&self.pool)
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
            .fetch_optional(&self.pool)
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
            .fetch_optional(&self.pool)
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
            .fetch_all(&self.pool)
            .await?;
            if rows.len() <= 1 {
                return rows::all_coordinates(rows);
            }
            let meant: Option<CoordinatesRow> = query_as(
                "SELECT s.name, v.version FROM versions v JOIN subjects s ON s.id = v.subject_id
                 WHERE v.id = (SELECT target FROM version_links WHERE uri = $1 LIMIT 1)",
            )
            .bind(id)
            .fetch_optional(&self.pool)
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
            .fetch_all(&self.pool)
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
            .fetch_all(&self.pool)
            .await?;
            Ok(Links {
                references: rows::all_coordinates(references)?,
                dependents: rows::all_coordinates(dependents)?,
            })
        })
    }

    fn put_subject(&self, change: SubjectChange) -> Answer<'_, Written<()>> {
        Box::pin(async move {
            let _writing = self.writing.lock().await;
            let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
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
            let revision = change.head.next_revision();
            keep_searched(&mut transaction, subject_id, Part::About, &change.about, revision).await?;
            announce(&mut transaction, change.subject.as_str(), change.at, &change.event).await?;
            transaction.commit().await?;
            Ok(Written::Done(()))
        })
    }

    fn append(&self, addition: Addition) -> Answer<'_, Appended> {
        Box::pin(async move {
            let _writing = self.writing.lock().await;
            let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
            let subject = &addition.at.subject;
            let mut revision = addition.head;
            if let (Head::Absent, Some((settings, event))) = (addition.head, &addition.creation) {
                if create(&mut transaction, subject, settings, addition.registered_at).await?.is_none() {
                    return Ok(Appended::HeadMoved);
                }
                announce(&mut transaction, subject.as_str(), addition.registered_at, event).await?;
                revision = Head::At(Head::Absent.next_revision());
            }
            let Head::At(revision) = revision else { return Ok(Appended::HeadMoved) };
            let subject_id: Option<i64> = query_scalar(
                "UPDATE subjects SET revision = revision + 1, latest = $1, updated_at = $2,
                        version_count = version_count + 1
                 WHERE name = $3 AND revision = $4 RETURNING id",
            )
            .bind(addition.latest.as_ref().map(ToString::to_string))
            .bind(addition.registered_at)
            .bind(subject.as_str())
            .bind(signed(revision))
            .fetch_optional(&mut *transaction)
            .await?;
            let Some(subject_id) = subject_id else { return Ok(Appended::HeadMoved) };
            if let Some(uri) = &addition.uri {
                let owner: Option<CoordinatesRow> = query_as(
                    "SELECT s.name, v.version FROM versions v JOIN subjects s ON s.id = v.subject_id
                     WHERE (v.uri = $1 AND v.subject_id <> $2)
                        OR v.id = (SELECT target FROM version_links WHERE uri = $1 LIMIT 1)
                     LIMIT 1",
                )
                .bind(uri)
                .bind(subject_id)
                .fetch_optional(&mut *transaction)
                .await?;
                if let Some(owner) = owner {
                    return Ok(Appended::IdTaken { owner: rows::coordinates(owner)? });
                }
            }
            let added: Option<i64> = query_scalar(
                "INSERT INTO schemas (digest, bytes) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING
                 RETURNING id",
            )
            .bind(addition.digest.as_str())
            .bind(&addition.bytes)
            .fetch_optional(&mut *transaction)
            .await?;
            let (schema_id, is_spelled_so) = match added {
                Some(schema_id) => (schema_id, true),
                None => {
                    let (schema_id, bytes): (i64, Vec<u8>) =
                        query_as("SELECT id, bytes FROM schemas WHERE digest = $1")
                            .bind(addition.digest.as_str())
                            .fetch_one(&mut *transaction)
                            .await?;
                    (schema_id, bytes == addition.bytes)
                }
            };
            let version_id: i64 = query_scalar(
                "INSERT INTO versions (subject_id, version, ordinal, schema_id, bytes, uri, state, author,
                                       message, registered_at, accepted)
                 VALUES ($1, $2, $3, $4, $5,
                         CASE WHEN EXISTS (SELECT 1 FROM versions WHERE uri = $6) THEN NULL ELSE $6 END,
                         'active', $7, $8, $9, $10) RETURNING id",
            )
            .bind(subject_id)
            .bind(addition.at.version.to_string())
            .bind(i64::from(addition.ordinal))
            .bind(schema_id)
            .bind((!is_spelled_so).then_some(&addition.bytes))
            .bind(&addition.uri)
            .bind(&addition.author)
            .bind(&addition.message)
            .bind(addition.registered_at)
            .bind(&addition.accepted)
            .fetch_one(&mut *transaction)
            .await?;
            if let Some(uri) = &addition.uri {
                query(
                    "INSERT INTO shared_ids (version_id, uri)
                     SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM versions WHERE id = $1 AND uri = $2)",
                )
                .bind(version_id)
                .bind(uri)
                .execute(&mut *transaction)
                .await?;
            }
            for reference in &addition.references {
                query(
                    "INSERT INTO version_links (referrer, uri, target)
                     SELECT $1, $2, v.id FROM versions v JOIN subjects s ON s.id = v.subject_id
                     WHERE s.name = $3 AND v.version = $4",
                )
                .bind(version_id)
                .bind(&reference.uri)
                .bind(reference.target.subject.as_str())
                .bind(reference.target.version.to_string())
                .execute(&mut *transaction)
                .await?;
            }
            if let Some(words) = &addition.words {
                keep_searched(&mut transaction, subject_id, Part::Content, words, revision + 1).await?;
            }
            let schema_id = unsigned(schema_id, "schema id")?;
            let event = addition.event.numbered(schema_id);
            announce(&mut transaction, subject.as_str(), addition.registered_at, &event).await?;
            transaction.commit().await?;
            Ok(Appended::Done { schema_id })
        })
    }

    fn set_state(&self, change: StateChanged) -> Answer<'_, Written<()>> {
        Box::pin(async move {
            let _writing = self.writing.lock().await;
            let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
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
            // A sum as the limit: see the search.
            let rows: Vec<FeedRow> = query_as(
                "SELECT position, kind, subject, at, data, token, address FROM feed
                 WHERE position > $1 ORDER BY position LIMIT $2 + 0",
            )
            .bind(signed(after))
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter().map(rows::event).collect()
        })
    }

    fn feed_head(&self) -> Answer<'_, u64> {
        Box::pin(async move {
            let head =
                query_scalar("SELECT coalesce(max(position), 0) FROM feed").fetch_one(&self.pool).await?;
            unsigned(head, "position")
        })
    }

    fn ping(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            query("SELECT 1").execute(&self.pool).await?;
            Ok(())
        })
    }

    fn probe_write(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            let _writing = self.writing.lock().await;
            // As much as a registration or two: a page alone may still find room.
            query("INSERT OR REPLACE INTO room_probe (id, filler) VALUES (1, randomblob(65536))")
                .execute(&self.pool)
                .await?;
            Ok(())
        })
    }

    fn set_derived(&self, derived: Derived) -> Answer<'_, ()> {
        Box::pin(async move {
            let _writing = self.writing.lock().await;
            query("UPDATE subjects SET latest = $1, version_count = $2 WHERE name = $3")
                .bind(derived.latest.as_ref().map(ToString::to_string))
                .bind(i64::from(derived.version_count))
                .bind(derived.subject.as_str())
                .execute(&self.pool)
                .await?;
            Ok(())
        })
    }

    fn close(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            self.pool.close().await;
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
