use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// What differs from run to run, passed in so that tests can fix it.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Names requests that bring no id.
    pub request_ids: Arc<dyn RequestIds>,
}

/// Tells the time.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Returns the time in microseconds since 1970 (UTC).
    fn now(&self) -> i64;
}

/// Names requests.
pub trait RequestIds: fmt::Debug + Send + Sync {
    /// Returns an id that no other request has.
    fn next(&self) -> String;
}

impl Environment {
    /// Returns the system's clock, and ids that differ between processes and requests.
    pub fn system() -> Self {
        let clock = Arc::new(SystemClock);
        let request_ids = Arc::new(CountedIds { started: clock.now(), count: AtomicU64::new(0) });
        Self { clock, request_ids }
    }
}

#[derive(Debug)]
struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        // Before 1970 the clock is not set; zero is as good a guess as any.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }
}

/// The microsecond of the start and a count: unique among the processes that share a log.
#[derive(Debug)]
struct CountedIds {
    started: i64,
    count: AtomicU64,
}

impl RequestIds for CountedIds {
    fn next(&self) -> String {
        format!("{:x}-{:x}", self.started, self.count.fetch_add(1, Ordering::Relaxed))
    }
}
