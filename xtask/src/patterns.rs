//! Runs patterns of event-driven systems on real servers.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use clap::Args as ClapArgs;

use crate::task_result::TaskResult;

/// Options of the command.
#[derive(Debug, ClapArgs)]
#[command(disable_help_flag = true)]
pub(crate) struct Args {
    /// The name of a pattern and its options, such as `orders --kill`. `--help` lists them.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds and runs the program of the package `evschema-patterns`.
pub(crate) fn run(args: &Args) -> TaskResult {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.args(["run", "--quiet", "--profile", "test", "--package", "evschema-patterns", "--"]);
    let status = command.args(&args.arguments).current_dir(evschema_tests::repository()).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
