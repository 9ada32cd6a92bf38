use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::repository;

/// Returns a command that runs the built `evschema`, without anything of the caller's environment
/// that would change what it does.
///
/// # Panics
///
/// When the program does not compile.
pub fn evschema() -> Command {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let mut command = Command::new(PROGRAM.get_or_init(build));
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

/// Builds the program beside the test that is running; a test of another package gets no path to
/// it from Cargo, and may run before anything else built it.
#[expect(clippy::expect_used, reason = "in a test, a program that does not compile is a failure to report")]
fn build() -> PathBuf {
    let test = std::env::current_exe().expect("a process has a program");
    // target/<profile>/deps/<test>
    let folder = test.ancestors().nth(2).expect("a test is two folders below its target folder");
    let release = folder.file_name().is_some_and(|name| name == "release");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // The whole workspace, so that features are those of the test's own build and nothing is
    // compiled twice.
    command.args(["build", "--quiet", "--workspace", "--bin", "evschema"]).current_dir(repository());
    if release {
        command.arg("--release");
    }
    let status = command.status().expect("cargo runs");
    assert!(status.success(), "`cargo build --bin evschema` {status}");
    folder.join("evschema")
}
