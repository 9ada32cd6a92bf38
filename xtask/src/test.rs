//! Everything that continuous integration runs, in the order in which a mistake shows soonest.

use std::process::ExitCode;

use clap::Args as ClapArgs;

use crate::step::Steps;
use crate::{Outcome, machine, regenerate, schemathesis};

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Installs nothing; a test that needs what is missing fails and says what to install.
    #[arg(long)]
    no_install: bool,
}

/// The command without the server, and the runtime of a small consumer.
const LINT_LEAST_FEATURES: &[&str] = &[
    "clippy",
    "--locked",
    "--no-default-features",
    "--package=evschema",
    "--package=evschema-runtime",
    "--",
    "--deny=warnings",
];

/// The one test that needs the command built with the feature `otlp`.
const EXPORT_TRACES: &[&str] = &[
    "test",
    "--locked",
    "--package=evschema-tests",
    "--",
    "--ignored",
    "--exact",
    "registry::otlp::traces_reach_a_collector",
];

/// Runs the command.
pub(crate) fn run(args: &Args) -> Outcome {
    let mut steps = Steps::default();
    if !args.no_install {
        steps.run("machine", "Postgres and Chromium are there", machine::prepare);
    }
    steps.cargo("format", &["fmt", "--all", "--check"], &[]);
    steps.cargo(
        "lint",
        &["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"],
        &[],
    );
    steps.cargo("lint, least features", LINT_LEAST_FEATURES, &[]);
    steps.cargo(
        "unit and integration tests",
        &["test", "--workspace", "--all-targets", "--locked", "--no-fail-fast"],
        &[],
    );
    // The command with another feature takes the place of the one that the tests before it ran.
    steps.cargo("traces to a collector", EXPORT_TRACES, &[]);
    steps.run("OpenAPI document", "cargo xtask schemathesis", |_| schemathesis::check());
    steps.cargo("doc tests", &["test", "--workspace", "--doc", "--locked"], &[]);
    steps.cargo(
        "documentation",
        &["doc", "--workspace", "--no-deps", "--locked"],
        &[("RUSTDOCFLAGS", "--deny warnings")],
    );
    steps.run("generated files", "cargo xtask regenerate --check", |_| regenerate::check());
    steps.print_summary();
    Ok(if steps.all_passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
