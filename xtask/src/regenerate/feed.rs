//! Generates the structs of the events of this project from `schemas/evschema.*`: those of the registry's feed, and the
//! dead letter of the crate `evschema-events`.

use std::path::{Path, PathBuf};

use evschema_codegen::{Options, generate, read_tree};
use evschema_model::Dialects;

use super::generated::{Files, Generated};

/// The start of the names of the events that consumers publish.
const OF_CONSUMERS: &str = "evschema.event.";

/// Returns the generated code for the newest version of each event of the registry.
pub(super) fn files(root: &Path) -> Files {
    let is_of_registry =
        |subject: &str| subject.starts_with("evschema.") && !subject.starts_with(OF_CONSUMERS);
    files_in(root, "registry/src/feed/generated", &is_of_registry)
}

/// Returns the generated code for the newest version of each event that consumers publish.
pub(super) fn files_of_consumers(root: &Path) -> Files {
    files_in(root, "events/src/generated", &|subject| subject.starts_with(OF_CONSUMERS))
}

/// Returns the generated code in a folder, for the newest versions of the selected subjects.
fn files_in(root: &Path, folder: &str, is_selected: &dyn Fn(&str) -> bool) -> Files {
    let schemas = root.join("schemas");
    let tree = read_tree(&[schemas.as_path()], &Dialects::default())?;
    let mut newest = Vec::new();
    for subject in tree.catalog.subjects().filter(|subject| is_selected(subject.as_str())) {
        newest.extend(tree.catalog.versions(subject).next_back().map(|schema| schema.at().clone()));
    }
    let generated = generate(&tree.catalog, &newest, &Options::default())?;
    // In this project, a module is beside its folder: `generated.rs`, not `generated/mod.rs`.
    let path_of = |path: &str| match path {
        "mod.rs" => PathBuf::from(folder).with_extension("rs"),
        other => PathBuf::from(folder).join(other),
    };
    Ok(generated.into_iter().map(|file| Generated { path: path_of(&file.path), text: file.text }).collect())
}
