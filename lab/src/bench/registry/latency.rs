//! The times of a repeated action.

use std::time::{Duration, Instant};

/// The times of a repeated action.
#[derive(Debug, Clone, Default)]
pub(super) struct Latency(Vec<Duration>);

impl Latency {
    /// Runs an action, and adds the time that the action takes.
    pub(super) fn time<T>(&mut self, act: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = act();
        self.0.push(start.elapsed());
        done
    }

    /// Adds a time.
    pub(super) fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub(super) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Returns the number of times.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Returns a percentile in milliseconds.
    pub(super) fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(at).map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
    }
}
