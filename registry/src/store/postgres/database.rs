use sqlx::{query, query_scalar};

use super::connections::Connections;
use crate::store::outcome::{Access, StoreError};

/// The advisory lock for the positions of the feed: "evschema" in ASCII.
const FEED_LOCK: i64 = 0x6576_7363_6865_6d61;
/// The maximum number of events that get a position in one transaction. With this limit, a reader of the feed sees
/// progress even if very many events have no position yet.
const NUMBERED_AT_ONCE_MAX: i64 = 10_000;

/// The tables of the registry in Postgres.
///
/// Transactions run at READ COMMITTED. An `UPDATE` with a revision in its condition waits for the lock of the row, and
/// then checks the condition again. No other lock protects an append.
#[derive(Debug)]
pub(in crate::store) struct Postgres {
    pub(super) connections: Connections,
}

impl Postgres {
    pub(in crate::store) async fn open(url: &str, access: Access) -> Result<Self, StoreError> {
        Ok(Self { connections: Connections::open(url, access).await? })
    }

    /// Assigns positions to committed events without a position.
    ///
    /// A separate statement takes the lock. So the next statement sees all changes that were committed before,
    /// including the positions that other registries assigned.
    pub(super) async fn number_events(&self) -> Result<(), StoreError> {
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
