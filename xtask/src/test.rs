//! All tests and lints of continuous integration. The quickest checks are first.

use std::process::ExitCode;

use clap::Args as ClapArgs;
use evschema_tests::{Browser, Missing, Postgres, install_missing};

use crate::step::Steps;
use crate::task_result::TaskResult;
use crate::{regenerate, schemathesis};

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Installs nothing. If a program is missing, the tests that need it fail and name its package.
    #[arg(long)]
    no_install: bool,
}

/// The arguments of `cargo` to lint the command without the server, and the runtime without its optional features.
const LINT_LEAST_FEATURES: &[&str] = &[
    "clippy",
    "--locked",
    "--no-default-features",
    "--package=evschema",
    "--package=evschema-runtime",
    "--",
    "--deny=warnings",
];

/// The arguments of `cargo` to run the only test that needs the command with the feature `otlp`.
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
pub(crate) fn run(args: &Args) -> TaskResult {
    let mut steps = Steps::default();
    if !args.no_install {
        steps.run("machine", "Postgres and Chromium are there", |_| install_missing(&find_missing));
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
    // This step comes after the other tests, because it replaces the binary of the command that those tests run.
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

/// Returns the programs that the tests need and that are not installed.
fn find_missing() -> Vec<Missing> {
    [Postgres::find_missing(), Browser::find().err()].into_iter().flatten().collect()
}
