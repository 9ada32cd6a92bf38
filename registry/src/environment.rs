use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::limits;

/// What differs from run to run, passed in so that tests can fix it.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Names requests that bring no id.
    pub request_ids: Arc<dyn RequestIds>,
    /// Makes what nobody can guess.
    pub secrets: Arc<dyn Secrets>,
}

/// Makes what nobody can guess.
pub trait Secrets: fmt::Debug + Send + Sync {
    /// Returns random bytes fit for a key.
    ///
    /// # Errors
    ///
    /// When the system has none to give.
    fn secret(&self) -> Result<[u8; limits::TOKEN_BYTES], String>;
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
        Self { clock, request_ids, secrets: Arc::new(SystemSecrets) }
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

#[derive(Debug)]
struct SystemSecrets;

impl Secrets for SystemSecrets {
    fn secret(&self) -> Result<[u8; limits::TOKEN_BYTES], String> {
        let mut bytes = [0; limits::TOKEN_BYTES];
        getrandom::fill(&mut bytes)
            .map_err(|error| format!("cannot get random bytes from the system: {error}"))?;
        Ok(bytes)
    }
}
