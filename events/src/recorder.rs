//! Counters of consumers and relays. They are reported to a [`Recorder`] of the user; this crate has no global state.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::generated::evschema_event_deadlettered::v1::Class;

/// Something that happened to one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measure {
    /// The event was decoded.
    Decoded,
    /// The event could not be decoded, for this reason.
    Refused(Class),
    /// The event has a type that the consumer ignores.
    Ignored,
    /// The handler had its effect.
    Done,
    /// The handler reported that the event had its effect before.
    Duplicate,
    /// The event comes again later.
    Retried,
    /// The event is in the store of dead letters.
    DeadLettered(Class),
    /// The store of dead letters failed, so the event comes again later.
    StoreFailed,
    /// A relay has published an event.
    Published,
    /// The broker already had an event that a relay published.
    PublishedAgain,
    /// The broker did not acknowledge an event of a relay.
    PublishFailed,
}

/// Receives measures, such as an adapter for a metrics library. The calls are synchronous and must return quickly.
pub trait Recorder: Send + Sync {
    /// Receives one measure of a consumer or relay with this name.
    fn record(&self, name: &str, measure: Measure);
}

/// Ignores all measures.
impl Recorder for () {
    fn record(&self, _name: &str, _measure: Measure) {}
}

impl<R: Recorder + ?Sized> Recorder for std::sync::Arc<R> {
    fn record(&self, name: &str, measure: Measure) {
        (**self).record(name, measure);
    }
}

/// A recorder that counts in memory.
///
/// ```
/// use evschema_events::{Counters, Measure, Recorder};
///
/// let counters = Counters::default();
/// counters.record("billing", Measure::Decoded);
/// assert_eq!(counters.count(Measure::Decoded), 1);
/// ```
#[derive(Debug, Default)]
pub struct Counters {
    counts: [AtomicU64; Self::KINDS],
}

impl Counters {
    const KINDS: usize = 9 + 2 * Class::ALL.len();

    /// Returns the number of times that a measure was recorded.
    #[must_use]
    pub fn count(&self, measure: Measure) -> u64 {
        self.counts.get(position(measure)).map_or(0, |count| count.load(Ordering::Relaxed))
    }
}

impl Recorder for Counters {
    fn record(&self, _name: &str, measure: Measure) {
        if let Some(count) = self.counts.get(position(measure)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn position(measure: Measure) -> usize {
    let of_class = |class: Class| Class::ALL.iter().position(|known| *known == class).unwrap_or_default();
    match measure {
        Measure::Decoded => 0,
        Measure::Ignored => 1,
        Measure::Done => 2,
        Measure::Duplicate => 3,
        Measure::Retried => 4,
        Measure::StoreFailed => 5,
        Measure::Published => 6,
        Measure::PublishedAgain => 7,
        Measure::PublishFailed => 8,
        Measure::Refused(class) => 9 + of_class(class),
        Measure::DeadLettered(class) => 9 + Class::ALL.len() + of_class(class),
    }
}
