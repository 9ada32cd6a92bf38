//! docs/cli.md, which the command prints itself.

use std::path::Path;
use std::process::Command;

use super::{Files, Generated};

/// Returns the reference.
pub(super) fn files(root: &Path) -> Files {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let run = ["run", "--quiet", "--locked", "--package=evschema", "--", "reference"];
    let output = Command::new(cargo).args(run).current_dir(root).output()?;
    if !output.status.success() {
        return Err(format!("`evschema reference`: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(vec![Generated { path: "docs/cli.md".into(), text: String::from_utf8(output.stdout)? }])
}
