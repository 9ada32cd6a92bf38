//! Prevents a change from loosening the policy of its own check.

mod loosened;
mod published;
mod registry;

use std::collections::BTreeSet;

use evschema_compat::Standing;
use evschema_model::{Coordinates, Formats, Manifest, Subject, SubjectOverride, SubjectPolicy};

use crate::failure::Failure;
use crate::finding::Finding;
use crate::project::Project;
use loosened::LoosenedSetting;
pub(crate) use published::PublishedPolicy;
pub(crate) use registry::unregistered_waivers;

/// The project with the policy that the check uses, and the settings that the change loosens.
#[derive(Debug)]
pub(crate) struct GatedProject {
    /// The project. If the caller does not accept a loosened setting, this setting has the value of the baseline.
    pub(crate) project: Project,
    /// If the caller accepts loosened settings, the versions that the tree declares as never used, but the baseline
    /// does not.
    pub(crate) never_used: BTreeSet<Coordinates>,
    /// A finding for each loosened setting.
    pub(crate) findings: Vec<Finding>,
}

/// Compares the policy of the tree with the policy of its baseline.
///
/// If the policy of the tree is at least as strict as the policy of the baseline, the check uses the policy of the
/// tree. Otherwise the check uses the baseline's value of each loosened setting. If `accepts` is set, the check uses
/// the tree's value of each setting that the branch loosened. A setting that the branch itself did not change causes no
/// finding.
pub(crate) fn apply_published_policy(
    project: Project,
    published: &PublishedPolicy,
    accepts: bool,
) -> Result<GatedProject, Failure> {
    let mut manifest = project.manifest.clone();
    let mut never_used = BTreeSet::new();
    let mut all: Vec<LoosenedSetting> = Vec::new();
    for subject in published.subjects.keys() {
        let ours = policy_in_tree(&project, published, subject)?;
        let loosened = LoosenedSetting::policy(ours, published, subject);
        let mut effective = ours;
        if !accepts || loosened.iter().any(|loosened| !loosened.is_by_branch) {
            let theirs = published.policy(subject).or(ours);
            for setting in loosened.iter().filter(|loosened| !(accepts && loosened.is_by_branch)) {
                match setting.setting {
                    "mode" => effective.mode = theirs.mode,
                    _ => effective.content_model = theirs.content_model,
                }
            }
        }
        if effective != project.policy(subject)? {
            let effective =
                SubjectOverride { mode: Some(effective.mode), content_model: Some(effective.content_model) };
            manifest.compatibility.subjects.insert(subject.clone(), effective);
        }
        all.extend(loosened);
        let file = project.subject_file(subject)?;
        let claimed = file.versions.keys().filter(|version| file.standing(version) == Standing::NeverUsed);
        for version in claimed.filter(|version| published.has_baseline(subject, version)) {
            let at = Coordinates { subject: subject.clone(), version: version.clone() };
            all.push(LoosenedSetting::never_used(&at, published));
            if accepts {
                never_used.insert(at);
            }
        }
    }
    if let Some(theirs) = &published.manifest_with_waivers() {
        let loosened = LoosenedSetting::of_manifest(&project.manifest, theirs, published);
        for setting in loosened.iter().filter(|loosened| !(accepts && loosened.is_by_branch)) {
            restore(setting, &mut manifest, theirs);
        }
        all.extend(loosened);
    }
    let findings = loosened::findings(all, &project, published, accepts);
    Ok(GatedProject { project: Project { manifest, ..project }, never_used, findings })
}

/// Returns the policy of a subject in the tree. If the baseline is a registry and the tree does not set a policy,
/// returns the policy of the registry, because `push` does not change that policy.
fn policy_in_tree(
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

/// Replaces a loosened setting of the manifest by the value of the baseline.
fn restore(loosened: &LoosenedSetting, manifest: &mut Manifest, theirs: &Manifest) {
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
