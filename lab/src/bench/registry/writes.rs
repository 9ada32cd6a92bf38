//! Compares the rate of registrations with the rate of pgbench, which runs the same SQL statements.
//!
//! The benchmark registers the versions of an average subject, and takes the statements from the log of Postgres.

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
use super::{Args, print_row};
use crate::running::Running;

/// The bar for the registration rate, as a fraction of pgbench's rate.
const PART_MIN: f64 = 0.5;
const CLIENTS: usize = 16;
/// The number of versions of each subject. The registry compares each version with the previous ones.
const VERSIONS: usize = 3;
/// The planner settings of the registry's connections (`registry/src/store/postgres/connections.rs`). Without them,
/// Postgres would plan some statements at each execution, and pgbench would be slower.
const PLANS: &str = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off";
const ROUNDS: usize = 5;
const SECONDS: u64 = 8;
/// The number of different schemas. The subjects use them in turn.
const SCHEMAS: usize = 300;
/// The subject whose statements are recorded. The name is in lower case, so case folding does not change it.
const RECORDED: &str = "load.recorded";

/// The versions of a subject.
type Bodies = [String; VERSIONS];

/// Measures registrations on Postgres, and returns the number of missed bars.
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
    print_row(args, &row)?;
    Ok(usize::from(part < PART_MIN))
}

/// The rate and the cost of registrations.
#[derive(Debug)]
struct Measured {
    /// Registrations per second.
    per_second: f64,
    /// The processor time of a registration in microseconds, for clients and servers together. Other work on the
    /// machine changes this time only slightly. It has more effect on the rates, because it delays the side with fewer
    /// threads more.
    processor_us: f64,
}

impl Measured {
    /// Runs `work`, and measures its processor time. `work` returns the registrations per second and the total number
    /// of registrations.
    fn of(work: impl FnOnce() -> Result<(f64, f64), Box<dyn Error>>) -> Result<Self, Box<dyn Error>> {
        let before = family::processor_time()?;
        let (per_second, count) = work()?;
        let taken = family::processor_time()?.saturating_sub(before);
        Ok(Self { per_second, processor_us: taken.as_secs_f64() * 1e6 / count })
    }
}

/// The statements that Postgres ran while a client registered the versions of a subject.
struct Recorded {
    /// The pgbench script with the same statements.
    script: script::Script,
    /// The file of the script.
    file: tempfile::NamedTempFile,
}

/// Registers the versions of a subject while Postgres logs its statements, and converts the log to a script.
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

/// Returns the number of the schema whose size is nearest to the mean. The size has two parts: the number of bytes, and
/// the number of property names.
///
/// Several scripts would represent the schemas better, but Postgres would plan every statement of each script again.
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
    let printed = || format!("pgbench printed: {text}{}", String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        return Err(printed().into());
    }
    let count =
        text.lines().find_map(|line| line.strip_prefix("number of transactions actually processed: "));
    let versions = |number: &str| Ok::<_, Box<dyn Error>>(number.trim().parse::<f64>()? * VERSIONS as f64);
    Ok((versions(tps.ok_or_else(printed)?)?, versions(count.ok_or_else(printed)?)?))
}

/// Registers versions with several clients, each with its own subjects. Returns the rate and the number of
/// registrations.
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

/// Creates all schemas before the measurement starts.
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

/// Registers the versions of a subject one after the other. A comment makes the content of each subject unique.
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
