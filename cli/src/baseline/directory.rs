use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use evschema_model::{Manifest, Subject};

use super::versions::Baseline;
use crate::failure::Failure;
use crate::policy_gate::PublishedPolicy;
use crate::project::{Project, Schemas, parse_manifest};
use crate::subject_file::SubjectFile;
use crate::terminal::Terminal;

/// A folder with a tree, such as a folder that `evschema pull` wrote.
pub(super) struct Folder {
    name: String,
    schemas: PathBuf,
}

const HELP: &str =
    "`--against dir:PATH` needs a folder with a manifest, or a folder with a subfolder for each subject";

/// Finds the schemas of a folder and their manifest.
pub(super) fn open(folder: &Path, project: &Project) -> Result<(Folder, PublishedPolicy), Failure> {
    if !folder.is_dir() {
        return Err(
            Failure::new(format!("the baseline folder `{}` does not exist", folder.display())).help(HELP)
        );
    }
    let name = format!("`{}`", folder.display());
    let (schemas, manifest) = match read_manifest(folder, project)? {
        Some(manifest) => (folder.join(&manifest.schemas), Some(manifest)),
        None => (folder.to_owned(), manifest_above(folder, project)?),
    };
    if !schemas.is_dir() {
        return Err(Failure::new(format!("the manifest in {name} names a folder that does not exist"))
            .help(format!("create `{}`, or correct `schemas` in the manifest", schemas.display())));
    }
    let mut subjects = BTreeMap::new();
    let entries = std::fs::read_dir(&schemas).map_err(|error| Failure::file("read", &schemas, &error))?;
    for entry in entries.flatten().filter(|entry| entry.path().is_dir()) {
        if let Some(subject) = entry.file_name().to_str().and_then(|name| Subject::parse(name).ok()) {
            subjects.insert(subject, SubjectFile::read(&entry.path())?);
        }
    }
    let policy = PublishedPolicy { name: name.clone(), manifest, subjects, ..PublishedPolicy::default() };
    Ok((Folder { name, schemas }, policy))
}

/// Reads the versions in the folder.
pub(super) fn load(
    folder: &Folder,
    project: &Project,
    schemas: &Schemas,
    terminal: &mut Terminal,
) -> Result<Baseline, Failure> {
    let own = folder.schemas.as_path();
    let vendor = project.vendor_folder();
    let mut roots = vec![own];
    // The schemas of the baseline usually refer to schemas in this project's vendor folder.
    if vendor.is_dir() {
        roots.push(&vendor);
    }
    let mut tree = project.read_tree(&roots)?;
    tree.files.retain(|file| file.path.starts_with(own));
    if tree.files.is_empty() {
        return Err(Failure::new(format!("{} has no schema", folder.name)).help(HELP));
    }
    let mut baseline = Baseline::from_tree(folder.name.clone(), tree, schemas, terminal)?;
    let gone = baseline.files.keys().filter(|at| schemas.source(at).is_none());
    baseline.removed = gone.cloned().collect();
    Ok(baseline)
}

/// Returns the manifest of a folder, if it has one.
fn read_manifest(folder: &Path, project: &Project) -> Result<Option<Manifest>, Failure> {
    let path = folder.join(&project.manifest_name);
    match std::fs::read_to_string(&path) {
        Ok(text) => parse_manifest(&text, &path.display().to_string()).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::file("read", &path, &error)),
    }
}

/// Returns the closest manifest above a folder, if this manifest names the folder as its schemas folder.
fn manifest_above(folder: &Path, project: &Project) -> Result<Option<Manifest>, Failure> {
    let Ok(folder) = folder.canonicalize() else { return Ok(None) };
    for above in folder.ancestors().skip(1) {
        if let Some(manifest) = read_manifest(above, project)? {
            let names_it = above.join(&manifest.schemas).canonicalize().is_ok_and(|named| named == folder);
            return Ok(names_it.then_some(manifest));
        }
    }
    Ok(None)
}
