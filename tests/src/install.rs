use std::process::{Command, Stdio};

use crate::program::{Missing, find_program};

/// Installs the missing programs through apt, if this process runs as root.
///
/// `find_missing` returns the programs that are missing. The function calls it again after the installation.
///
/// # Errors
///
/// If a program is still missing. The message contains the command that installs the program.
#[expect(clippy::print_stdout, reason = "a developer must see that packages are installed")]
pub fn install_missing(find_missing: &dyn Fn() -> Vec<Missing>) -> Result<(), String> {
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
