//! Measures the registry, in three ways:
//!
//! - reads, compared with a bare handler that returns the same bytes
//! - registrations, compared with pgbench, the benchmark program of Postgres
//! - reads and registrations on a large inventory

mod bare;
mod fill;
mod inventory;
mod latency;
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
use crate::running::Database;
use crate::task_result::TaskResult;
use evschema_tests::{Missing, Postgres, find_program, install_missing};

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    /// Measures only registrations.
    #[arg(long, conflicts_with = "scale")]
    writes: bool,
    /// Fills a registry with many subjects and versions, and measures this registry.
    #[arg(long)]
    scale: bool,
    /// Measures a database that an earlier run with `--scale` filled.
    #[arg(long, value_name = "URL", requires = "scale")]
    filled: Option<String>,
    /// The number of subjects of a large inventory.
    #[arg(long, default_value_t = 10_000)]
    subjects: usize,
    /// The number of versions of each subject.
    #[arg(long, default_value_t = 10)]
    versions: usize,
    /// The number of versions of one further subject with a long line.
    #[arg(long, default_value_t = 300)]
    line: usize,
    /// The databases.
    #[arg(long, value_enum, default_values = ["sqlite", "postgres"])]
    database: Vec<Database>,
    /// The folder of the corpora. The inventory consists of their schemas.
    #[arg(long, default_value = "../shared/corpora/events")]
    events: PathBuf,
    /// Runs a registry on this database. The benchmark uses this option to start a registry in a separate process.
    #[arg(long, value_name = "URL", hide = true)]
    serve: Option<String>,
    /// Runs the bare handler. It returns the response that it reads from the standard input.
    #[arg(long, hide = true)]
    serve_bare: bool,
}

/// Runs the command. The bars apply to a release build on a machine without other work.
pub(crate) fn run(args: &Args) -> TaskResult {
    if let Some(database) = &args.serve {
        return process::serve(database).map(|()| ExitCode::SUCCESS);
    }
    if args.serve_bare {
        return bare::serve().map(|()| ExitCode::SUCCESS);
    }
    install_missing(&find_missing)?;
    let missed = if args.scale {
        scale::run(args)?
    } else if args.writes {
        writes::run(args)?
    } else {
        reads::run(args)? + writes::run(args)?
    };
    Ok(if args.common.check && 0 < missed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Returns the programs that the benchmark needs and that are not installed.
fn find_missing() -> Vec<Missing> {
    let find = |program, package, further: &[PathBuf]| match find_program(program, further) {
        Some(_) => None,
        None => Some(Missing { program, package }),
    };
    let wrk = find("wrk", "wrk", &[]);
    let pgbench = find("pgbench", "postgresql-contrib", &Postgres::version_folders());
    [Postgres::find_missing(), wrk, pgbench].into_iter().flatten().collect()
}

/// Prints a row: as JSON with `--json`, otherwise all its members in one line.
fn print_row(args: &Args, row: &Value) -> std::io::Result<()> {
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
