//! The baseline of a check: the versions that are already published in a registry, a git commit or a folder.

mod directory;
mod git;
mod remote;
mod versions;

use std::path::PathBuf;
use std::str::FromStr;

use evschema_model::Coordinates;

use crate::failure::Failure;
use crate::policy_gate::PublishedPolicy;
use crate::project::{Project, Schemas};
use crate::registry_access::RegistryAccess;
use crate::terminal::Terminal;
pub(crate) use versions::Baseline;

/// The location of the published versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Against {
    /// In the registry.
    Registry,
    /// In the tree of a git commit.
    Git(String),
    /// In another folder of the same layout.
    Directory(PathBuf),
}

/// A baseline whose location and policy are known. [`Opened::load`] reads its versions.
pub(crate) struct Opened {
    location: OpenedLocation,
    policy: PublishedPolicy,
}

enum OpenedLocation {
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
                Opened { location: OpenedLocation::Registry(Box::new(views)), policy }
            }
            Self::Git(reference) => {
                let (commit, policy) = git::open(reference, project, terminal)?;
                Opened { location: OpenedLocation::Git(Box::new(commit)), policy }
            }
            Self::Directory(folder) => {
                let (folder, policy) = directory::open(folder, project)?;
                Opened { location: OpenedLocation::Directory(folder), policy }
            }
        })
    }
}

impl Opened {
    /// Returns the policy of the baseline.
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
        let mut baseline = match &self.location {
            OpenedLocation::Registry(views) => remote::load(views, project, schemas, terminal)?,
            OpenedLocation::Git(commit) => git::load(commit, project, schemas, terminal)?,
            OpenedLocation::Directory(folder) => directory::load(folder, project, schemas, terminal)?,
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
