//! The registry: what a read costs beside a bare handler, a registration beside the database's own
//! benchmark, both as the inventory grows, and both beside another registry.

mod bare;
mod fill;
mod inventory;
mod latency;
mod peer;
mod process;
mod processor;
mod queries;
mod reads;
mod scale;
mod writes;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args as ClapArgs;
use serde_json::Value;

use super::Common;
use crate::Outcome;
use crate::running::Database;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    /// Measures registrations alone.
    #[arg(long, conflicts_with = "scale")]
    writes: bool,
    /// Measures registering and reading by id beside a registry that runs at this URL and speaks Confluent's API
    /// (`POST /subjects/{subject}/versions`, `GET /schemas/ids/{id}`), in turns. It fills the peer with subjects
    /// `load.…`. docs/adr/0029 has what was found, and how to start one.
    #[arg(long, value_name = "URL", conflicts_with_all = ["scale", "writes"])]
    peer: Option<String>,
    /// Fills a registry with as many subjects and versions as follow, and measures it.
    #[arg(long)]
    scale: bool,
    /// Measures the inventory that such a run has filled this database with, instead of filling one.
    #[arg(long, value_name = "URL", requires = "scale")]
    filled: Option<String>,
    /// Subjects of a large inventory.
    #[arg(long, default_value_t = 10_000)]
    subjects: usize,
    /// Versions of each subject.
    #[arg(long, default_value_t = 10)]
    versions: usize,
    /// Versions of one subject more, whose line is long.
    #[arg(long, default_value_t = 300)]
    line: usize,
    /// The databases to run on.
    #[arg(long, value_enum, default_values = ["sqlite", "postgres"])]
    database: Vec<Database>,
    /// Folder with folders of real event schemas, from which the inventory is made.
    #[arg(long, default_value = "../shared/corpora/events")]
    events: PathBuf,
    /// Serves a database; how the measurements start a registry in a process of its own.
    #[arg(long, value_name = "URL", hide = true)]
    serve: Option<String>,
    /// Serves the one answer that it reads, by the framework alone.
    #[arg(long, hide = true)]
    serve_bare: bool,
}

/// Runs the command; the bars are for a release build on a quiet machine.
pub(crate) fn run(args: &Args) -> Outcome {
    if let Some(database) = &args.serve {
        return process::serve(database).map(|()| ExitCode::SUCCESS);
    }
    if args.serve_bare {
        return bare::serve().map(|()| ExitCode::SUCCESS);
    }
    crate::machine::prepare_bench()?;
    let missed = match &args.peer {
        Some(url) => peer::run(args, url)?,
        None if args.scale => scale::run(args)?,
        None if args.writes => writes::run(args)?,
        None => reads::run(args)? + writes::run(args)?,
    };
    Ok(if args.common.check && 0 < missed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Prints a row: as it is for a machine, its members in one line for people.
fn say(args: &Args, row: &Value) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if args.common.json {
        return writeln!(out, "{row}");
    }
    let Some(members) = row.as_object() else { return Ok(()) };
    let shown = |(name, value): (&String, &Value)| match value {
        Value::Number(number) if number.is_f64() => {
            format!("{name} {:.2}", number.as_f64().unwrap_or_default())
        }
        Value::String(text) => text.clone(),
        Value::Object(of) if of.is_empty() => String::new(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            format!("{name} {value}")
        }
    };
    let line: Vec<String> = members.iter().map(shown).filter(|text| !text.is_empty()).collect();
    writeln!(out, "{}", line.join("  "))
}
