//! Stops work whose result nobody needs any more.
//!
//! A comparison or a validation runs on one thread without a pause. The caller can request a stop through a flag. The
//! work checks the flag from time to time. If a stop was requested, the work ends early. The result of a comparison is
//! then undecided, unless the comparison already found an event that breaks.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A request to stop, shared between the caller and the work.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

thread_local! {
    static CURRENT: RefCell<Option<Stop>> = const { RefCell::new(None) };
}

impl Stop {
    /// Requests the stop.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns whether the stop was requested.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Runs work on this thread. During the work, [`Stop::is_current_requested`] returns whether this stop was
    /// requested.
    pub fn rule<T>(&self, work: impl FnOnce() -> T) -> T {
        /// Restores the previous stop, also after a panic.
        struct Before(Option<Stop>);
        impl Drop for Before {
            fn drop(&mut self) {
                CURRENT.set(self.0.take());
            }
        }
        let _before = Before(CURRENT.replace(Some(self.clone())));
        work()
    }

    /// Returns whether the work of this thread should stop. Outside of [`Stop::rule`], the result is `false`.
    pub fn is_current_requested() -> bool {
        CURRENT.with_borrow(|current| current.as_ref().is_some_and(Self::is_requested))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_stops_only_its_own_work() {
        let stop = Stop::default();
        stop.request();
        assert!(!Stop::is_current_requested());
        assert!(stop.rule(Stop::is_current_requested));
        assert!(!stop.rule(|| Stop::default().rule(Stop::is_current_requested)));
        assert!(!Stop::is_current_requested());
    }
}
