//! Generates the structs of the registry's own events from `schemas/evschema.*`.

use std::path::{Path, PathBuf};

use evschema_codegen::{Options, generate, read_tree};
use evschema_model::Dialects;

use super::generated::{Files, Generated};

/// The folder of the generated module.
const FOLDER: &str = "registry/src/feed/generated";

/// Returns the generated code for the newest version of each event of the registry.
pub(super) fn files(root: &Path) -> Files {
    let schemas = root.join("schemas");
    let tree = read_tree(&[schemas.as_path()], &Dialects::default())?;
    let mut newest = Vec::new();
    for subject in tree.catalog.subjects().filter(|subject| subject.as_str().starts_with("evschema.")) {
        newest.extend(tree.catalog.versions(subject).next_back().map(|schema| schema.at().clone()));
    }
    let generated = generate(&tree.catalog, &newest, &Options::default())?;
    // In this project, a module is beside its folder: `generated.rs`, not `generated/mod.rs`.
    let path_of = |path: &str| match path {
        "mod.rs" => PathBuf::from(FOLDER).with_extension("rs"),
        other => PathBuf::from(FOLDER).join(other),
    };
    Ok(generated.into_iter().map(|file| Generated { path: path_of(&file.path), text: file.text }).collect())
}
