//! Registers every version of a real history, and checks every response.
//!
//! A document can refer to a later line of the file. So if the registry rejects a version because of a missing
//! reference, the command sends the version again in the next pass. The passes end when a pass registers nothing. After
//! that, the command sends each registered version again, and this must change nothing. It also reads each version, and
//! must get the same bytes.

mod evidence;
mod tally;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args as ClapArgs;
use evschema_api::ProblemCode;
use evschema_api::client::{Client, ClientError, Registered};
use evschema_model::{Coordinates, Dialects, Subject, Version};
use evschema_registry::Config;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::corpus::dialects;
use crate::running::{Database, Running};
use crate::task_result::TaskResult;
use evidence::Evidence;
use tally::{Row, Tally};

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The folder of the corpus. Each line of its `schemas.jsonl` is `{subject, version, schema}`.
    #[arg(long)]
    events: PathBuf,

    /// `URI=DRAFT`: the draft of an unknown `$schema` URI. You can repeat this option.
    #[arg(long, value_name = "URI=DRAFT")]
    dialect: Vec<String>,

    /// The databases.
    #[arg(long, value_enum, default_values = ["sqlite", "postgres"])]
    database: Vec<Database>,

    /// Prints a JSON line for each registration and for each database.
    #[arg(long)]
    json: bool,
}

/// A line of `schemas.jsonl`.
#[derive(Debug, Deserialize)]
struct Line {
    subject: Subject,
    version: Version,
    schema: Box<RawValue>,
}

/// Runs the command.
pub(crate) fn run(args: Args) -> TaskResult {
    let file = args.events.join("schemas.jsonl");
    let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line: Line =
            serde_json::from_str(line).map_err(|error| format!("{}:{number}: {error}", file.display()))?;
        lines.push(line);
    }
    if lines.is_empty() {
        return Err(format!("{} holds no schema", file.display()).into());
    }
    let corpus = args.events.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let dialects = dialects(&args.dialect)?;
    let mut wrong = false;
    for database in &args.database {
        let tally = register_all(*database, &lines, &dialects)?;
        wrong |= tally.print(&corpus, database.name(), args.json)?;
    }
    Ok(if wrong { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn register_all(database: Database, lines: &[Line], dialects: &Dialects) -> Result<Tally, String> {
    let config = Config { dialects: dialects.clone(), ..Config::default() };
    let running = Running::start(database, config)?;
    let client = Client::new(running.url(), None);
    let mut evidence = Evidence::new(dialects);
    let mut rows: Vec<Option<Row>> = lines.iter().map(|_| None).collect();
    let mut open: Vec<usize> = (0..lines.len()).collect();
    let mut passes = 0;
    while !open.is_empty() {
        passes += 1;
        let before = open.len();
        for &at in &open {
            rows[at] = Some(register(&client, &lines[at], &mut evidence));
        }
        open.retain(|&at| {
            rows[at].as_ref().is_some_and(|row| row.outcome == ProblemCode::ReferenceMissing.as_str())
        });
        if open.len() == before {
            break;
        }
    }
    let mut tally = Tally { rows: rows.into_iter().flatten().collect(), passes, wrong: Vec::new() };
    for (line, row) in lines.iter().zip(&tally.rows) {
        if row.outcome == "registered"
            && let Err(why) = still_there(&client, line)
        {
            tally.wrong.push(format!("{}@{}: {why}", line.subject, line.version));
        }
    }
    Ok(tally)
}

fn register(client: &Client, line: &Line, evidence: &mut Evidence) -> Row {
    let at = Coordinates { subject: line.subject.clone(), version: line.version.clone() };
    let bytes = line.schema.get().as_bytes();
    let started = Instant::now();
    let answer = client.register(&line.subject, &line.version, bytes);
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let row = |outcome: &str, detail: String, wrong| Row {
        at: at.clone(),
        outcome: outcome.to_owned(),
        detail,
        micros,
        wrong,
    };
    match answer {
        Ok(Registered::Created(_)) => {
            evidence.registered(at.clone(), bytes);
            row("registered", String::new(), None)
        }
        Ok(Registered::Unchanged(_)) => row("unchanged", String::new(), None),
        Err(ClientError::Problem(problem)) => {
            let wrong = if 500 <= problem.status {
                Some(format!("status {}", problem.status))
            } else {
                evidence.lacking(&at, bytes, &problem)
            };
            row(problem.code.as_str(), problem.to_string(), wrong)
        }
        Err(error) => {
            row("no-answer", error.to_string(), Some("no answer, or none of a registry".to_owned()))
        }
    }
}

/// Sends a version again and reads it.
fn still_there(client: &Client, line: &Line) -> Result<(), String> {
    let bytes = line.schema.get().as_bytes();
    match client.register(&line.subject, &line.version, bytes) {
        Ok(Registered::Unchanged(_)) => {}
        Ok(Registered::Created(_)) => return Err("created twice".to_owned()),
        Err(error) => return Err(format!("sent again: {error}")),
    }
    match client.schema(&line.subject, &line.version) {
        Ok(read) if read == bytes => Ok(()),
        Ok(_) => Err("read back as other bytes".to_owned()),
        Err(error) => Err(format!("read back: {error}")),
    }
}
