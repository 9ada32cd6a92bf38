//! Consumers: an async function over a decoded event, with retries and dead letters.
//!
//! A [`Consumer`] handles one [`Delivery`] and returns its [`Disposition`]. The transport then acknowledges the
//! message, or asks for another delivery. The features `nats`, `lambda`, `kafka` and `axum` contain such transports.

mod context;
mod first_failures;
mod outcome;
mod retry;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tracing::Instrument as _;

pub use context::Context;
pub use outcome::{Disposition, Outcome};
pub use retry::RetryPolicy;

use crate::dead_letter::{Class, DeadLetter, DeadLetterSink, Failure, Reason};
use crate::decode::{DecodeError, FromEnvelope};
use crate::envelope::Envelope;
use crate::message::Delivery;
use crate::recorder::{Measure, Recorder};
use first_failures::FirstFailures;

type Decode<E> = dyn Fn(&Envelope<'_>) -> Result<E, DecodeError> + Send + Sync;
type Clock = dyn Fn() -> OffsetDateTime + Send + Sync;

/// Decodes deliveries, calls a handler, and decides what happens to each delivery.
///
/// The handler is an async function, `async fn(E, Context) -> Outcome`. It can run at the same time for several events.
///
/// ```
/// use evschema_events::dead_letter::{EventDeadlettered, MemoryStore};
/// use evschema_events::{Consumer, Context, Delivery, Disposition, Outcome, Transport};
///
/// async fn count(letter: EventDeadlettered, context: Context) -> Outcome {
///     println!("{} gave up {}: {}", letter.consumer, context.id(), letter.reason);
///     Outcome::Done
/// }
///
/// # async fn example() {
/// let consumer = Consumer::new("watcher", count, MemoryStore::default());
/// let delivery = Delivery::new(Transport::Structured, [], b"not an envelope", 1);
/// assert_eq!(consumer.process(&delivery).await, Disposition::DeadLettered);
/// # }
/// ```
pub struct Consumer<E, H, S> {
    name: String,
    handler: H,
    dead_letters: S,
    decode: Box<Decode<E>>,
    retries: RetryPolicy,
    newer_versions: RetryPolicy,
    ignores_unknown_types: bool,
    recorder: Arc<dyn Recorder>,
    clock: Arc<Clock>,
    first_failures: FirstFailures,
}

impl<E, H, S> fmt::Debug for Consumer<E, H, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consumer")
            .field("name", &self.name)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}

impl<E, H, S, Fut> Consumer<E, H, S>
where
    H: Fn(E, Context) -> Fut + Send + Sync,
    Fut: Future<Output = Outcome> + Send,
    S: DeadLetterSink,
{
    /// Returns a consumer with a name, which dead letters and counters contain.
    pub fn new(name: impl Into<String>, handler: H, dead_letters: S) -> Self
    where
        E: FromEnvelope + 'static,
    {
        Self::with_decoder(name, E::from_envelope, handler, dead_letters)
    }

    /// Like [`Consumer::new`], with a function that decodes the envelope.
    pub fn with_decoder(
        name: impl Into<String>,
        decode: impl Fn(&Envelope<'_>) -> Result<E, DecodeError> + Send + Sync + 'static,
        handler: H,
        dead_letters: S,
    ) -> Self {
        Self {
            name: name.into(),
            handler,
            dead_letters,
            decode: Box::new(decode),
            retries: RetryPolicy::default(),
            newer_versions: RetryPolicy::for_newer_versions(),
            ignores_unknown_types: false,
            recorder: Arc::new(()),
            clock: Arc::new(OffsetDateTime::now_utc),
            first_failures: FirstFailures::default(),
        }
    }

    /// Sets the policy for events whose handler asks for a retry.
    #[must_use]
    pub fn retries(self, policy: RetryPolicy) -> Self {
        Self { retries: policy, ..self }
    }

    /// Sets the policy for events of a version that is newer than this code.
    #[must_use]
    pub fn newer_versions(self, policy: RetryPolicy) -> Self {
        Self { newer_versions: policy, ..self }
    }

    /// Acknowledges events of unknown types without an effect. By default, they become dead letters.
    #[must_use]
    pub fn ignoring_unknown_types(self) -> Self {
        Self { ignores_unknown_types: true, ..self }
    }

    /// Sets the receiver of counters.
    #[must_use]
    pub fn recorder(self, recorder: impl Recorder + 'static) -> Self {
        Self { recorder: Arc::new(recorder), ..self }
    }

    /// Sets the clock. The default is the clock of the system.
    #[must_use]
    pub fn clock(self, clock: impl Fn() -> OffsetDateTime + Send + Sync + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the largest number of deliveries that a policy of this consumer needs. The broker must deliver a message
    /// at least once more, or without a limit.
    #[must_use]
    pub fn attempts_max(&self) -> u32 {
        self.retries.attempts_max.max(self.newer_versions.attempts_max)
    }

    /// Handles one delivery inside a span `evschema.consume`, which has the `traceparent` of the event.
    ///
    /// The function returns [`Disposition::DeadLettered`] only after the store has acknowledged the dead letter. If the
    /// store fails, the event comes again.
    pub async fn process(&self, delivery: &Delivery<'_>) -> Disposition {
        let envelope = delivery.envelope().ok();
        let context = envelope.map(|envelope| Context::new(&self.name, envelope, delivery));
        let traceparent = context.as_ref().and_then(Context::traceparent);
        let span = tracing::info_span!(
            "evschema.consume",
            consumer = self.name,
            event_id = envelope.map(Envelope::id),
            event_source = envelope.map(Envelope::source),
            event_type = envelope.map(Envelope::event_type),
            attempt = delivery.attempt(),
            traceparent = traceparent.map(|parent| parent.as_str()),
            disposition = tracing::field::Empty,
        );
        let disposition = self.handle(delivery, context).instrument(span.clone()).await;
        span.record("disposition", disposition.as_str());
        disposition
    }

    async fn handle(&self, delivery: &Delivery<'_>, context: Option<Context>) -> Disposition {
        let (envelope, context) = match (delivery.envelope(), context) {
            (Ok(envelope), Some(context)) => (envelope, context),
            (Err(error), _) => return self.refuse(delivery, Reason::of_envelope(error)).await,
            (Ok(_), None) => return self.retry(delivery, &self.retries, None),
        };
        let event = match (self.decode)(envelope) {
            Ok(event) => event,
            Err(DecodeError::UnknownType { .. }) if self.ignores_unknown_types => {
                self.record(Measure::Ignored);
                return Disposition::Done;
            }
            Err(error) => return self.refuse(delivery, Reason::of_decoding(&error)).await,
        };
        self.record(Measure::Decoded);
        match (self.handler)(event, context).await {
            Outcome::Done => self.done(delivery, Measure::Done),
            Outcome::Duplicate => self.done(delivery, Measure::Duplicate),
            Outcome::Retry { after, reason } if self.retries.attempts_max <= delivery.attempt() => {
                tracing::warn!(reason, ?after, "retries are exhausted");
                self.dead_letter(delivery, Reason::new(Class::RetriesExhausted, reason)).await
            }
            Outcome::Retry { after, reason } => {
                tracing::info!(reason, "the handler asks for a retry");
                self.retry(delivery, &self.retries, after)
            }
            Outcome::Permanent { reason } => {
                self.dead_letter(delivery, Reason::new(Class::HandlerPermanent, reason)).await
            }
            Outcome::IdReused => {
                let text = "the consumer has handled another event with the same source and id";
                self.dead_letter(delivery, Reason::new(Class::IdReused, text)).await
            }
        }
    }

    /// Handles an event that cannot be decoded.
    async fn refuse(&self, delivery: &Delivery<'_>, reason: Reason) -> Disposition {
        self.record(Measure::Refused(reason.class));
        tracing::warn!(class = reason.class.as_str(), reason = reason.text, "the event is refused");
        let waits = reason.class == Class::NewerVersion;
        if waits && delivery.attempt() < self.newer_versions.attempts_max {
            return self.retry(delivery, &self.newer_versions, None);
        }
        self.dead_letter(delivery, reason).await
    }

    fn done(&self, delivery: &Delivery<'_>, measure: Measure) -> Disposition {
        self.first_failures.forget(delivery);
        self.record(measure);
        Disposition::Done
    }

    fn retry(&self, delivery: &Delivery<'_>, policy: &RetryPolicy, after: Option<Duration>) -> Disposition {
        self.first_failures.remember(delivery, (self.clock)());
        self.record(Measure::Retried);
        Disposition::Retry { after: after.unwrap_or_else(|| policy.delay(delivery)) }
    }

    async fn dead_letter(&self, delivery: &Delivery<'_>, reason: Reason) -> Disposition {
        let class = reason.class;
        let now = (self.clock)();
        let first = self.first_failures.remember(delivery, now);
        let failure =
            Failure { consumer: &self.name, reason, first_failed_at: rfc3339(first), at: rfc3339(now) };
        let letter = DeadLetter::of(delivery, failure);
        match self.dead_letters.put(&letter).await {
            Ok(()) => {
                tracing::warn!(
                    dead_letter = letter.id(),
                    class = class.as_str(),
                    "the event is a dead letter"
                );
                self.first_failures.forget(delivery);
                self.record(Measure::DeadLettered(class));
                Disposition::DeadLettered
            }
            Err(error) => {
                tracing::error!(%error, "the dead letter was not stored, so the event comes again");
                self.record(Measure::StoreFailed);
                Disposition::Retry { after: self.retries.delay(delivery) }
            }
        }
    }

    fn record(&self, measure: Measure) {
        self.recorder.record(&self.name, measure);
    }
}

fn rfc3339(time: OffsetDateTime) -> String {
    // Formatting fails only for years after 9999.
    time.format(&Rfc3339).unwrap_or_else(|_| "9999-12-31T23:59:59Z".to_owned())
}

impl Disposition {
    fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::DeadLettered => "dead-lettered",
            Self::Retry { .. } => "retry",
        }
    }
}

#[cfg(test)]
mod tests;
