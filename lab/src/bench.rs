//! Measures how fast the parts are. Absolute times mean little on a shared machine: a figure is
//! the median of several runs, and a bar is stated where it can be missed.

use clap::{Args as ClapArgs, Subcommand};

use crate::Outcome;

mod codegen;
mod compat;
mod registry;

/// What to measure.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Generated types against plain serde, on real events.
    Codegen(codegen::Args),
    /// The compatibility engine, on pairs of real schemas.
    Compat(compat::Args),
    /// The registry: reads beside a bare handler, writes beside pgbench, or a large inventory.
    Registry(registry::Args),
}

/// Options that every measurement has.
#[derive(Debug, Clone, Copy, ClapArgs)]
pub(crate) struct Common {
    /// Prints rows for a machine.
    #[arg(long)]
    pub(crate) json: bool,
    /// Exits 1 when a stated bar is missed.
    #[arg(long)]
    pub(crate) check: bool,
}

/// Runs one of the measurements.
pub(crate) fn run(bench: Bench) -> Outcome {
    match bench {
        Bench::Codegen(args) => codegen::run(&args),
        Bench::Compat(args) => compat::run(args),
        Bench::Registry(args) => registry::run(&args),
    }
}
