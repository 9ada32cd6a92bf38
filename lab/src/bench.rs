//! Measures the speed of the parts.
//!
//! Each figure is the median of several runs, because other work on the machine changes the time of a single run. A
//! figure can have a bar: the worst value that the project accepts. With `--check`, the command fails if a figure
//! misses its bar.

use clap::{Args as ClapArgs, Subcommand};

use crate::task_result::TaskResult;

mod codegen;
mod compat;
mod registry;

/// The benchmarks.
#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Compares generated types with plain serde types, on real events.
    Codegen(codegen::Args),
    /// Measures the compatibility engine on pairs of schemas.
    Compat(compat::Args),
    /// Measures the registry: reads, registrations, or a large inventory.
    Registry(registry::Args),
}

/// Options of every benchmark.
#[derive(Debug, Clone, Copy, ClapArgs)]
pub(crate) struct Common {
    /// Prints the rows as JSON lines.
    #[arg(long)]
    pub(crate) json: bool,
    /// Exits with code 1 if a figure misses its bar.
    #[arg(long)]
    pub(crate) check: bool,
}

/// Runs a benchmark.
pub(crate) fn run(bench: Bench) -> TaskResult {
    match bench {
        Bench::Codegen(args) => codegen::run(&args),
        Bench::Compat(args) => compat::run(args),
        Bench::Registry(args) => registry::run(&args),
    }
}
