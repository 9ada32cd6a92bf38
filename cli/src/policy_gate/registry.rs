use std::collections::{BTreeMap, BTreeSet};

use evschema_api::ProblemCode;
use evschema_api::client::Client;
use evschema_model::Subject;

use super::loosened::{finding, place_in_manifest};
use crate::failure::Failure;
use crate::finding::Finding;
use crate::project::Project;

/// Returns the fingerprints of the waivers that a report used and the registry does not have, and a finding for each
/// of them.
pub(crate) fn unregistered_waivers(
    reports: &[evschema_compat::Report],
    client: &Client,
    project: &Project,
    accepts: bool,
) -> Result<(BTreeSet<String>, Vec<Finding>), Failure> {
    let mut used: BTreeMap<&Subject, BTreeSet<&str>> = BTreeMap::new();
    for report in reports {
        for found in report.findings.iter().filter(|found| found.waived.is_some()) {
            let waiver = found.waived_by.as_ref().unwrap_or(&found.fingerprint);
            used.entry(&report.subject).or_default().insert(waiver.as_str());
        }
    }
    let mut missing = BTreeSet::new();
    let mut findings = Vec::new();
    for (subject, fingerprints) in used {
        let registered = match client.waivers(subject) {
            Ok(list) => list.waivers.into_iter().map(|waiver| waiver.fingerprint).collect(),
            Err(error) if error.problem().is_some_and(|p| p.code == ProblemCode::SubjectNotFound) => {
                BTreeSet::new()
            }
            Err(error) => return Err(error.into()),
        };
        for fingerprint in fingerprints.into_iter().filter(|used| !registered.contains(*used)) {
            missing.insert(fingerprint.to_owned());
            let message = format!("the change adds a waiver of {fingerprint} in `{subject}`");
            let place = place_in_manifest(project, fingerprint);
            let name = format!("`{}`", client.base_url());
            findings.push(finding(message, place, &name, accepts));
        }
    }
    Ok((missing, findings))
}
