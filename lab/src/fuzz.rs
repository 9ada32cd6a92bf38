//! Tests the parts with random and hostile inputs.
//!
//! A command prints the number of its inputs, and writes each input with a wrong result to a file. The command exits
//! with code 0 only if every result is right.

use clap::Subcommand;

use crate::task_result::TaskResult;

mod codegen;
mod compat;
pub(crate) mod content;
mod events;
mod requests;
mod schemas;

/// The fuzz tests.
#[derive(Debug, Subcommand)]
pub(crate) enum Fuzz {
    /// Compares generated types with the validator, on mutated real events.
    Codegen(codegen::Args),
    /// Tests the compatibility engine with mutated real schemas, or with generated pairs.
    Compat(compat::Args),
    /// Measures the checks of generated code on expensive schemas and events.
    Events(events::Args),
    /// Sends expensive requests to a registry with little memory.
    Requests(requests::Args),
    /// Tests the generator with mutated real schemas that contain hostile strings.
    Schemas(schemas::Args),
}

/// Runs a fuzz test.
pub(crate) fn run(fuzz: Fuzz) -> TaskResult {
    match fuzz {
        Fuzz::Codegen(args) => codegen::run(&args),
        Fuzz::Compat(args) => compat::run(args),
        Fuzz::Events(args) => events::run(&args),
        Fuzz::Requests(args) => requests::run(&args),
        Fuzz::Schemas(args) => schemas::run(&args),
    }
}
