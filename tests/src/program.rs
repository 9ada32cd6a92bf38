use std::io;
use std::path::{Path, PathBuf};

/// The reason why a part of the harness does not work on this machine.
#[derive(Debug, thiserror::Error)]
pub enum HarnessError {
    /// A program is not installed.
    #[error(transparent)]
    Missing(#[from] Missing),
    /// A program could not be run.
    #[error("could not run `{program}`: {cause}")]
    Run {
        /// The program.
        program: String,
        /// The message of the system.
        cause: io::Error,
    },
    /// A program failed, or did not end.
    #[error("`{program}` {how}: {output}")]
    Failed {
        /// The program.
        program: String,
        /// The reason for the failure.
        how: String,
        /// The end of its output.
        output: String,
    },
}

/// A program that is not installed, and the package that contains it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{program}` is not installed; run `apt-get install {package}`, or your system's equal of it")]
pub struct Missing {
    /// The name of the program.
    pub program: &'static str,
    /// The Debian package.
    pub package: &'static str,
}

/// Finds a program by its name. Searches the `PATH` first, and the given folders after that.
pub fn find_program(name: &str, further: &[PathBuf]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path);
    on_path.chain(further.iter().cloned()).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Returns the end of a log, short enough for a message.
pub(crate) fn tail(log: &str) -> String {
    const LINES_MAX: usize = 20;
    let lines: Vec<&str> = log.trim().lines().collect();
    lines[lines.len().saturating_sub(LINES_MAX)..].join("\n")
}

/// Returns the end of a log file; an empty string if the file does not exist.
pub(crate) fn tail_of(file: &Path) -> String {
    std::fs::read(file).map(|bytes| tail(&String::from_utf8_lossy(&bytes))).unwrap_or_default()
}
