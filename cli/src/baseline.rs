//! What a tree is held against: the versions that are published already.

mod directory;
mod git;
mod remote;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use evschema_codegen::Tree;
use evschema_compat::Standing;
use evschema_model::{Catalog, Coordinates, Subject, Version};

use crate::failure::Failure;
use crate::finding::Finding;
use crate::gate::PublishedPolicy;
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
    /// How its yanked versions count in a comparison.
    pub(crate) yanked: BTreeMap<Coordinates, Standing>,
    /// Versions that were published and are not in the tree.
    pub(crate) removed: Vec<Coordinates>,
    /// Versions that the baseline and the tree added apart from each other, with different content.
    pub(crate) taken: BTreeSet<Coordinates>,
}

/// A baseline whose policy is known and whose versions are not read yet.
pub(crate) struct Opened {
    place: OpenedPlace,
    policy: PublishedPolicy,
}

enum OpenedPlace {
    Registry(Box<remote::Views>),
    Git(Box<git::Commit>),
    Directory(directory::Folder),
}

impl Against {
    /// Finds the baseline of a project and reads its policy.
    pub(crate) fn open(
        &self,
        project: &Project,
        access: &RegistryAccess,
        terminal: &mut Terminal,
    ) -> Result<Opened, Failure> {
        Ok(match self {
            Self::Registry => {
                let (views, policy) = remote::open(project, access, terminal)?;
                Opened { place: OpenedPlace::Registry(Box::new(views)), policy }
            }
            Self::Git(reference) => {
                let (commit, policy) = git::open(reference, project, terminal)?;
                Opened { place: OpenedPlace::Git(Box::new(commit)), policy }
            }
            Self::Directory(folder) => {
                let (folder, policy) = directory::open(folder, project)?;
                Opened { place: OpenedPlace::Directory(folder), policy }
            }
        })
    }
}

impl Opened {
    /// Returns the baseline's policy.
    pub(crate) fn policy(&self) -> &PublishedPolicy {
        &self.policy
    }

    /// Reads the versions.
    pub(crate) fn load(
        &self,
        project: &Project,
        schemas: &Schemas,
        terminal: &mut Terminal,
    ) -> Result<Baseline, Failure> {
        let mut baseline = match &self.place {
            OpenedPlace::Registry(views) => remote::load(views, project, schemas, terminal)?,
            OpenedPlace::Git(commit) => git::load(commit, project, schemas, terminal)?,
            OpenedPlace::Directory(folder) => directory::load(folder, project, schemas, terminal)?,
        };
        for (subject, file) in &self.policy.subjects {
            baseline.yanked.extend(file.versions.keys().map(|version| {
                let at = Coordinates { subject: subject.clone(), version: version.clone() };
                (at, file.standing(version))
            }));
        }
        Ok(baseline)
    }
}

impl Baseline {
    /// Returns how a published version counts.
    pub(crate) fn standing(&self, at: &Coordinates) -> Standing {
        self.yanked.get(at).copied().unwrap_or(Standing::Current)
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
                let message = format!(
                    "`{file_name}` of {name} cannot be read; the check treats `{file_name}` of this tree as \
                     new"
                );
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
                .help("correct these files in the baseline, or compare with another baseline")
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
