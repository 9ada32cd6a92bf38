//! The description of the registry's HTTP interface, from its handlers.

use std::path::{Path, PathBuf};

use super::{Files, Generated};

/// Returns the OpenAPI document as the registry serves it.
pub(super) fn files(_: &Path) -> Files {
    let text = format!("{}\n", evschema_registry::openapi());
    Ok(vec![Generated { path: PathBuf::from("docs/openapi.json"), text }])
}
