use std::time::Duration;

use crate::message::Delivery;
use crate::sha256;

/// When an event is delivered again, and how often.
///
/// The delay doubles with each attempt, up to a maximum. Up to a quarter of the delay is added, so that events which
/// failed together do not come again together. The addition depends only on the event and the attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Maximum number of deliveries, including the first one.
    pub attempts_max: u32,
    /// The delay after the first delivery.
    pub first_delay: Duration,
    /// Maximum delay, without the addition.
    pub delay_max: Duration,
}

impl Default for RetryPolicy {
    /// Ten deliveries in about ten minutes.
    fn default() -> Self {
        Self::new(10, Duration::from_secs(1), Duration::from_secs(5 * 60))
    }
}

impl RetryPolicy {
    /// Returns a policy.
    #[must_use]
    pub const fn new(attempts_max: u32, first_delay: Duration, delay_max: Duration) -> Self {
        Self { attempts_max, first_delay, delay_max }
    }

    /// Returns the default for events of newer versions: deliveries during about a day, because a deployment takes
    /// hours.
    #[must_use]
    pub const fn for_newer_versions() -> Self {
        Self::new(100, Duration::from_secs(30), Duration::from_secs(15 * 60))
    }

    /// Returns the delay after an attempt of a delivery.
    pub(crate) fn delay(&self, delivery: &Delivery<'_>) -> Duration {
        let doublings = delivery.attempt().saturating_sub(1).min(31);
        let delay = self.first_delay.saturating_mul(1 << doublings).min(self.delay_max);
        let body = delivery.body();
        let start = body.get(..1024).unwrap_or(body);
        let digest = sha256::of_parts(&[start, &delivery.attempt().to_be_bytes()]);
        let quarter = delay / 4;
        let share = u32::from(digest.first().copied().unwrap_or_default());
        delay.saturating_add(quarter.saturating_mul(share) / 255)
    }
}
