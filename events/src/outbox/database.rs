use std::future::Future;
use std::time::Duration;

#[cfg(any(feature = "postgres", feature = "sqlite"))]
use sqlx::Row as _;

/// A stored event that was not published yet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pending {
    /// The position in the order of publication.
    pub position: i64,
    /// The destination.
    pub destination: String,
    /// The envelope in structured mode.
    pub event: Vec<u8>,
}

/// The right to publish, and the next unpublished events in order. `None` if another relay is publishing.
pub type Turn<L> = Option<(L, Vec<Pending>)>;

/// The operations that a relay needs. Implemented for the pools of sqlx.
pub trait OutboxDatabase: Send + Sync {
    /// The right to publish. It ends when it is dropped.
    type Lease: Send;

    /// Gives committed events their positions, and returns the next unpublished events in order. Returns `None` if
    /// another relay is publishing.
    ///
    /// # Errors
    ///
    /// If the database fails.
    fn next(&self, limit: u32) -> impl Future<Output = Result<Turn<Self::Lease>, sqlx::Error>> + Send;

    /// Records that all events up to a position were published.
    ///
    /// # Errors
    ///
    /// If the database fails. Then the next round publishes the same events again.
    fn mark(&self, lease: Self::Lease, position: i64)
    -> impl Future<Output = Result<(), sqlx::Error>> + Send;

    /// Removes at most `limit` published events that are older than `age`, and returns their number.
    ///
    /// # Errors
    ///
    /// If the database fails.
    fn clean(&self, age: Duration, limit: u32) -> impl Future<Output = Result<u64, sqlx::Error>> + Send;
}

/// Maximum number of events that get their position in one transaction.
#[cfg(feature = "postgres")]
const NUMBERED_MAX: i64 = 10_000;

#[cfg(any(feature = "postgres", feature = "sqlite"))]
const PENDING: &str = "SELECT position, destination, event FROM evschema_outbox WHERE $1 < position \
                       ORDER BY position LIMIT $2";

#[cfg(any(feature = "postgres", feature = "sqlite"))]
fn seconds(age: Duration) -> i64 {
    // At most a thousand years, because longer times leave the range of the databases.
    i64::try_from(age.as_secs()).unwrap_or(i64::MAX).min(31_557_600_000)
}

#[cfg(feature = "postgres")]
impl OutboxDatabase for sqlx::PgPool {
    type Lease = sqlx::Transaction<'static, sqlx::Postgres>;

    async fn next(&self, limit: u32) -> Result<Turn<Self::Lease>, sqlx::Error> {
        number(self).await?;
        let mut lease = self.begin().await?;
        let lock = "SELECT position FROM evschema_outbox_state WHERE name = 'relayed' FOR UPDATE SKIP LOCKED";
        let Some(state) = sqlx::query(lock).fetch_optional(&mut *lease).await? else { return Ok(None) };
        let relayed: i64 = state.try_get(0)?;
        let rows = sqlx::query(PENDING).bind(relayed).bind(i64::from(limit)).fetch_all(&mut *lease).await?;
        let pending = rows.iter().map(|row| {
            Ok(Pending { position: row.try_get(0)?, destination: row.try_get(1)?, event: row.try_get(2)? })
        });
        let pending = pending.collect::<Result<_, sqlx::Error>>()?;
        Ok(Some((lease, pending)))
    }

    async fn mark(&self, mut lease: Self::Lease, position: i64) -> Result<(), sqlx::Error> {
        let update = "UPDATE evschema_outbox_state SET position = $1 WHERE name = 'relayed'";
        sqlx::query(update).bind(position).execute(&mut *lease).await?;
        lease.commit().await
    }

    async fn clean(&self, age: Duration, limit: u32) -> Result<u64, sqlx::Error> {
        let delete = "DELETE FROM evschema_outbox WHERE sequence IN (SELECT sequence FROM evschema_outbox \
                      WHERE position <= (SELECT position FROM evschema_outbox_state WHERE name = 'relayed') \
                      AND created_at < now() - $1 * interval '1 second' ORDER BY position LIMIT $2)";
        let delete = sqlx::query(delete).bind(seconds(age)).bind(i64::from(limit));
        Ok(delete.execute(self).await?.rows_affected())
    }
}

/// Gives committed events their positions, in the order of the insert sequence.
///
/// The numbering statement runs after the lock and gets a new snapshot, so it sees all assigned positions. The event of
/// an open transaction is still invisible, and gets a higher position later. See docs/adr/0020 for the same method in
/// the registry's feed.
#[cfg(feature = "postgres")]
async fn number(pool: &sqlx::PgPool) -> Result<(), sqlx::Error> {
    loop {
        let exists = "SELECT EXISTS (SELECT 1 FROM evschema_outbox WHERE position IS NULL)";
        if !sqlx::query(exists).fetch_one(pool).await?.try_get::<bool, _>(0)? {
            return Ok(());
        }
        let mut transaction = pool.begin().await?;
        let lock = "SELECT position FROM evschema_outbox_state WHERE name = 'numbered' FOR UPDATE";
        sqlx::query(lock).fetch_one(&mut *transaction).await?;
        let number = "WITH numbered AS (\
                SELECT sequence, row_number() OVER (ORDER BY sequence) AS place FROM (\
                    SELECT sequence FROM evschema_outbox WHERE position IS NULL ORDER BY sequence LIMIT $1) AS batch), \
            placed AS (\
                UPDATE evschema_outbox AS event SET position = state.position + numbered.place \
                FROM numbered, evschema_outbox_state AS state \
                WHERE state.name = 'numbered' AND event.sequence = numbered.sequence RETURNING event.position) \
            UPDATE evschema_outbox_state SET position = (SELECT max(position) FROM placed) \
            WHERE name = 'numbered' AND EXISTS (SELECT 1 FROM placed)";
        sqlx::query(number).bind(NUMBERED_MAX).execute(&mut *transaction).await?;
        transaction.commit().await?;
    }
}

/// On SQLite, publishing takes no lock, because it would stop all writers. Use one relay per database file.
#[cfg(feature = "sqlite")]
impl OutboxDatabase for sqlx::SqlitePool {
    type Lease = ();

    async fn next(&self, limit: u32) -> Result<Turn<Self::Lease>, sqlx::Error> {
        let state = "SELECT position FROM evschema_outbox_state WHERE name = 'relayed'";
        let relayed: i64 = sqlx::query(state).fetch_one(self).await?.try_get(0)?;
        let rows = sqlx::query(PENDING).bind(relayed).bind(i64::from(limit)).fetch_all(self).await?;
        let pending = rows.iter().map(|row| {
            Ok(Pending { position: row.try_get(0)?, destination: row.try_get(1)?, event: row.try_get(2)? })
        });
        Ok(Some(((), pending.collect::<Result<_, sqlx::Error>>()?)))
    }

    async fn mark(&self, _lease: Self::Lease, position: i64) -> Result<(), sqlx::Error> {
        let update = "UPDATE evschema_outbox_state SET position = max(position, $1) WHERE name = 'relayed'";
        sqlx::query(update).bind(position).execute(self).await?;
        Ok(())
    }

    async fn clean(&self, age: Duration, limit: u32) -> Result<u64, sqlx::Error> {
        let delete = "DELETE FROM evschema_outbox WHERE position IN (SELECT position FROM evschema_outbox \
                      WHERE position <= (SELECT position FROM evschema_outbox_state WHERE name = 'relayed') \
                      AND created_at < unixepoch() - $1 ORDER BY position LIMIT $2)";
        let delete = sqlx::query(delete).bind(seconds(age)).bind(i64::from(limit));
        Ok(delete.execute(self).await?.rows_affected())
    }
}
