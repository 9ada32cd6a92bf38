//! Code generated from real schemas, compiled, deciding real events.

use clap::Args as ClapArgs;

use crate::Outcome;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Prints rows for a machine.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(args: Args) -> Outcome {
    let _ = args.json;
    Err("`evaluate codegen` is not built yet".into())
}
