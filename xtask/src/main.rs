//! Project tasks: the tests and lints of continuous integration, and the generated files of the repository.
//!
//! `cargo lab` runs the benchmarks, evaluations and fuzz tests.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod patterns;
mod regenerate;
mod schemathesis;
mod step;
mod task_result;
mod test;

/// Tasks of the evschema project.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Runs all tests and lints of continuous integration.
    Test(test::Args),
    /// Tests the registry against its OpenAPI document with Schemathesis.
    Schemathesis(schemathesis::Args),
    /// Writes the generated files of the repository, or checks that they are current.
    Regenerate(regenerate::Args),
    /// Runs patterns of event-driven systems on real servers, and prints an account of each.
    Patterns(patterns::Args),
}

#[expect(clippy::print_stderr, reason = "the only place that prints the error of a task")]
fn main() -> ExitCode {
    // The log of the registry that Schemathesis tests. It is empty unless `RUST_LOG` is set.
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let result = match Arguments::parse().task {
        Task::Test(args) => test::run(&args),
        Task::Schemathesis(args) => schemathesis::run(&args),
        Task::Regenerate(args) => regenerate::run(&args),
        Task::Patterns(args) => patterns::run(&args),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::from(101)
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_options_of_all_commands_are_consistent() {
        super::Arguments::command().debug_assert();
    }
}
