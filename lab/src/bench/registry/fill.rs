//! Fills a registry with the versions of an inventory.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use evschema_api::client::{Client, Registered};

use super::inventory::{Inventory, Item};
use super::latency::Latency;

/// The number of parallel clients. Each client registers the versions of a subject one after the other.
const CLIENTS: usize = 4;

/// The times of registrations while the registry grew.
#[derive(Debug)]
pub(super) struct Growth {
    /// For each step, the number of subjects at its end, and the times of its registrations.
    pub(super) steps: Vec<(usize, Latency)>,
    pub(super) seconds: f64,
}

/// Registers subjects and their versions over HTTP. The registry checks each version.
pub(super) fn fill(
    url: &str,
    inventory: &Inventory,
    subjects: usize,
    versions: usize,
) -> Result<Growth, Box<dyn std::error::Error>> {
    let started = Instant::now();
    let mut steps = Vec::new();
    let step = subjects.div_ceil(10).max(1);
    for begin in (0..subjects).step_by(step) {
        let end = (begin + step).min(subjects);
        let next = AtomicUsize::new(begin);
        let parts: Vec<Result<Latency, String>> = thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|_| {
                    scope.spawn(|| {
                        let client = Client::new(url, None);
                        let mut latency = Latency::default();
                        loop {
                            let number = next.fetch_add(1, Ordering::Relaxed);
                            if end <= number {
                                return Ok(latency);
                            }
                            for version in 0..versions {
                                let item =
                                    inventory.item(number, version).map_err(|error| error.to_string())?;
                                register(&client, &item, &mut latency).map_err(|error| error.to_string())?;
                            }
                        }
                    })
                })
                .collect();
            let gone = |_| Err("a client has panicked".to_owned());
            clients.into_iter().map(|client| client.join().unwrap_or_else(gone)).collect()
        });
        let mut all = Latency::default();
        for part in parts {
            all.extend(part?);
        }
        steps.push((end, all));
    }
    Ok(Growth { steps, seconds: started.elapsed().as_secs_f64() })
}

/// Registers the versions of one more subject in sequence, and returns the time of each registration.
pub(super) fn lengthen(
    url: &str,
    inventory: &Inventory,
    number: usize,
    versions: usize,
) -> Result<Vec<(usize, Latency)>, Box<dyn std::error::Error>> {
    let client = Client::new(url, None);
    let mut steps = Vec::new();
    let step = versions.div_ceil(10).max(1);
    for begin in (0..versions).step_by(step) {
        let end = (begin + step).min(versions);
        let mut latency = Latency::default();
        for version in begin..end {
            register(&client, &inventory.step(number, version)?, &mut latency)?;
        }
        steps.push((end, latency));
    }
    Ok(steps)
}

fn register(client: &Client, item: &Item, latency: &mut Latency) -> Result<(), Box<dyn std::error::Error>> {
    match latency.time(|| client.register(&item.subject, &item.version, &item.bytes))? {
        Registered::Created(_) => Ok(()),
        Registered::Unchanged(_) => Err(format!("{}@{} was there", item.subject, item.version).into()),
    }
}
