use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;

use crate::message::Delivery;
use crate::sha256;

/// Maximum number of events whose first failure is remembered. Beyond that, the oldest memories are lost all at once.
const EVENTS_MAX: usize = 10_000;

/// When events first failed in this process.
#[derive(Debug, Default)]
pub(super) struct FirstFailures(Mutex<HashMap<[u8; 32], OffsetDateTime>>);

impl FirstFailures {
    /// Returns when the event first failed, which is now if the event is unknown.
    pub(super) fn remember(&self, delivery: &Delivery<'_>, now: OffsetDateTime) -> OffsetDateTime {
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = key_of(delivery);
        if EVENTS_MAX <= times.len() && !times.contains_key(&key) {
            times.clear();
        }
        *times.entry(key).or_insert(now)
    }

    pub(super) fn forget(&self, delivery: &Delivery<'_>) {
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !times.is_empty() {
            times.remove(&key_of(delivery));
        }
    }
}

fn key_of(delivery: &Delivery<'_>) -> [u8; 32] {
    let origin = delivery.origin();
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    let (stream, partition, sequence) =
        (part(&origin.stream), part(&origin.partition), part(&origin.sequence));
    let body: &[u8] = if sequence.is_empty() { delivery.body() } else { &[] };
    sha256::of_parts(&[stream.as_bytes(), partition.as_bytes(), sequence.as_bytes(), body])
}
