//! Generates docs/openapi.json from the handlers of the registry.

use std::path::{Path, PathBuf};

use super::generated::{Files, Generated};

/// Returns the OpenAPI document that the registry serves.
pub(super) fn files(_: &Path) -> Files {
    let text = format!("{}\n", evschema_registry::openapi());
    Ok(vec![Generated { path: PathBuf::from("docs/openapi.json"), text }])
}
