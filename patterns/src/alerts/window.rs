use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use time::OffsetDateTime;

/// The length of a window.
pub(super) const LENGTH: Duration = Duration::from_secs(60);

/// The number of payments in a window that raises an alert.
pub(super) const PAYMENTS_MAX: usize = 10;

/// The payments of the last minute, for each means of payment. The time comes from the events, not from the clock.
#[derive(Debug, Default)]
pub(super) struct Windows {
    by_means: HashMap<String, Window>,
    counted: usize,
}

#[derive(Debug, Default)]
struct Window {
    payments: VecDeque<(OffsetDateTime, String)>,
    ids: HashSet<String>,
}

/// An answer of the windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// The payment is counted.
    Normal,
    /// The payment is counted, and it is the first one above the limit.
    AboveLimit,
    /// The window has this payment already.
    Duplicate,
}

impl Windows {
    /// Counts a payment.
    pub(super) fn count(&mut self, means: String, payment_id: &str, at: OffsetDateTime) -> Counted {
        let window = self.by_means.entry(means).or_default();
        while let Some((first, _)) = window.payments.front()
            && *first + LENGTH < at
        {
            if let Some((_, id)) = window.payments.pop_front() {
                window.ids.remove(&id);
            }
        }
        if !window.ids.insert(payment_id.to_owned()) {
            return Counted::Duplicate;
        }
        window.payments.push_back((at, payment_id.to_owned()));
        self.counted += 1;
        if window.payments.len() == PAYMENTS_MAX + 1 { Counted::AboveLimit } else { Counted::Normal }
    }

    /// Returns the number of counted payments.
    pub(super) fn counted(&self) -> usize {
        self.counted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_counts_each_payment_once_and_forgets_old_ones() {
        let start = OffsetDateTime::UNIX_EPOCH;
        let mut windows = Windows::default();
        let mut count = |number: usize, second: u64| {
            windows.count("card".to_owned(), &number.to_string(), start + Duration::from_secs(second))
        };
        for number in 0..PAYMENTS_MAX {
            assert_eq!(count(number, 0), Counted::Normal);
        }
        assert_eq!(count(0, 1), Counted::Duplicate);
        assert_eq!(count(PAYMENTS_MAX, 60), Counted::AboveLimit);
        assert_eq!(count(PAYMENTS_MAX + 1, 61), Counted::Normal);
        assert_eq!(windows.counted(), PAYMENTS_MAX + 2);
    }
}
