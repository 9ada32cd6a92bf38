//! Checks the answers of the parts on real-world data.
//!
//! With `--json`, each command prints JSON lines. A command exits with code 0 only if it finds no wrong answer.

use clap::Subcommand;

use crate::task_result::TaskResult;

mod bumps;
mod codegen;
mod containment;
mod content;
mod registry;
mod source_compat;
mod suite;

/// The evaluations.
#[derive(Debug, Subcommand)]
pub(crate) enum Evaluate {
    /// Compares the answers of the engine with the known answers for pairs of schemas.
    Containment(containment::Args),
    /// Registers every version of real histories, and checks every response.
    Registry(registry::Args),
    /// Compares the version steps that authors declared with the required bumps.
    Bumps(bumps::Args),
    /// Validates real events with code that is generated from real schemas.
    Codegen(codegen::Args),
    /// Runs the official test suite of JSON Schema with generated code.
    Suite(suite::Args),
    /// Compiles clients of an old version with the generated code of the next version.
    SourceCompat(source_compat::Args),
}

/// Runs an evaluation.
pub(crate) fn run(evaluate: Evaluate) -> TaskResult {
    match evaluate {
        Evaluate::Containment(args) => containment::run(args),
        Evaluate::Registry(args) => registry::run(args),
        Evaluate::Bumps(args) => bumps::run(&args),
        Evaluate::Codegen(args) => codegen::run(&args),
        Evaluate::Suite(args) => suite::run(&args),
        Evaluate::SourceCompat(args) => source_compat::run(&args),
    }
}
