use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::data::repository;

/// Returns a command that runs the built `evschema`, without environment variables that change its behaviour.
///
/// # Panics
///
/// If the program does not compile.
pub fn evschema() -> Command {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    command(PROGRAM.get_or_init(|| build("evschema")))
}

/// Returns a command that runs the built `evschema-patterns`.
///
/// # Panics
///
/// If the program does not compile.
pub fn patterns() -> Command {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    command(PROGRAM.get_or_init(|| build("evschema-patterns")))
}

fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("EVSCHEMA_") {
            command.env_remove(name);
        }
    }
    for name in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "CLICOLOR_FORCE", "RUST_LOG"] {
        command.env_remove(name);
    }
    command.env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// Builds a program in the target folder of the running test. Cargo does not give the path of the program to the
/// tests of another package, and the program may not exist yet.
#[expect(clippy::expect_used, reason = "in a test, a program that does not compile is a failure to report")]
fn build(program: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a process has a program");
    // The path of a test is target/<profile>/deps/<test>.
    let folder = test.ancestors().nth(2).expect("a test is two folders below its target folder");
    let release = folder.file_name().is_some_and(|name| name == "release");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // Builds the whole workspace. In this way, Cargo uses the same features as for the test, and compiles no crate
    // twice.
    command.args(["build", "--quiet", "--workspace", "--bin", program]).current_dir(repository());
    command.args(["--profile", if release { "release" } else { "test" }]);
    let status = command.status().expect("cargo runs");
    assert!(status.success(), "`cargo build --bin {program}` {status}");
    folder.join(program)
}
