//! Keeps a change from loosening the policy that it is checked by.

mod loosened;
mod published;
mod registry;

use std::collections::BTreeSet;

use evschema_compat::Standing;
use evschema_model::{Coordinates, Formats, Manifest, Subject, SubjectOverride, SubjectPolicy};

use crate::failure::Failure;
use crate::finding::Finding;
use crate::project::Project;
pub(crate) use loosened::Loosened;
pub(crate) use published::PublishedPolicy;
pub(crate) use registry::unregistered_waivers;

/// The policy that a check uses, and the settings that the change loosens.
#[derive(Debug)]
pub(crate) struct Gate {
    /// The project, with the baseline's value for each loosened setting that nobody accepted.
    pub(crate) project: Project,
    /// Versions that nobody ever used in the tree's view only, if that is accepted.
    pub(crate) never_used: BTreeSet<Coordinates>,
    /// A finding for each loosened setting.
    pub(crate) findings: Vec<Finding>,
}

/// Compares the policy of the tree with the policy of its baseline.
///
/// The policy of the tree decides if it is at least as strict. If it is looser, the policy of the baseline decides,
/// unless `accepts` is set. A value that the branch did not change since it left the baseline is not reported.
pub(crate) fn gate(project: Project, published: &PublishedPolicy, accepts: bool) -> Result<Gate, Failure> {
    let mut manifest = project.manifest.clone();
    let mut never_used = BTreeSet::new();
    let mut all: Vec<Loosened> = Vec::new();
    for subject in published.subjects.keys() {
        let ours = policy_here(&project, published, subject)?;
        let loosened = Loosened::policy(ours, published, subject);
        let mut decides = ours;
        if !accepts || loosened.iter().any(|loosened| !loosened.is_by_branch) {
            let theirs = published.policy(subject).or(ours);
            for setting in loosened.iter().filter(|loosened| !(accepts && loosened.is_by_branch)) {
                match setting.setting {
                    "mode" => decides.mode = theirs.mode,
                    _ => decides.content_model = theirs.content_model,
                }
            }
        }
        if decides != project.policy(subject)? {
            let decides =
                SubjectOverride { mode: Some(decides.mode), content_model: Some(decides.content_model) };
            manifest.compatibility.subjects.insert(subject.clone(), decides);
        }
        all.extend(loosened);
        let file = project.subject_file(subject)?;
        let claimed = file.versions.keys().filter(|version| file.standing(version) == Standing::NeverUsed);
        for version in claimed.filter(|version| published.has_baseline(subject, version)) {
            let at = Coordinates { subject: subject.clone(), version: version.clone() };
            all.push(Loosened::never_used(&at, published));
            if accepts {
                never_used.insert(at);
            }
        }
    }
    if let Some(theirs) = &published.manifest_with_waivers() {
        let loosened = Loosened::of_manifest(&project.manifest, theirs, published);
        for setting in loosened.iter().filter(|loosened| !(accepts && loosened.is_by_branch)) {
            restore(setting, &mut manifest, theirs);
        }
        all.extend(loosened);
    }
    let findings = loosened::findings(all, &project, published, accepts);
    Ok(Gate { project: Project { manifest, ..project }, never_used, findings })
}

/// Returns the policy of a subject in the tree. A registry's policy counts for each subject that the tree does not
/// name, because `push` changes only subjects that the tree names.
fn policy_here(
    project: &Project,
    published: &PublishedPolicy,
    subject: &Subject,
) -> Result<SubjectPolicy, Failure> {
    let ours = project.policy(subject)?;
    if !published.is_registry {
        return Ok(ours);
    }
    let named = project.manifest.compatibility.subjects.get(subject).copied().unwrap_or_default();
    let file = project.subject_file(subject)?;
    let theirs = published.policy(subject).or(ours);
    Ok(SubjectPolicy {
        mode: named.mode.or(file.mode).unwrap_or(theirs.mode),
        content_model: named.content_model.or(file.content_model).unwrap_or(theirs.content_model),
    })
}

/// Puts the baseline's value of a setting into the manifest that decides.
fn restore(loosened: &Loosened, manifest: &mut Manifest, theirs: &Manifest) {
    let about = &loosened.about;
    match loosened.setting {
        "formats" => manifest.formats = Formats::Assert,
        "dialects" => {
            manifest.dialects.extend(theirs.dialects.get(about).map(|d| (about.clone(), d.clone())));
        }
        _ => {
            manifest.waivers.retain(|entry| entry.fingerprint != *about);
            manifest.waivers.extend(theirs.waivers.iter().find(|e| e.fingerprint == *about).cloned());
        }
    }
}
