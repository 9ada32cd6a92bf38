//! A registry that is given every version of real histories, in order.
//!
//! References between documents of one history may lead to a later line of the file, so what is
//! refused for a missing reference is sent again, pass by pass, until a pass registers nothing
//! new. Afterwards everything registered is sent once more, which must change nothing, and read
//! back, which must give the bytes that were sent.

mod evidence;
mod tally;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args as ClapArgs;
use evschema_api::ProblemCode;
use evschema_api::client::{Client, ClientError, Registered};
use evschema_model::{Coordinates, Dialects, Draft, Subject, Version};
use evschema_registry::Config;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::TaskResult;
use crate::running::{Database, Running};
use evidence::Evidence;
use tally::{Row, Tally};

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Folder with a `schemas.jsonl`: one `{subject, version, schema}` a line.
    #[arg(long)]
    events: PathBuf,

    /// Lets an unknown `$schema` mean a draft, as `URI=draft-04`; may be given several times.
    #[arg(long, value_name = "URI=DRAFT", value_parser = dialect)]
    dialect: Vec<(String, Draft)>,

    /// The databases to run on.
    #[arg(long, value_enum, default_values = ["sqlite", "postgres"])]
    database: Vec<Database>,

    /// Prints a row for each registration, and one for each database, for a machine.
    #[arg(long)]
    json: bool,
}

/// One line of `schemas.jsonl`.
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
    let mut dialects = Dialects::default();
    for (uri, draft) in &args.dialect {
        dialects.map(uri, *draft);
    }
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

/// Sends a version once more and reads it back.
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

fn dialect(text: &str) -> Result<(String, Draft), String> {
    let (uri, draft) = text.rsplit_once('=').ok_or("write URI=DRAFT")?;
    Ok((uri.to_owned(), Draft::parse(draft).map_err(|error| error.to_string())?))
}
