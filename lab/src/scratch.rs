//! A Cargo workspace outside this one, written and built by a task.
//!
//! It lives in the target folder and stays there: what does not change is not written again, so that
//! Cargo builds only what is new. This workspace gains no dependency by what a scratch one needs.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::{fs, io};

use evschema_tests::repository;

/// A workspace being written.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: PathBuf,
    /// That of its packages. In a target folder that workspaces share, Cargo tells their packages apart by name, version
    /// and place in the workspace only, and would take what one has built for what another asks for.
    version: String,
    written: BTreeSet<PathBuf>,
}

/// One error of the compiler.
#[derive(Debug, Clone)]
pub(crate) struct BuildError {
    /// The file, relative to the workspace; empty when the error is of no file.
    pub(crate) file: String,
    pub(crate) message: String,
}

/// How a workspace is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// Unoptimised.
    Dev,
    /// Optimised, for what is measured or runs long.
    Release,
    /// Not built, only checked; there is no program then.
    Check,
}

impl Scratch {
    /// Returns the workspace of this name.
    ///
    /// # Errors
    ///
    /// When its folder cannot be made.
    pub(crate) fn new(name: &str) -> io::Result<Self> {
        let folder = repository().join("target/scratch").join(name);
        fs::create_dir_all(&folder)?;
        let print =
            name.bytes().fold(0u32, |print, byte| print.wrapping_mul(31).wrapping_add(u32::from(byte)));
        Ok(Self { folder, version: format!("0.0.{print}"), written: BTreeSet::new() })
    }

    /// Writes a file, if it does not say the same already; the packages of manifests get a version of this workspace's.
    ///
    /// # Errors
    ///
    /// When the file system refuses.
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

    /// Starts from the versions that this repository has locked, so that both build the same code.
    ///
    /// # Errors
    ///
    /// When the lock cannot be copied.
    pub(crate) fn lock(&self) -> io::Result<()> {
        let lock = self.folder.join("Cargo.lock");
        if !lock.exists() {
            fs::copy(repository().join("Cargo.lock"), lock)?;
        }
        Ok(())
    }

    /// Removes the sources that an earlier run wrote and this one did not.
    ///
    /// # Errors
    ///
    /// When the file system refuses.
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

    /// Returns the command of Cargo for this workspace; the target folder is shared by all scratch
    /// workspaces of a kind of build.
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

    /// Builds everything, and returns where the program of this name is, or what the compiler says.
    ///
    /// # Errors
    ///
    /// When Cargo cannot be run.
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
        let said = String::from_utf8_lossy(&output.stderr);
        let mut errors: Vec<BuildError> = said.lines().filter_map(error_of_line).collect();
        if errors.iter().all(|error| error.file.is_empty()) {
            let tail: Vec<&str> = said.lines().take(40).collect();
            errors = vec![BuildError { file: String::new(), message: tail.join("\n") }];
        }
        Ok(Err(errors))
    }
}

/// Reads a line such as `events0/src/events/x.rs:3:5: error[E0425]: …`.
fn error_of_line(line: &str) -> Option<BuildError> {
    let (place, message) = line.split_once(": error")?;
    let file = place.split(':').next().filter(|file| file.ends_with(".rs")).unwrap_or_default();
    Some(BuildError { file: file.to_owned(), message: format!("error{message}") })
}

/// Returns a dependency on a crate of this repository, as a line of a manifest.
pub(crate) fn ours(name: &str, folder: &str) -> String {
    format!("{name} = {{ path = {:?} }}\n", repository().join(folder))
}

/// Returns the dependency of generated code, with all that schemas may ask of it.
pub(crate) fn runtime() -> String {
    format!("evschema-runtime = {{ path = {:?}, features = [\"idn\"] }}\n", repository().join("runtime"))
}
