use std::collections::BTreeMap;

use evschema_compat::Standing;
use evschema_model::{ContentModel, Manifest, Mode, Subject, SubjectPolicy, Version};

use crate::project::policy_of;
use crate::subject_file::SubjectFile;

/// The policy of a baseline.
#[derive(Debug, Clone, Default)]
pub(crate) struct PublishedPolicy {
    /// The name of the baseline for messages, with backticks.
    pub(crate) name: String,
    /// The manifest. `None` if the baseline is a registry, or a folder that no manifest names.
    pub(crate) manifest: Option<Manifest>,
    /// Whether the baseline is a registry.
    pub(crate) is_registry: bool,
    /// The subjects, each with its `subject.toml`.
    pub(crate) subjects: BTreeMap<Subject, SubjectFile>,
    /// The policy of the commit at which the branch started, if this commit is not the baseline itself.
    pub(crate) before: Option<Box<PublishedPolicy>>,
}

/// A policy with optional parts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct PartialPolicy {
    /// The compatibility mode.
    pub(crate) mode: Option<Mode>,
    /// The content model.
    pub(crate) content_model: Option<ContentModel>,
}

impl PublishedPolicy {
    /// Returns the parts of a subject's policy that the baseline sets.
    pub(crate) fn policy(&self, subject: &Subject) -> PartialPolicy {
        let Some(file) = self.subjects.get(subject) else { return PartialPolicy::default() };
        match &self.manifest {
            Some(manifest) => {
                let policy = policy_of(manifest, file, subject);
                PartialPolicy { mode: Some(policy.mode), content_model: Some(policy.content_model) }
            }
            None => PartialPolicy { mode: file.mode, content_model: file.content_model },
        }
    }

    /// Returns the manifest, with the waivers of all `subject.toml` files.
    pub(crate) fn manifest_with_waivers(&self) -> Option<Manifest> {
        let mut manifest = self.manifest.clone()?;
        manifest.waivers.extend(self.subjects.values().flat_map(SubjectFile::waiver_entries));
        Some(manifest)
    }

    /// Returns whether checks compare later versions with this version. They do, unless the baseline declares this
    /// version as never used.
    pub(crate) fn has_baseline(&self, subject: &Subject, version: &Version) -> bool {
        let never_used = |policy: &Self| {
            let file = policy.subjects.get(subject);
            file.is_some_and(|file| file.standing(version) == Standing::NeverUsed)
        };
        !never_used(self) && !self.before.as_deref().is_some_and(never_used)
    }
}

impl PartialPolicy {
    /// Fills the missing parts.
    pub(crate) fn or(self, other: SubjectPolicy) -> SubjectPolicy {
        SubjectPolicy {
            mode: self.mode.unwrap_or(other.mode),
            content_model: self.content_model.unwrap_or(other.content_model),
        }
    }
}
