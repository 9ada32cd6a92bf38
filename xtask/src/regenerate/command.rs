//! Generates docs/cli.md and docs/rules.md, which `evschema reference` prints.

use std::path::Path;
use std::process::Command;

use super::generated::{Files, Generated};

/// Returns the pages of the reference.
pub(super) fn files(root: &Path) -> Files {
    ["cli", "rules"].into_iter().map(|page| file(root, page)).collect()
}

fn file(root: &Path, page: &str) -> Result<Generated, Box<dyn std::error::Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // `cargo xtask test` has already built the command with this profile.
    let run = ["run", "--quiet", "--locked", "--profile=test", "--package=evschema", "--", "reference", page];
    let output = Command::new(cargo).args(run).current_dir(root).output()?;
    if !output.status.success() {
        return Err(
            format!("`evschema reference {page}`: {}", String::from_utf8_lossy(&output.stderr)).into()
        );
    }
    Ok(Generated { path: format!("docs/{page}.md").into(), text: String::from_utf8(output.stdout)? })
}
