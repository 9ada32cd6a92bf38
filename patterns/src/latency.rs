use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Measured durations, from all tasks of a pattern.
#[derive(Debug, Default)]
pub(crate) struct Latencies(Mutex<Vec<Duration>>);

impl Latencies {
    /// Adds a duration.
    pub(crate) fn add(&self, duration: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(duration);
    }

    /// Adds all durations of another value.
    pub(crate) fn append(&self, other: Self) {
        let mut other = other.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).append(&mut other);
    }

    /// Returns the smallest duration that is at least as long as this share of all durations.
    pub(crate) fn percentile(&self, percent: usize) -> Milliseconds {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        all.sort_unstable();
        let place = (all.len() * percent).div_ceil(100).saturating_sub(1);
        Milliseconds(all.get(place).copied().unwrap_or_default())
    }
}

/// A duration that is printed in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Milliseconds(pub(crate) Duration);

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} ms", self.0.as_secs_f64() * 1e3)
    }
}

/// Returns events per second as text.
pub(crate) fn rate(events: usize, elapsed: Duration) -> String {
    let per_second = u128::try_from(events).unwrap_or_default() * 1_000_000 / elapsed.as_micros().max(1);
    format!("{per_second} events/s ({events} in {:.1} s)", elapsed.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_of_a_hundred_durations() {
        let latencies = Latencies::default();
        assert_eq!(latencies.percentile(99).to_string(), "0.0 ms");
        (1..=100).rev().for_each(|ms| latencies.add(Duration::from_millis(ms)));
        assert_eq!(latencies.percentile(50).to_string(), "50.0 ms");
        assert_eq!(latencies.percentile(99).to_string(), "99.0 ms");
        assert_eq!(latencies.percentile(100).to_string(), "100.0 ms");
    }
}
