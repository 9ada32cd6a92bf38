//! Paths of files in a tree, which have the form `<subject>/<version>.json`.

use std::path::Path;

use evschema_model::{Coordinates, Subject, Version};

/// Returns the subject and version in the path of a schema; `None` if the path has another form.
pub(crate) fn coordinates(path: &Path) -> Option<Coordinates> {
    let subject = Subject::parse(path.parent()?.file_name()?.to_str()?).ok()?;
    let version = Version::parse(path.file_name()?.to_str()?.strip_suffix(".json")?).ok()?;
    Some(Coordinates { subject, version })
}

/// Returns a path as messages show it: relative to the current folder, if the path is inside this folder.
pub(crate) fn display_path(path: &Path) -> String {
    let current = std::env::current_dir().and_then(|current| current.canonicalize());
    let relative = current.as_ref().ok().and_then(|current| path.strip_prefix(current).ok());
    relative.unwrap_or(path).display().to_string()
}
