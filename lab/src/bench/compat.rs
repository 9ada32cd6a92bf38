//! Measures the compatibility engine.
//!
//! On real pairs, the benchmark compares the engine with the prover of the `jsonschema` crate. The benchmark also
//! measures generated documents that differ in one place. For such documents, the time should depend on the difference,
//! and not on the size.

mod real;
mod shapes;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args as ClapArgs;

use super::Common;
use crate::task_result::TaskResult;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    /// The file with real pairs, in the format of `evaluate containment`. Without it, the benchmark uses only
    /// generated documents.
    #[arg(long)]
    pairs: Option<PathBuf>,
    /// Measures only the corpora whose names have this prefix.
    #[arg(long, default_value = "rw-")]
    corpus: String,
    /// `URI=DRAFT`: the draft of an unknown `$schema` URI. You can repeat this option.
    #[arg(long, value_name = "URI=DRAFT")]
    dialect: Vec<String>,
}

/// Runs the command. The bars apply to a release build on a machine without other work.
#[expect(clippy::print_stdout, reason = "the rows are the output of the command")]
pub(crate) fn run(args: Args) -> TaskResult {
    let json = args.common.json;
    let mut missed = shapes::run(json)? + shapes::versions(json)?;
    if let Some(pairs) = &args.pairs {
        missed += real::run(pairs, &args.corpus, &args.dialect, json)?;
    }
    if !json && 0 < missed {
        println!("{missed} bars missed");
    }
    Ok(if args.common.check && 0 < missed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
