//! What a tree is held against: the versions that are published already.

mod directory;
mod git;
mod remote;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use evschema_codegen::Tree;
use evschema_model::{Catalog, Coordinates, Subject, SubjectPolicy, Version};

use crate::failure::Failure;
use crate::finding::Finding;
use crate::project::{Project, Schemas};
use crate::registry_access::RegistryAccess;
use crate::terminal::Terminal;

/// Where the published versions are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Against {
    /// In the registry.
    Registry,
    /// In the tree of a git commit.
    Git(String),
    /// In another folder of the same layout.
    Directory(PathBuf),
}

/// The published versions.
#[derive(Debug, Default)]
pub(crate) struct Baseline {
    /// Its name for people, `main`.
    pub(crate) name: String,
    /// The versions.
    pub(crate) catalog: Catalog,
    /// Where each is, as people would name it.
    pub(crate) files: BTreeMap<Coordinates, String>,
    /// Versions that are nobody's baseline any more.
    pub(crate) yanked: BTreeSet<Coordinates>,
    /// What the registry holds its subjects to; empty for the others, where the manifest rules.
    pub(crate) policies: BTreeMap<Subject, SubjectPolicy>,
    /// Versions that were published and are not in the tree.
    pub(crate) removed: Vec<Coordinates>,
}

impl Baseline {
    /// Loads the baseline of a tree.
    pub(crate) fn load(
        against: &Against,
        project: &Project,
        schemas: &Schemas,
        access: &RegistryAccess,
        terminal: &mut Terminal,
    ) -> Result<Self, Failure> {
        match against {
            Against::Registry => remote::load(project, schemas, access, terminal),
            Against::Git(reference) => git::load(reference, project, schemas, terminal),
            Against::Directory(folder) => directory::load(folder, project, schemas, terminal),
        }
    }

    /// Takes what could be read of a tree.
    ///
    /// A published version that cannot be read is passed over when the tree at hand mends it;
    /// otherwise nothing can be said about its subject, and the check must not look complete.
    fn of_tree(
        name: String,
        tree: Tree,
        schemas: &Schemas,
        terminal: &mut Terminal,
    ) -> Result<Self, Failure> {
        let mut broken = Vec::new();
        for file in tree.files.iter().filter(|file| file.schema.is_none()) {
            let mended = coordinates(&file.path).is_some_and(|at| schemas.source(&at).is_some());
            let file_name = file.path.display().to_string();
            if mended {
                let message = format!("`{file_name}` of {name} cannot be read; the one here is taken as new");
                terminal.warn(&message, None);
            } else {
                let problems = tree.problems.iter().filter(|problem| problem.path == file.path);
                broken.extend(problems.map(|p| {
                    Finding::of_diagnostic(p.diagnostic.clone(), format!("{name}: {file_name}"), None)
                }));
            }
        }
        if !broken.is_empty() {
            return Err(Failure::new(format!("the baseline {name} has files that cannot be read"))
                .help("mend them there, or compare with another baseline")
                .places(broken));
        }
        let mut baseline = Self { name, catalog: tree.catalog, ..Self::default() };
        for file in tree.files {
            if let Some(schema) = file.schema {
                baseline.files.insert(schema.at().clone(), file.path.display().to_string());
            }
        }
        Ok(baseline)
    }
}

/// Returns the subject and version that a path of the layout names.
pub(crate) fn coordinates(path: &Path) -> Option<Coordinates> {
    let subject = Subject::parse(path.parent()?.file_name()?.to_str()?).ok()?;
    let version = Version::parse(path.file_name()?.to_str()?.strip_suffix(".json")?).ok()?;
    Some(Coordinates { subject, version })
}

impl FromStr for Against {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "registry" => Ok(Self::Registry),
            Some(("git", reference)) if !reference.is_empty() => Ok(Self::Git(reference.to_owned())),
            Some(("dir", folder)) if !folder.is_empty() => Ok(Self::Directory(folder.into())),
            Some(_) | None => Err("write `registry`, `git:main` or `dir:../published`".to_owned()),
        }
    }
}
