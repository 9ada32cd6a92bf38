//! The laboratory: benchmarks, evaluations on real data, and fuzz tests.
//!
//! `cargo lab --help` lists the commands. docs/measurements.md lists the measured figures.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod compiled_corpus;
mod corpus;
mod evaluate;
mod fuzz;
mod running;
mod scratch;
mod task_result;
mod thread_time;

/// The allocator of `evschema`, so that a benchmark measures the program that users run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Benchmarks, evaluations and fuzz tests of evschema.
#[derive(Debug, Parser)]
#[command(name = "cargo lab", bin_name = "cargo lab")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Measures the speed of the parts.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Checks the answers of the parts on real-world data.
    #[command(subcommand)]
    Evaluate(evaluate::Evaluate),
    /// Tests the parts with random and hostile inputs.
    #[command(subcommand)]
    Fuzz(fuzz::Fuzz),
}

#[expect(clippy::print_stderr, reason = "the only place that prints the error of a task")]
fn main() -> ExitCode {
    // Prints the log of a registry that runs in this process. The log is empty unless `RUST_LOG` is set.
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let result = match Arguments::parse().task {
        Task::Bench(bench) => bench::run(bench),
        Task::Evaluate(evaluate) => evaluate::run(evaluate),
        Task::Fuzz(fuzz) => fuzz::run(fuzz),
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
