//! Project tasks: what continuous integration runs, what measures, and what writes checked-in files.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod corpus;
mod evaluate;
mod fuzz;
mod judged;
mod machine;
mod regenerate;
mod running;
mod schemathesis;
mod scratch;
mod step;
mod test;

/// The one that `evschema` has, so that what is measured here is what people get.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Tasks of the evschema project.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Runs everything that continuous integration runs.
    Test(test::Args),
    /// Measures how fast the parts are.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Judges the parts on real-world data.
    #[command(subcommand)]
    Evaluate(evaluate::Evaluate),
    /// Tries the parts on inputs that nobody wrote.
    #[command(subcommand)]
    Fuzz(fuzz::Fuzz),
    /// Calls the registry as its OpenAPI document allows, and as it does not, with Schemathesis.
    Schemathesis(schemathesis::Args),
    /// Writes the checked-in files that are generated, or checks that they are current.
    Regenerate(regenerate::Args),
}

/// What a task ends with: an exit code, or why it could not be done.
type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

#[expect(clippy::print_stderr, reason = "the one place where a task's failure is shown")]
fn main() -> ExitCode {
    // Silent unless `RUST_LOG` asks: what a registry under evaluation has to say.
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let outcome = match Arguments::parse().task {
        Task::Test(args) => test::run(&args),
        Task::Bench(bench) => bench::run(bench),
        Task::Evaluate(evaluate) => evaluate::run(evaluate),
        Task::Fuzz(fuzz) => fuzz::run(fuzz),
        Task::Schemathesis(args) => schemathesis::run(&args),
        Task::Regenerate(args) => regenerate::run(&args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::from(101)
    })
}
