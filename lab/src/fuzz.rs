//! Tries the parts on inputs that nobody wrote. A run says what it tried, keeps what went wrong in
//! files, and exits 0 only when nothing did.

use clap::Subcommand;

use crate::Outcome;

mod codegen;
mod compat;
pub(crate) mod content;
mod events;
mod requests;
mod schemas;

/// What to try.
#[derive(Debug, Subcommand)]
pub(crate) enum Fuzz {
    /// Generated types against the validator, on mutations of real events.
    Codegen(codegen::Args),
    /// The compatibility engine, on mutations of real schemas.
    Compat(compat::Args),
    /// The checks of generated code, on schemas and events that are made to cost much.
    Events(events::Args),
    /// A registry with little memory, on requests that are made to cost much.
    Requests(requests::Args),
    /// The generator, on mutations of real schemas with hostile texts in them.
    Schemas(schemas::Args),
}

/// Runs one of the commands.
pub(crate) fn run(fuzz: Fuzz) -> Outcome {
    match fuzz {
        Fuzz::Codegen(args) => codegen::run(&args),
        Fuzz::Compat(args) => compat::run(args),
        Fuzz::Events(args) => events::run(&args),
        Fuzz::Requests(args) => requests::run(&args),
        Fuzz::Schemas(args) => schemas::run(&args),
    }
}
