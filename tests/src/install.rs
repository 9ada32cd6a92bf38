//! Sees to it that the machine has the programs that the tests start.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use evschema_tests::{Browser, Missing, Postgres, find_program};

/// Installs what is missing, where this process may; says what to install where it may not.
pub(crate) fn prepare(_root: &Path) -> Result<(), String> {
    ensure(&tests_need)
}

/// As [`prepare`], for the measurements of the registry.
pub(crate) fn prepare_bench() -> Result<(), String> {
    ensure(&bench_needs)
}

#[expect(clippy::print_stdout, reason = "people watch what is installed")]
fn ensure(find_missing: &dyn Fn() -> Vec<Missing>) -> Result<(), String> {
    let missing = find_missing();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|one| one.package).collect();
    let by_hand = format!("apt-get update && apt-get install {}", packages.join(" "));
    let why = missing.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    if !is_root() || find_program("apt-get", &[]).is_none() {
        return Err(format!("{why}\nthis process may not install packages; as root: {by_hand}"));
    }
    println!("installing what is missing: {by_hand}");
    apt(&["update"])?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(&packages);
    apt(&arguments)?;
    let still = find_missing();
    if still.is_empty() { Ok(()) } else { Err(format!("still missing after `{by_hand}`: {still:?}")) }
}

fn tests_need() -> Vec<Missing> {
    [Postgres::find_missing(), Browser::find().err()].into_iter().flatten().collect()
}

fn bench_needs() -> Vec<Missing> {
    let lacks = |program, package, further: &[PathBuf]| match find_program(program, further) {
        Some(_) => None,
        None => Some(Missing { program, package }),
    };
    let wrk = lacks("wrk", "wrk", &[]);
    let pgbench = lacks("pgbench", "postgresql-contrib", &Postgres::version_folders());
    [Postgres::find_missing(), wrk, pgbench].into_iter().flatten().collect()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").stderr(Stdio::null()).output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn apt(arguments: &[&str]) -> Result<(), String> {
    let shown = format!("apt-get {}", arguments.join(" "));
    let output = Command::new("apt-get")
        .args(["--quiet=2"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .output()
        .map_err(|cause| format!("`{shown}` could not be run: {cause}"))?;
    if output.status.success() {
        return Ok(());
    }
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("`{shown}` ended with {}\n{}", output.status, printed.trim()))
}
