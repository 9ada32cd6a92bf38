//! The compatibility engine, on pairs of real schemas.

use clap::Args as ClapArgs;

use super::Common;
use crate::Outcome;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
}

/// Runs the command.
pub(crate) fn run(args: Args) -> Outcome {
    let _ = (args.common.json, args.common.check);
    Err("`bench compat` is not built yet".into())
}
