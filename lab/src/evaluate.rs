//! Judges the parts on real-world data. Each command prints rows for a machine with `--json`, and
//! exits 0 only when nothing it judges is wrong.

use clap::Subcommand;

use crate::Outcome;

mod bumps;
mod codegen;
mod containment;
mod content;
mod minors;
mod registry;
mod suite;

/// What to judge.
#[derive(Debug, Subcommand)]
pub(crate) enum Evaluate {
    /// Plain containment of pairs whose answer is known.
    Containment(containment::Args),
    /// A registry that is given every version of real histories.
    Registry(registry::Args),
    /// Version steps that authors declared, and the steps that the changes require.
    Bumps(bumps::Args),
    /// Code generated from real schemas, deciding real events.
    Codegen(codegen::Args),
    /// The official JSON Schema test suite, decided by generated code.
    Suite(suite::Args),
    /// Clients of an old version, compiled against a new minor.
    Minors(minors::Args),
}

/// Runs one of the commands.
pub(crate) fn run(evaluate: Evaluate) -> Outcome {
    match evaluate {
        Evaluate::Containment(args) => containment::run(args),
        Evaluate::Registry(args) => registry::run(args),
        Evaluate::Bumps(args) => bumps::run(&args),
        Evaluate::Codegen(args) => codegen::run(&args),
        Evaluate::Suite(args) => suite::run(&args),
        Evaluate::Minors(args) => minors::run(&args),
    }
}
