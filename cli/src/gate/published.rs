use std::collections::BTreeMap;

use evschema_compat::Standing;
use evschema_model::{ContentModel, Manifest, Mode, Subject, SubjectPolicy, Version};

use crate::project::policy_of;
use crate::subject_file::SubjectFile;

/// The policy that holds at a baseline.
#[derive(Debug, Clone, Default)]
pub(crate) struct PublishedPolicy {
    /// The baseline's name for people, with backticks.
    pub(crate) name: String,
    /// Its manifest; none in a registry, and in a folder that no manifest names.
    pub(crate) manifest: Option<Manifest>,
    /// Whether the baseline is a registry.
    pub(crate) is_registry: bool,
    /// Its subjects, with the settings of each one's own file.
    pub(crate) subjects: BTreeMap<Subject, SubjectFile>,
    /// The policy where the branch left the baseline, if that is another commit.
    pub(crate) before: Option<Box<PublishedPolicy>>,
}

/// A policy of which parts may be missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct PartialPolicy {
    pub(crate) mode: Option<Mode>,
    pub(crate) content_model: Option<ContentModel>,
}

impl PublishedPolicy {
    /// Returns the policy of a subject, as far as the baseline names one.
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

    /// Returns the manifest with the waivers of the subjects' files too.
    pub(crate) fn manifest_with_waivers(&self) -> Option<Manifest> {
        let mut manifest = self.manifest.clone()?;
        manifest.waivers.extend(self.subjects.values().flat_map(SubjectFile::waiver_entries));
        Some(manifest)
    }

    /// Returns whether this version is a baseline, which it stays unless nobody ever used it.
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
