//! The example schemas of the repository, embedded by build.rs.

use std::path::PathBuf;

use evschema_codegen::read_files;
use evschema_model::{Dialects, Manifest};

use crate::failure::Failure;
use crate::project::Schemas;

/// The files. Each entry has the path below `schemas/`, and the text.
static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// The manifest of the repository, with the policies of the examples.
const MANIFEST: &str = include_str!("examples/evschema.toml");

/// Returns the manifest of the repository.
pub(crate) fn manifest() -> Result<Manifest, Failure> {
    Manifest::parse(MANIFEST).map_err(|error| Failure::new(error.message))
}

/// Returns the example schemas as the own schemas of a project.
pub(crate) fn schemas() -> Schemas {
    let root = PathBuf::from("schemas");
    let files = FILES.iter().map(|(path, text)| (root.join(path), text.as_bytes().to_vec()));
    Schemas::from_tree(read_files(files, &Dialects::default()), &root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_a_schema() {
        let schemas = schemas();
        assert!(schemas.problems.is_empty(), "{:?}", schemas.problems);
        assert!(!schemas.own.is_empty());
    }
}
