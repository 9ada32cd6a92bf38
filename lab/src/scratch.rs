//! A scratch workspace: a separate Cargo workspace that a command of the laboratory writes and builds.
//!
//! The workspace stays in the target folder, and a command only writes files whose content has changed. So Cargo builds
//! only the changes. This repository does not depend on the dependencies of a scratch workspace.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::{fs, io};

use evschema_tests::repository;

/// A scratch workspace.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: PathBuf,
    /// The version of all packages. It differs from workspace to workspace, because all workspaces share a target
    /// folder. In this folder, Cargo distinguishes packages only by name, version and position in the workspace.
    version: String,
    written: BTreeSet<PathBuf>,
}

/// An error of the compiler.
#[derive(Debug, Clone)]
pub(crate) struct BuildError {
    /// The file, relative to the workspace. It is empty if the error belongs to no file.
    pub(crate) file: String,
    pub(crate) message: String,
}

/// The kind of build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// Without optimization.
    Dev,
    /// With optimization, for benchmarks and long runs.
    Release,
    /// A check only, which creates no program.
    Check,
}

impl Scratch {
    /// Returns the workspace with this name.
    ///
    /// # Errors
    ///
    /// If its folder cannot be created.
    pub(crate) fn new(name: &str) -> io::Result<Self> {
        let folder = repository().join("target/scratch").join(name);
        fs::create_dir_all(&folder)?;
        let print =
            name.bytes().fold(0u32, |print, byte| print.wrapping_mul(31).wrapping_add(u32::from(byte)));
        Ok(Self { folder, version: format!("0.0.{print}"), written: BTreeSet::new() })
    }

    /// Writes a file, if its content has changed. In a manifest, this function replaces the version `0.0.0` by the
    /// version of this workspace.
    ///
    /// # Errors
    ///
    /// If the file system reports an error.
    pub(crate) fn write(&mut self, path: &str, text: &str) -> io::Result<()> {
        let path = self.folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let is_manifest = path.file_name().is_some_and(|name| name == "Cargo.toml");
        let text = if is_manifest {
            text.replace("\"0.0.0\"", &format!("{:?}", self.version))
        } else {
            text.to_owned()
        };
        if fs::read_to_string(&path).ok().as_deref() != Some(&*text) {
            fs::write(&path, text)?;
        }
        self.written.insert(path);
        Ok(())
    }

    /// Copies this repository's Cargo.lock, so that both workspaces use the same versions.
    ///
    /// # Errors
    ///
    /// If the file cannot be copied.
    pub(crate) fn lock(&self) -> io::Result<()> {
        let lock = self.folder.join("Cargo.lock");
        if !lock.exists() {
            fs::copy(repository().join("Cargo.lock"), lock)?;
        }
        Ok(())
    }

    /// Removes the source files of earlier runs that this run did not write.
    ///
    /// # Errors
    ///
    /// If the file system reports an error.
    pub(crate) fn sweep(&self) -> io::Result<()> {
        let mut open = vec![self.folder.clone()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    if path.file_name().is_none_or(|name| name != "target") {
                        open.push(path);
                    }
                } else if path.extension().is_some_and(|end| end == "rs") && !self.written.contains(&path) {
                    fs::remove_file(path)?;
                }
            }
        }
        Ok(())
    }

    /// Returns a Cargo command for this workspace. All scratch workspaces share one target folder.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.target())
            .env_remove("RUSTFLAGS");
        cargo
    }

    fn target(&self) -> PathBuf {
        repository().join("target/scratch/target")
    }

    /// Builds the workspace, and returns the path of this program, or the errors of the compiler.
    ///
    /// # Errors
    ///
    /// If Cargo cannot be started.
    pub(crate) fn build(&self, program: &str, build: Build) -> io::Result<Result<PathBuf, Vec<BuildError>>> {
        let (flags, folder): (&[&str], _) = match build {
            Build::Dev => (&["build"], "debug"),
            Build::Release => (&["build", "--release"], "release"),
            Build::Check => (&["check"], "debug"),
        };
        let arguments: Vec<&str> = flags
            .iter()
            .copied()
            .chain(["--workspace", "--keep-going", "--message-format=short", "-q"])
            .collect();
        let output = self.cargo(&arguments).output()?;
        if output.status.success() {
            return Ok(Ok(self.target().join(folder).join(program)));
        }
        let printed = String::from_utf8_lossy(&output.stderr);
        let mut errors: Vec<BuildError> = printed.lines().filter_map(error_of_line).collect();
        if errors.iter().all(|error| error.file.is_empty()) {
            let tail: Vec<&str> = printed.lines().take(40).collect();
            errors = vec![BuildError { file: String::new(), message: tail.join("\n") }];
        }
        Ok(Err(errors))
    }
}

/// Parses a line such as `events0/src/events/x.rs:3:5: error[E0425]: …`.
fn error_of_line(line: &str) -> Option<BuildError> {
    let (place, message) = line.split_once(": error")?;
    let file = place.split(':').next().filter(|file| file.ends_with(".rs")).unwrap_or_default();
    Some(BuildError { file: file.to_owned(), message: format!("error{message}") })
}

/// Returns a dependency on a crate of this repository, as a line of a manifest.
pub(crate) fn ours(name: &str, folder: &str) -> String {
    format!("{name} = {{ path = {:?} }}\n", repository().join(folder))
}

/// Returns the dependency on the runtime, with all features that generated code can need.
pub(crate) fn runtime() -> String {
    format!("evschema-runtime = {{ path = {:?}, features = [\"idn\"] }}\n", repository().join("runtime"))
}
