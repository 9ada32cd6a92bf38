//! Reads the data that Cargo and git have about the repository.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use evschema_tests::repository;
use serde_json::Value;

/// Returns the output of `cargo metadata`, with the dependencies for the platform of this machine.
pub(crate) fn metadata() -> &'static Value {
    static METADATA: OnceLock<Value> = OnceLock::new();
    METADATA.get_or_init(|| {
        let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        let arguments = ["metadata", "--format-version", "1", "--locked", "--filter-platform", &host];
        serde_json::from_str(&run("cargo", &arguments)).unwrap()
    })
}

/// Returns all packages: our packages, and their dependencies.
pub(crate) fn packages() -> &'static [Value] {
    metadata()["packages"].as_array().unwrap()
}

/// Returns our packages.
pub(crate) fn members() -> impl Iterator<Item = &'static Value> {
    packages().iter().filter(|package| package["source"].is_null())
}

/// Returns a string member of a package or dependency.
pub(crate) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("no `{name}` in {value}"))
}

/// Returns the names of a package's dependencies of one kind, including our own packages. `None` is the kind of normal
/// dependencies.
pub(crate) fn dependencies(package: &Value, kind: Option<&str>) -> BTreeSet<String> {
    let all = package["dependencies"].as_array().unwrap();
    all.iter().filter(|d| d["kind"].as_str() == kind).map(|d| text(d, "name").to_owned()).collect()
}

/// Returns the files that are in the repository, or that git would add to it. Paths are relative to the root of the
/// repository.
pub(crate) fn files() -> Vec<PathBuf> {
    let listed = run("git", &["ls-files", "--cached", "--others", "--exclude-standard"]);
    listed.lines().map(PathBuf::from).filter(|path| repository().join(path).is_file()).collect()
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(repository()).output().unwrap();
    assert!(output.status.success(), "`{program}`: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
