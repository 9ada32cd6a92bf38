//! docs/cli.md, which the command prints itself.

use std::path::Path;

use evschema_tests::evschema;

use super::{Files, Generated};

/// Returns the reference.
pub(super) fn files(_root: &Path) -> Files {
    let output = evschema().arg("reference").output()?;
    if !output.status.success() {
        return Err(format!("`evschema reference` ends with {}", output.status).into());
    }
    Ok(vec![Generated { path: "docs/cli.md".into(), text: String::from_utf8(output.stdout)? }])
}
