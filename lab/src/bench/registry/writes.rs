//! Registrations beside what Postgres itself reaches with the same statements: pgbench runs what the server
//! has logged of a registry that registered the versions of a subject like most.

mod family;
mod script;

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use evschema_api::client::{Client, Registered};
use evschema_model::{Coordinates, Dialects, Schema, Subject, Version, field_names};
use evschema_registry::Config;
use evschema_tests::{Postgres, find_program};
use serde_json::json;

use super::inventory::Inventory;
use super::process::Process;
use super::reads::median;
use super::{Args, say};
use crate::running::Running;

/// Least part of the registrations a second that pgbench reaches.
const PART_MIN: f64 = 0.5;
const CLIENTS: usize = 16;
/// Versions that are registered of each subject, each checked against those before.
const VERSIONS: usize = 3;
/// How a registry's connections have the server plan (`registry/src/store/postgres/connections.rs`). Left to itself it
/// plans some statements anew each time, and pgbench would be the slower for it.
const PLANS: &str = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off";
const ROUNDS: usize = 5;
const SECONDS: u64 = 8;
/// Schemas that the subjects have, in turn.
const SCHEMAS: usize = 300;
/// The subject whose registrations are recorded; lower case, so that its folded name is the same.
const RECORDED: &str = "load.recorded";

/// The versions of a subject.
type Bodies = [String; VERSIONS];

/// Measures, and returns how many bars were missed.
pub(super) fn run(args: &Args) -> Result<usize, Box<dyn Error>> {
    let pgbench = find_program("pgbench", &Postgres::version_folders());
    let pgbench = pgbench.ok_or("`pgbench` is not installed: apt-get install postgresql-contrib")?;
    let inventory = Inventory::read(&args.events)?;
    let server = Postgres::try_start_safe()?;
    let bodies = bodies(&inventory)?;
    let recorded = record(&server, &bodies)?;
    let registry = Process::start(&server.url())?;
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        let theirs = Measured::of(|| pgbench_rate(&pgbench, &server.url(), &recorded, round))?;
        let own = Measured::of(|| own_rate(registry.url(), &bodies, round))?;
        rounds.push((theirs, own));
    }
    let part = median(rounds.iter().map(|(theirs, own)| own.per_second / theirs.per_second));
    let processor = |part: fn(&(Measured, Measured)) -> f64| median(rounds.iter().map(part));
    let row = json!({
        "database": "postgres", "what": "registrations, distinct subjects", "clients": CLIENTS,
        "statements": recorded.script.statements as f64 / VERSIONS as f64,
        "pgbench_per_second": median(rounds.iter().map(|(theirs, _)| theirs.per_second)),
        "own_per_second": median(rounds.iter().map(|(_, own)| own.per_second)), "part": part,
        "pgbench_processor_us": processor(|(theirs, _)| theirs.processor_us),
        "own_processor_us": processor(|(_, own)| own.processor_us),
        "processor_part": processor(|(theirs, own)| theirs.processor_us / own.processor_us),
    });
    say(args, &row)?;
    Ok(usize::from(part < PART_MIN))
}

/// What registrations took.
#[derive(Debug)]
struct Measured {
    /// How many there were a second.
    per_second: f64,
    /// The processor time of each, clients and servers together, in microseconds. Other work on the machine makes
    /// registrations late, and those of the side that has fewer threads later; it does not change this much.
    processor_us: f64,
}

impl Measured {
    /// Measures work that tells how many registrations there were a second and how many in all.
    fn of(work: impl FnOnce() -> Result<(f64, f64), Box<dyn Error>>) -> Result<Self, Box<dyn Error>> {
        let before = family::processor_time()?;
        let (per_second, count) = work()?;
        let taken = family::processor_time()?.saturating_sub(before);
        Ok(Self { per_second, processor_us: taken.as_secs_f64() * 1e6 / count })
    }
}

/// What the server was asked while the versions of a subject were registered.
struct Recorded {
    /// What asks the same.
    script: script::Script,
    /// Its text.
    file: tempfile::NamedTempFile,
}

/// Registers the versions of a subject while the server logs, and makes a script of it.
fn record(server: &Postgres, bodies: &[Bodies]) -> Result<Recorded, Box<dyn Error>> {
    let running = Running::on(Config { database: server.url(), ..Config::default() })?;
    let client = Client::new(running.url(), None);
    register(&client, bodies, "load.before", 0)?;
    Postgres::run_sql(&server.url(), "ALTER SYSTEM SET log_statement = 'all'");
    Postgres::run_sql(&server.url(), "SELECT pg_reload_conf()");
    thread::sleep(Duration::from_millis(500));
    let begin = std::fs::metadata(server.log())?.len();
    register(&client, bodies, RECORDED, ordinary(bodies)?)?;
    thread::sleep(Duration::from_millis(200));
    let log = std::fs::read(server.log())?;
    Postgres::run_sql(&server.url(), "ALTER SYSTEM RESET log_statement");
    Postgres::run_sql(&server.url(), "SELECT pg_reload_conf()");
    let log = String::from_utf8_lossy(&log[usize::try_from(begin)?..]).into_owned();
    let script = script::of(&log, RECORDED)?;
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(script.text.as_bytes())?;
    Ok(Recorded { script, file })
}

/// Returns which versions are most like the mean of all, by bytes and by the names of fields, of which the search has
/// a row each. Several scripts would be fairer, but for each of them pgbench has the server plan every statement anew.
fn ordinary(bodies: &[Bodies]) -> Result<usize, Box<dyn Error>> {
    let sizes = |bodies: &Bodies| -> Result<[f64; 2], Box<dyn Error>> {
        let text = &bodies[VERSIONS - 1];
        let at = Coordinates { subject: Subject::parse(RECORDED)?, version: Version::new(1, 0, 0) };
        let read = Schema::read(at, text.as_bytes(), &Dialects::default());
        let schema = read.map_err(|wrong| format!("{wrong:?}"))?;
        Ok([text.len() as f64, field_names(&schema).len() as f64])
    };
    let sizes = bodies.iter().map(sizes).collect::<Result<Vec<_>, _>>()?;
    let mean = |at: usize| sizes.iter().map(|size| size[at]).sum::<f64>() / sizes.len() as f64;
    let means = [mean(0), mean(1)];
    let away = |size: &[f64; 2]| (size[0] / means[0] - 1.0).abs() + (size[1] / means[1] - 1.0).abs();
    let nearest = sizes.iter().enumerate().min_by(|(_, a), (_, b)| away(a).total_cmp(&away(b)));
    Ok(nearest.ok_or("nothing to register")?.0)
}

fn pgbench_rate(
    pgbench: &Path,
    url: &str,
    recorded: &Recorded,
    round: usize,
) -> Result<(f64, f64), Box<dyn Error>> {
    let clients = CLIENTS.to_string();
    let mut command = Command::new(pgbench);
    command.env("PGOPTIONS", PLANS);
    command.args(["--no-vacuum", "--protocol=prepared", "--client", &clients, "--jobs", "2"]);
    command.args(["--time", &SECONDS.to_string(), "--define", &format!("round={round}"), "--file"]);
    command.arg(recorded.file.path());
    for (name, value) in &recorded.script.variables {
        command.args(["--define", &format!("{name}={value}")]);
    }
    let output = command.arg(url).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let tps =
        text.lines().find_map(|line| line.strip_prefix("tps = ")).and_then(|rest| rest.split(' ').next());
    let said = || format!("pgbench said: {text}{}", String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        return Err(said().into());
    }
    let count =
        text.lines().find_map(|line| line.strip_prefix("number of transactions actually processed: "));
    let versions = |number: &str| Ok::<_, Box<dyn Error>>(number.trim().parse::<f64>()? * VERSIONS as f64);
    Ok((versions(tps.ok_or_else(said)?)?, versions(count.ok_or_else(said)?)?))
}

/// Returns how many versions are registered a second by clients on subjects of their own.
fn own_rate(url: &str, bodies: &[Bodies], round: usize) -> Result<(f64, f64), Box<dyn Error>> {
    let count = AtomicUsize::new(0);
    let start = Instant::now();
    let results: Vec<Result<(), String>> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(|| {
                    let client = Client::new(url, None);
                    while start.elapsed() < Duration::from_secs(SECONDS) {
                        let number = count.fetch_add(1, Ordering::Relaxed);
                        register(&client, bodies, &format!("load.r{round}.n{number}"), number)
                            .map_err(|error| error.to_string())?;
                    }
                    Ok(())
                })
            })
            .collect();
        let gone = |_| Err("a client has panicked".to_owned());
        clients.into_iter().map(|client| client.join().unwrap_or_else(gone)).collect()
    });
    let seconds = start.elapsed().as_secs_f64();
    results.into_iter().collect::<Result<(), _>>()?;
    let versions = (count.into_inner() * VERSIONS) as f64;
    Ok((versions / seconds, versions))
}

/// Returns what is registered, made before anything is measured.
fn bodies(inventory: &Inventory) -> Result<Vec<Bodies>, Box<dyn Error>> {
    (0..SCHEMAS)
        .map(|number| {
            let mut bodies = Bodies::default();
            for (version, body) in bodies.iter_mut().enumerate() {
                *body = String::from_utf8(inventory.item(number, version)?.bytes)?;
            }
            Ok(bodies)
        })
        .collect()
}

/// Registers the versions of a subject, one after the other; no two subjects have the same content.
fn register(client: &Client, bodies: &[Bodies], subject: &str, number: usize) -> Result<(), Box<dyn Error>> {
    let of_its_own = format!("{{\"$comment\":\"{subject}\",");
    let subject = Subject::parse(subject)?;
    for (minor, body) in bodies[number % bodies.len()].iter().enumerate() {
        let version = Version::new(1, minor as u64, 0);
        let body = body.replacen('{', &of_its_own, 1);
        if !matches!(client.register(&subject, &version, body.as_bytes())?, Registered::Created(_)) {
            return Err(format!("{subject}@{version} was there").into());
        }
    }
    Ok(())
}
