use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument as _;

use super::database::{OutboxDatabase, Pending};
use crate::envelope::{Envelope, EnvelopeError};
use crate::publish::{Outgoing, PublishError, Published, Publisher};
use crate::recorder::{Measure, Recorder};

/// Publishes the events of an outbox in order.
///
/// The relay first publishes, and then marks. If it is killed in between, the next relay publishes the same events with
/// the same message ids, and the broker drops the second copies. On Postgres, several relays may run; one of them
/// publishes at a time.
pub struct Relay<D, P> {
    name: String,
    database: D,
    publisher: P,
    batch: u32,
    in_flight: usize,
    poll_interval: Duration,
    recorder: Arc<dyn Recorder>,
}

/// The result of one round of a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Round {
    /// The outbox has no unpublished event.
    Idle,
    /// Another relay is publishing.
    Busy,
    /// This number of events was published.
    Published(usize),
}

/// Why a round of a relay failed. The next round begins with the first unmarked event.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelayError {
    /// The database failed.
    #[error("the outbox failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The broker failed.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// A stored event is broken.
    #[error("the event at position {position} of the outbox is broken: {error}")]
    Envelope {
        /// The position of the event.
        position: i64,
        /// The error.
        error: EnvelopeError,
    },
}

/// The delay after a failed round. A failing broker needs time, and the log needs few lines.
const FAILURE_DELAY: Duration = Duration::from_secs(1);

impl<D: OutboxDatabase, P: Publisher> Relay<D, P> {
    /// Returns a relay. The database is a pool of sqlx.
    pub fn new(database: D, publisher: P) -> Self {
        Self {
            name: "outbox".to_owned(),
            database,
            publisher,
            batch: 100,
            in_flight: 1,
            poll_interval: Duration::from_millis(100),
            recorder: Arc::new(()),
        }
    }

    /// Sets how many events are marked in one transaction. The default is 100.
    #[must_use]
    pub fn batch(self, batch: u32) -> Self {
        Self { batch: batch.max(1), ..self }
    }

    /// Sets how many events are sent before the relay waits for an acknowledgement. The default is 1: the order is
    /// kept even if the broker loses a message. With more, publishing is faster. After a failure, later events may then
    /// come before an earlier one.
    #[must_use]
    pub fn in_flight(self, in_flight: usize) -> Self {
        Self { in_flight: in_flight.max(1), ..self }
    }

    /// Sets the pause after a round without events. The default is 100 ms.
    #[must_use]
    pub fn poll_interval(self, poll_interval: Duration) -> Self {
        Self { poll_interval, ..self }
    }

    /// Sets the receiver of counters.
    #[must_use]
    pub fn recorder(self, recorder: impl Recorder + 'static) -> Self {
        Self { recorder: Arc::new(recorder), ..self }
    }

    /// Publishes until `shutdown` is ready. After a failure, the relay logs it and tries again.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            // A started round is not interrupted, so that published events are marked.
            let pause = match self.round().await {
                Ok(Round::Published(_)) => Duration::ZERO,
                Ok(Round::Idle | Round::Busy) => self.poll_interval,
                Err(error) => {
                    tracing::warn!(%error, "the relay tries again");
                    FAILURE_DELAY
                }
            };
            tokio::select! {
                biased;
                () = &mut shutdown => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Publishes and marks one batch.
    ///
    /// # Errors
    ///
    /// If the database or the broker fails. The events that were published before the failure are marked.
    pub async fn round(&self) -> Result<Round, RelayError> {
        let Some((lease, pending)) = self.database.next(self.batch).await? else { return Ok(Round::Busy) };
        if pending.is_empty() {
            return Ok(Round::Idle);
        }
        let (mut count, mut outcome) = (0, Ok(()));
        for chunk in pending.chunks(self.in_flight) {
            match self.publish(chunk).await {
                Ok(()) => count += chunk.len(),
                Err(error) => {
                    self.recorder.record(&self.name, Measure::PublishFailed);
                    outcome = Err(error);
                    break;
                }
            }
        }
        if let Some(last) = count.checked_sub(1).and_then(|last| pending.get(last)) {
            self.database.mark(lease, last.position).await?;
        }
        outcome.map(|()| Round::Published(count))
    }

    /// Removes at most `limit` published events that are older than `age`. Keep them for at least as long as producers
    /// may repeat an id.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn clean(&self, age: Duration, limit: u32) -> Result<u64, RelayError> {
        Ok(self.database.clean(age, limit).await?)
    }

    async fn publish(&self, chunk: &[Pending]) -> Result<(), RelayError> {
        let mut envelopes = Vec::with_capacity(chunk.len());
        for pending in chunk {
            let envelope = Envelope::from_structured(&pending.event)
                .map_err(|error| RelayError::Envelope { position: pending.position, error })?;
            envelopes.push((pending.destination.as_str(), envelope));
        }
        let events: Vec<Outgoing<'_>> =
            envelopes.iter().map(|(destination, envelope)| Outgoing::new(destination, envelope)).collect();
        let first = envelopes.first().map(|(_, envelope)| envelope);
        let span = tracing::info_span!(
            "evschema.publish",
            events = events.len(),
            event_id = first.map(Envelope::id),
            event_type = first.map(Envelope::event_type),
            traceparent = first.and_then(Envelope::traceparent),
        );
        for published in self.publisher.publish(&events).instrument(span).await? {
            let measure = match published {
                Published::New => Measure::Published,
                Published::Duplicate => Measure::PublishedAgain,
            };
            self.recorder.record(&self.name, measure);
        }
        Ok(())
    }
}

impl<D, P> fmt::Debug for Relay<D, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay").field("batch", &self.batch).finish_non_exhaustive()
    }
}
