use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::limits;

/// Everything that differs between two runs: the time, request ids and random bytes. Tests pass fixed values.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of ids for requests without an id.
    pub request_ids: Arc<dyn RequestIds>,
    /// The source of random bytes.
    pub secrets: Arc<dyn Secrets>,
}

/// A source of random bytes that nobody can guess.
pub trait Secrets: fmt::Debug + Send + Sync {
    /// Returns random bytes for a secret.
    ///
    /// # Errors
    ///
    /// If the operating system returns no random bytes.
    fn secret(&self) -> Result<[u8; limits::TOKEN_BYTES], String>;
}

/// A clock.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Returns the time in microseconds since 1970 (UTC).
    fn now(&self) -> i64;
}

/// A source of request ids.
pub trait RequestIds: fmt::Debug + Send + Sync {
    /// Returns a new id, different from all earlier ones.
    fn next(&self) -> String;
}

impl Environment {
    /// Returns the clock and the random bytes of the operating system, and ids that differ between processes and
    /// requests.
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
        // If the clock is before 1970, it was never set, and zero is as good as any other time.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }
}

/// Makes ids from the start time of the process and a counter. The ids are unique among all processes that share a log.
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
