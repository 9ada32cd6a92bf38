//! Compares reads of a schema with a bare handler that returns the same bytes and headers.
//!
//! Both servers use the same runtime, and `wrk` sends the same load to them in turns.

use std::error::Error;
use std::path::Path;
use std::process::Command;

use evschema_api::client::Client;
use evschema_tests::find_program;
use serde_json::json;

use super::inventory::Inventory;
use super::process::Process;
use super::{Args, print_row};
use crate::running::{Database, Storage};

/// The bar for the request rate, as a fraction of the bare handler's rate.
const PART_MIN: f64 = 0.9;
/// The bar for the 99th percentile of the times, as a multiple of the bare handler's percentile.
const P99_MAX: f64 = 1.5;
const ROUNDS: usize = 5;
const SECONDS: u32 = 4;
const CONNECTIONS: u32 = 32;

/// The figures that `wrk` reports.
#[derive(Debug, Clone, Copy)]
struct Load {
    per_second: f64,
    p99_ms: f64,
}

/// Measures each database, and returns the number of missed bars.
pub(super) fn run(args: &Args) -> Result<usize, Box<dyn Error>> {
    let wrk = find_program("wrk", &[]).ok_or("`wrk` is not installed: apt-get install wrk")?;
    let inventory = Inventory::read(&args.events)?;
    let mut missed = 0;
    for database in &args.database {
        missed += measure(*database, &wrk, &inventory, args)?;
    }
    Ok(missed)
}

fn measure(
    database: Database,
    wrk: &Path,
    inventory: &Inventory,
    args: &Args,
) -> Result<usize, Box<dyn Error>> {
    let storage = Storage::new(database)?;
    let registry = Process::start(&storage.url)?;
    let item = inventory.item(0, 0)?;
    Client::new(registry.url(), None).register(&item.subject, &item.version, &item.bytes)?;
    let path = format!("/schemas/{}/{}.json", item.subject, item.version);
    let answer = registry.answer(&path)?;
    let tag = answer.headers.iter().find(|(name, _)| name == "etag").map(|(_, tag)| tag.clone());
    let bare = Process::start_bare(&path, &answer)?;
    let mut missed = 0;
    for (what, header) in [
        ("read", None),
        ("read, 304", tag.map(|tag| format!("if-none-match: {tag}"))),
        ("read, gzip", Some("accept-encoding: gzip".to_owned())),
    ] {
        let mut pairs: Vec<(Load, Load)> = Vec::new();
        for _ in 0..ROUNDS {
            let plain = load(wrk, &format!("{}{path}", bare.url()), header.as_deref())?;
            pairs.push((plain, load(wrk, &format!("{}{path}", registry.url()), header.as_deref())?));
        }
        let part = median(pairs.iter().map(|(bare, own)| own.per_second / bare.per_second));
        let times = median(pairs.iter().map(|(bare, own)| own.p99_ms / bare.p99_ms));
        let row = json!({
            "database": database.name(), "what": what, "bytes": answer.body.len(),
            "bare_per_second": median(pairs.iter().map(|(bare, _)| bare.per_second)),
            "own_per_second": median(pairs.iter().map(|(_, own)| own.per_second)),
            "part": part, "bare_p99_ms": median(pairs.iter().map(|(bare, _)| bare.p99_ms)),
            "p99_times": times,
        });
        print_row(args, &row)?;
        // The bare handler ignores the request headers and always sends the same bytes. So only reads without
        // additional headers have bars.
        if header.is_none() {
            missed += usize::from(part < PART_MIN) + usize::from(P99_MAX < times);
        }
    }
    Ok(missed)
}

/// Requests one URL with `wrk`.
fn load(wrk: &Path, url: &str, header: Option<&str>) -> Result<Load, Box<dyn Error>> {
    let mut command = Command::new(wrk);
    command.args(["--threads", "1", "--connections", &CONNECTIONS.to_string(), "--latency"]);
    command.args(["--duration", &SECONDS.to_string()]);
    if let Some(header) = header {
        command.args(["--header", header]);
    }
    let output = command.arg(url).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let find = |name: &str| {
        text.lines().find_map(|line| line.trim().strip_prefix(name)).map(|rest| rest.trim().to_owned())
    };
    if text.contains("Non-2xx or 3xx responses") || text.contains("Socket errors") {
        return Err(format!("wrk had errors: {text}").into());
    }
    let per_second = find("Requests/sec:").ok_or_else(|| format!("wrk printed: {text}"))?.parse()?;
    Ok(Load { per_second, p99_ms: millis(&find("99%").unwrap_or_default())? })
}

/// Parses a time such as `910.00us`, `1.20ms` or `2.00s`.
fn millis(text: &str) -> Result<f64, Box<dyn Error>> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = text[..text.len() - unit.len()].parse()?;
    match unit {
        "us" => Ok(number / 1_000.0),
        "ms" => Ok(number),
        "s" => Ok(number * 1_000.0),
        other => Err(format!("wrk measures in `{other}`").into()),
    }
}

pub(super) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
