//! Work that nobody waits for any more, and how it finds out.
//!
//! A comparison or a validation runs on one thread without waiting for anything. Whoever started it can request a stop
//! through a flag; the work asks for it from time to time and then ends early, with an answer that is of no use.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A request to stop, shared between who makes it and who obeys it.
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

    /// Returns whether it was requested.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Does work on this thread that [`Stop::is_current_requested`] tells of this request.
    pub fn rule<T>(&self, work: impl FnOnce() -> T) -> T {
        /// Puts back what ruled before, also after a panic.
        struct Before(Option<Stop>);
        impl Drop for Before {
            fn drop(&mut self) {
                CURRENT.set(self.0.take());
            }
        }
        let _before = Before(CURRENT.replace(Some(self.clone())));
        work()
    }

    /// Returns whether the work of this thread should stop. It should not where nobody can request it.
    pub fn is_current_requested() -> bool {
        CURRENT.with_borrow(|current| current.as_ref().is_some_and(Self::is_requested))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_work_under_a_request_is_told_of_it() {
        let stop = Stop::default();
        stop.request();
        assert!(!Stop::is_current_requested());
        assert!(stop.rule(Stop::is_current_requested));
        assert!(!stop.rule(|| Stop::default().rule(Stop::is_current_requested)));
        assert!(!Stop::is_current_requested());
    }
}
