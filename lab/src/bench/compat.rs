//! The compatibility engine: on real pairs beside the library's prover, and on documents that
//! differ in one place, where cost should follow the difference, not the size.

mod real;
mod shapes;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args as ClapArgs;

use super::Common;
use crate::TaskResult;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    /// File of real pairs, as `evaluate containment` takes it; without one, the shapes alone.
    #[arg(long)]
    pairs: Option<PathBuf>,
    /// Measures only the corpora whose names begin so.
    #[arg(long, default_value = "rw-")]
    corpus: String,
    /// Takes this `$schema` URI for a draft, `URI=draft-04`; may be given several times.
    #[arg(long, value_name = "URI=DRAFT")]
    dialect: Vec<String>,
}

/// Runs the command; a release build on a quiet machine is what the bars are for.
pub(crate) fn run(args: Args) -> TaskResult {
    let json = args.common.json;
    let mut missed = shapes::run(json)? + shapes::versions(json)?;
    if let Some(pairs) = &args.pairs {
        missed += real::run(pairs, &args.corpus, &args.dialect, json)?;
    }
    Ok(if args.common.check && 0 < missed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
