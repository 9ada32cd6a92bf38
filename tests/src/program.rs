use std::io;
use std::path::{Path, PathBuf};

/// Why a part of the harness cannot work on this machine.
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
        /// What the system said.
        cause: io::Error,
    },
    /// A program ended badly, or not at all.
    #[error("`{program}` {how}: {output}")]
    Failed {
        /// The program.
        program: String,
        /// In which way.
        how: String,
        /// The end of what it printed.
        output: String,
    },
}

/// A program that is not installed, and what installs it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{program}` is not installed; run `apt-get install {package}`, or your system's equal of it")]
pub struct Missing {
    /// The program that was looked for.
    pub program: &'static str,
    /// The Debian package that has it.
    pub package: &'static str,
}

/// Finds a program by name on the `PATH`, then in these further folders.
pub fn find_program(name: &str, further: &[PathBuf]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path);
    on_path.chain(further.iter().cloned()).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Returns the end of a log that a message can hold.
pub(crate) fn tail(log: &str) -> String {
    const LINES_MAX: usize = 20;
    let lines: Vec<&str> = log.trim().lines().collect();
    lines[lines.len().saturating_sub(LINES_MAX)..].join("\n")
}

/// Returns the end of a log file, or nothing when there is none.
pub(crate) fn tail_of(file: &Path) -> String {
    std::fs::read(file).map(|bytes| tail(&String::from_utf8_lossy(&bytes))).unwrap_or_default()
}
