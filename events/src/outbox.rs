//! The outbox: events are stored in the transaction of the change, and a relay publishes them after the commit.
//!
//! [`Outbox::enqueue`] stores an event. A [`Relay`] publishes the stored events in order, at least once. The message id
//! lets the broker recognize a second copy.

mod database;
mod relay;

use std::future::Future;

use crate::envelope::Envelope;

pub use database::{OutboxDatabase, Pending, Turn};
pub use relay::{Relay, RelayError, Round};

/// Maximum size of a stored event in bytes. With its headers, it fits into a message of 1 MiB, the default limit of
/// NATS. A longer event would stop the relay.
pub const EVENT_BYTES_MAX: usize = 960 * 1024;

/// Why an event was not stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutboxError {
    /// The event is longer than [`EVENT_BYTES_MAX`].
    #[error(
        "the event has {bytes} bytes, of at most {EVENT_BYTES_MAX}; store its content elsewhere, and send a link"
    )]
    TooLong {
        /// The size in bytes.
        bytes: usize,
    },
    /// The outbox already has an event with this source and id.
    #[error("the outbox already has event `{id}` of `{source_attribute}`; give each event its own id")]
    IdReused {
        /// The `source` of the event.
        source_attribute: String,
        /// The `id` of the event.
        id: String,
    },
    /// The database failed.
    #[error("the event was not stored in the outbox: {0}")]
    Database(#[from] sqlx::Error),
}

/// A connection to a database with the table `evschema_outbox`. Call the method on the transaction of the change.
pub trait Outbox {
    /// Stores an event for a destination, such as a subject of NATS. The relay publishes it after the commit.
    ///
    /// # Errors
    ///
    /// If the event is too long, if its source and id are taken, or if the database fails.
    fn enqueue(
        &mut self,
        destination: &str,
        envelope: &Envelope<'_>,
    ) -> impl Future<Output = Result<(), OutboxError>> + Send;
}

#[cfg(any(feature = "postgres", feature = "sqlite"))]
const INSERT: &str = "INSERT INTO evschema_outbox (destination, source, id, event) VALUES ($1, $2, $3, $4) \
                      ON CONFLICT (source, id) DO NOTHING";

/// Implements the trait for the connection of one database.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
macro_rules! outbox {
    ($connection:ty) => {
        impl Outbox for $connection {
            async fn enqueue(
                &mut self,
                destination: &str,
                envelope: &Envelope<'_>,
            ) -> Result<(), OutboxError> {
                let event = envelope.to_structured();
                if EVENT_BYTES_MAX < event.len() {
                    return Err(OutboxError::TooLong { bytes: event.len() });
                }
                let (source, id) = (envelope.source(), envelope.id());
                let insert = sqlx::query(INSERT).bind(destination).bind(source).bind(id).bind(event);
                if insert.execute(&mut *self).await?.rows_affected() == 0 {
                    let source_attribute = source.to_owned();
                    return Err(OutboxError::IdReused { source_attribute, id: id.to_owned() });
                }
                Ok(())
            }
        }
    };
}

#[cfg(feature = "postgres")]
outbox!(sqlx::PgConnection);
#[cfg(feature = "sqlite")]
outbox!(sqlx::SqliteConnection);
