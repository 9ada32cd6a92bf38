use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::super::latency::Latency;
use super::target::Target;

pub(super) const CLIENTS: usize = 16;
const SECONDS: u64 = 6;

/// What registrations took.
#[derive(Debug)]
pub(super) struct Writes {
    pub(super) per_second: f64,
    pub(super) latency: Latency,
}

/// Returns a name that no run before has given its subjects: a peer keeps what it has.
pub(super) fn run_name() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("r{:x}", since.as_micros())
}

/// Registers documents under subjects of their own, by several clients at once.
pub(super) fn writes(target: &Target, documents: &[String]) -> Result<Writes, Box<dyn Error>> {
    let run = run_name();
    let count = AtomicUsize::new(0);
    let start = Instant::now();
    let client = || {
        let client = target.client();
        let mut latency = Latency::default();
        while start.elapsed() < Duration::from_secs(SECONDS) {
            let number = count.fetch_add(1, Ordering::Relaxed);
            let subject = format!("load.{run}.n{number}");
            // No two subjects have the same content, which would be stored once.
            let of_its_own = format!("{{\"$comment\":\"{subject}\",");
            let document = documents[number % documents.len()].replacen('{', &of_its_own, 1);
            latency.time(|| client.register(&subject, &document)).map_err(|error| error.to_string())?;
        }
        Ok(latency)
    };
    let results: Vec<Result<Latency, String>> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        let gone = |_| Err("a client has panicked".to_owned());
        clients.into_iter().map(|client| client.join().unwrap_or_else(gone)).collect()
    });
    let seconds = start.elapsed().as_secs_f64();
    let mut latency = Latency::default();
    for result in results {
        latency.extend(result?);
    }
    Ok(Writes { per_second: latency.count() as f64 / seconds, latency })
}
