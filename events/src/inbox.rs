//! The inbox: one effect for each event, although brokers deliver events more than once.
//!
//! [`Inbox::admit`] inserts the consumer, the source and the id of an event in the transaction of its effect. So both
//! commit together, or neither does. Acknowledge the event after the commit.
//!
//! ```no_run
//! # #[cfg(feature = "sqlite")] mod example {
//! use evschema_events::inbox::Inbox as _;
//! use evschema_events::{Context, Outcome};
//!
//! async fn charge(pool: &sqlx::SqlitePool, customer: &str, context: &Context) -> Result<Outcome, sqlx::Error> {
//!     let mut transaction = pool.begin().await?;
//!     if let Some(outcome) = transaction.admit(context).await?.outcome() {
//!         return Ok(outcome);
//!     }
//!     let charge = sqlx::query("UPDATE customers SET orders = orders + 1 WHERE id = $1");
//!     charge.bind(customer).execute(&mut *transaction).await?;
//!     transaction.commit().await?;
//!     Ok(Outcome::Done)
//! }
//! # }
//! ```

use std::future::Future;
use std::time::Duration;

#[cfg(any(feature = "postgres", feature = "sqlite"))]
use sqlx::Row as _;

use crate::consumer::{Context, Outcome};

/// The answer of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum Admission {
    /// The event is new. Its row is in the transaction now.
    New,
    /// The event had its effect before.
    Duplicate,
    /// An event with this source and id, but with another payload, had its effect before.
    IdReused,
}

impl Admission {
    /// Returns the outcome for the handler, or `None` if the event is new.
    #[must_use]
    pub fn outcome(self) -> Option<Outcome> {
        match self {
            Self::New => None,
            Self::Duplicate => Some(Outcome::Duplicate),
            Self::IdReused => Some(Outcome::IdReused),
        }
    }
}

/// A connection to a database with the table `evschema_inbox`. Call the methods on a transaction.
pub trait Inbox {
    /// Inserts the event of a handler. If another transaction is inserting the same event, the function waits for it.
    ///
    /// # Errors
    ///
    /// If the database fails. Then ask for a retry.
    fn admit(&mut self, context: &Context) -> impl Future<Output = Result<Admission, sqlx::Error>> + Send;

    /// Removes at most `limit` rows that are older than `age`, and returns their number. `age` must be longer than the
    /// longest time after which the broker, or a replay, can deliver an event again.
    ///
    /// # Errors
    ///
    /// If the database fails.
    fn clean_inbox(
        &mut self,
        age: Duration,
        limit: u32,
    ) -> impl Future<Output = Result<u64, sqlx::Error>> + Send;
}

#[cfg(any(feature = "postgres", feature = "sqlite"))]
const INSERT: &str = "INSERT INTO evschema_inbox (consumer, source, id, digest) VALUES ($1, $2, $3, $4) \
                      ON CONFLICT (consumer, source, id) DO NOTHING";
#[cfg(any(feature = "postgres", feature = "sqlite"))]
const SELECT: &str = "SELECT digest FROM evschema_inbox WHERE consumer = $1 AND source = $2 AND id = $3";

/// Implements the trait for the connection of one database.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
macro_rules! inbox {
    ($connection:ty, $clean:literal) => {
        impl Inbox for $connection {
            async fn admit(&mut self, context: &Context) -> Result<Admission, sqlx::Error> {
                let digest = &context.payload_digest()[..];
                let (consumer, source, id) = (context.consumer(), context.source(), context.id());
                let insert = sqlx::query(INSERT).bind(consumer).bind(source).bind(id).bind(digest);
                if insert.execute(&mut *self).await?.rows_affected() == 1 {
                    return Ok(Admission::New);
                }
                let select = sqlx::query(SELECT).bind(consumer).bind(source).bind(id);
                let known: Vec<u8> = select.fetch_one(&mut *self).await?.try_get(0)?;
                Ok(if known == digest { Admission::Duplicate } else { Admission::IdReused })
            }

            async fn clean_inbox(&mut self, age: Duration, limit: u32) -> Result<u64, sqlx::Error> {
                let seconds = i64::try_from(age.as_secs()).unwrap_or(i64::MAX).min(SECONDS_MAX);
                let delete = sqlx::query($clean).bind(seconds).bind(i64::from(limit));
                Ok(delete.execute(&mut *self).await?.rows_affected())
            }
        }
    };
}

/// A thousand years. A longer age would leave the range of times of the databases.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
const SECONDS_MAX: i64 = 31_557_600_000;

#[cfg(feature = "postgres")]
inbox!(
    sqlx::PgConnection,
    "DELETE FROM evschema_inbox WHERE ctid IN (SELECT ctid FROM evschema_inbox \
     WHERE handled_at < now() - $1 * interval '1 second' ORDER BY handled_at LIMIT $2)"
);
#[cfg(feature = "sqlite")]
inbox!(
    sqlx::SqliteConnection,
    "DELETE FROM evschema_inbox WHERE (consumer, source, id) IN (SELECT consumer, source, id FROM evschema_inbox \
     WHERE handled_at < unixepoch() - $1 ORDER BY handled_at LIMIT $2)"
);
