//! Stores of dead letters in the table `evschema_dead_letters`.

use sqlx::Row as _;

use super::letter::DeadLetter;
use super::store::{DeadLetterSink, DeadLetterStore, Filter, StoreError, Stored};

const INSERT: &str = "INSERT INTO evschema_dead_letters (id, consumer, class, event) VALUES ($1, $2, $3, $4) \
                      ON CONFLICT (id) DO NOTHING";
const GET: &str = "SELECT position, event FROM evschema_dead_letters WHERE id = $1";
const REMOVE: &str = "DELETE FROM evschema_dead_letters WHERE id = $1";
const LIST: &str = "SELECT position, event FROM evschema_dead_letters \
                    WHERE $1 < position AND ($2 IS NULL OR consumer = $2) AND ($3 IS NULL OR class = $3) \
                    ORDER BY position LIMIT $4";

/// Declares the store for one database.
macro_rules! store {
    ($(#[$attribute:meta])* $store:ident, $pool:ty, $row:ty) => {
        $(#[$attribute])*
        #[derive(Debug, Clone)]
        pub struct $store {
            pool: $pool,
        }

        impl $store {
            /// Returns the store of a database that has the table `evschema_dead_letters`.
            #[must_use]
            pub fn new(pool: $pool) -> Self {
                Self { pool }
            }

            fn stored(row: &$row) -> Result<Stored, StoreError> {
                let position: i64 = row.try_get(0).map_err(StoreError::backend)?;
                let event: Vec<u8> = row.try_get(1).map_err(StoreError::backend)?;
                let letter = DeadLetter::from_structured(&event)?;
                Ok(Stored { position: u64::try_from(position).unwrap_or_default(), letter })
            }
        }

        impl DeadLetterSink for $store {
            async fn put(&self, letter: &DeadLetter) -> Result<(), StoreError> {
                let event = letter.to_envelope()?.to_structured();
                let insert = sqlx::query(INSERT)
                    .bind(letter.id())
                    .bind(letter.event().consumer.as_str())
                    .bind(letter.event().class.as_str())
                    .bind(event);
                insert.execute(&self.pool).await.map_err(StoreError::backend)?;
                Ok(())
            }
        }

        impl DeadLetterStore for $store {
            async fn list(
                &self,
                filter: &Filter,
                after: u64,
                limit: usize,
            ) -> Result<Vec<Stored>, StoreError> {
                let list = sqlx::query(LIST)
                    .bind(i64::try_from(after).unwrap_or(i64::MAX))
                    .bind(filter.consumer.as_deref())
                    .bind(filter.class.map(|class| class.as_str()))
                    .bind(i64::try_from(limit).unwrap_or(i64::MAX));
                let rows = list.fetch_all(&self.pool).await.map_err(StoreError::backend)?;
                rows.iter().map(Self::stored).collect()
            }

            async fn get(&self, id: &str) -> Result<Option<Stored>, StoreError> {
                let row = sqlx::query(GET).bind(id).fetch_optional(&self.pool).await;
                row.map_err(StoreError::backend)?.as_ref().map(Self::stored).transpose()
            }

            async fn remove(&self, id: &str) -> Result<bool, StoreError> {
                let removed = sqlx::query(REMOVE).bind(id).execute(&self.pool).await;
                Ok(0 < removed.map_err(StoreError::backend)?.rows_affected())
            }
        }
    };
}

#[cfg(feature = "postgres")]
store!(
    /// Dead letters in Postgres. Available with the features `dead-letters` and `postgres`.
    PostgresDeadLetters,
    sqlx::PgPool,
    sqlx::postgres::PgRow
);
#[cfg(feature = "sqlite")]
store!(
    /// Dead letters in SQLite. Available with the features `dead-letters` and `sqlite`.
    SqliteDeadLetters,
    sqlx::SqlitePool,
    sqlx::sqlite::SqliteRow
);
