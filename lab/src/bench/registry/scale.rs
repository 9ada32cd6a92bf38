//! Fills a registry with a large inventory, and measures it.

use std::time::{Duration, Instant};

use evschema_api::client::Client;
use evschema_api::{Patch, SubjectPatch};
use evschema_model::Mode;
use evschema_registry::Config;
use serde_json::json;

use super::fill::{fill, lengthen};
use super::inventory::Inventory;
use super::latency::Latency;
use super::process::Process;
use super::queries::Queries;
use super::{Args, print_row};
use crate::running::{Database, Running, Storage};

/// The bar for the time from the start of the process until the registry is ready.
const READY_MAX: Duration = Duration::from_secs(1);
/// The bar for the 99th percentile of the times of lists, searches and requests for the latest version, in
/// milliseconds.
const P99_MAX: f64 = 5.0;
/// The number of requests in a round. Each figure is the median of the rounds' percentiles.
const REQUESTS: usize = 1_000;
const ROUNDS: usize = 5;
/// The number of slowest requests whose paths the output contains, for each kind of request.
const SLOWEST: usize = 3;
/// The number of schemas that fill the cache before the benchmark measures the memory.
const DOCUMENTS: usize = 30_000;

/// Measures a large inventory on each database, and returns the number of missed bars.
pub(super) fn run(args: &Args) -> Result<usize, Box<dyn std::error::Error>> {
    let inventory = Inventory::read(&args.events)?;
    if let Some(url) = &args.filled {
        return serve("filled", url, &inventory, args);
    }
    let mut missed = 0;
    for database in &args.database {
        missed += measure(*database, &inventory, args)?;
    }
    Ok(missed)
}

fn measure(
    database: Database,
    inventory: &Inventory,
    args: &Args,
) -> Result<usize, Box<dyn std::error::Error>> {
    let name = database.name();
    let storage = Storage::new(database)?;
    let config = Config { database: storage.url.clone(), ..Config::default() };
    let running = Running::on(config)?;
    let growth = fill(running.url(), inventory, args.subjects, args.versions)?;
    let registrations: usize = growth.steps.iter().map(|(_, step)| step.count()).sum();
    let filled = json!({
        "database": name, "what": "filled over HTTP", "registrations": registrations,
        "seconds": growth.seconds, "per_second": registrations as f64 / growth.seconds,
    });
    print_row(args, &filled)?;
    for (subjects, step) in &growth.steps {
        print_row(args, &row(name, "registration", step, json!({ "subjects": subjects })))?;
    }
    for (number, mode) in [Mode::BackwardTransitive, Mode::Backward].into_iter().enumerate() {
        let number = args.subjects + number;
        let patch = SubjectPatch { mode: Patch::Set(mode), ..SubjectPatch::default() };
        Client::new(running.url(), None).put_subject(&inventory.subject(number)?, &patch, None)?;
        for (versions, step) in lengthen(running.url(), inventory, number, args.line)? {
            let of = json!({ "mode": mode.as_str(), "versions": versions });
            print_row(args, &row(name, "registration on a line", &step, of))?;
        }
    }
    drop(running);
    let missed = serve(name, &storage.url, inventory, args)?;
    Ok(missed)
}

/// Starts a registry on a filled database, and measures its start, its reads and its memory.
fn serve(
    name: &str,
    database: &str,
    inventory: &Inventory,
    args: &Args,
) -> Result<usize, Box<dyn std::error::Error>> {
    let mut missed = 0;
    let mut starts: Vec<Duration> = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let process = Process::start(database)?;
        process.get("/readyz")?;
        starts.push(start.elapsed());
    }
    starts.sort_unstable();
    let ready = starts[ROUNDS / 2];
    missed += usize::from(READY_MAX < ready);
    let process = Process::start(database)?;
    let begun = process.memory()?;
    let mut queries = Queries::new(inventory, args.subjects, args.versions);
    for (what, path) in queries.kinds() {
        let mut rounds: Vec<Latency> = Vec::new();
        let mut work = Latency::default();
        let mut slowest: Vec<(Duration, String)> = Vec::new();
        for _ in 0..ROUNDS {
            let mut latency = Latency::default();
            let processor = process.processor(database)?;
            for _ in 0..REQUESTS {
                let path = path(&mut queries)?;
                let before = processor.time();
                latency.time(|| process.get(&path))?;
                let took = processor.time().saturating_sub(before);
                work.add(took);
                slowest.push((took, path));
            }
            rounds.push(latency);
        }
        rounds.sort_by(|a, b| a.percentile(99).total_cmp(&b.percentile(99)));
        let median = &rounds[ROUNDS / 2];
        missed += usize::from(P99_MAX < median.percentile(99));
        slowest.sort_unstable_by(|a, b| b.cmp(a));
        let slowest: Vec<&str> = slowest.iter().take(SLOWEST).map(|(_, path)| path.as_str()).collect();
        let of = json!({
            "processor_p50_ms": work.percentile(50), "processor_p99_ms": work.percentile(99), "slowest": slowest,
        });
        print_row(args, &row(name, what, median, of))?;
    }
    for _ in 0..DOCUMENTS {
        process.get(&queries.document()?)?;
    }
    let memory = json!({
        "database": name, "what": "memory", "ready_ms": ready.as_secs_f64() * 1_000.0,
        "begun_mib": begun, "after_reading_mib": process.memory()?,
        "cache_mib": Config::default().cache_bytes >> 20,
    });
    print_row(args, &memory)?;
    Ok(missed)
}

fn row(database: &str, what: &str, latency: &Latency, of: serde_json::Value) -> serde_json::Value {
    json!({
        "database": database, "what": what, "of": of,
        "p50_ms": latency.percentile(50), "p99_ms": latency.percentile(99), "max_ms": latency.percentile(100),
    })
}
