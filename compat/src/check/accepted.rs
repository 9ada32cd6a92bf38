//! Finds the findings that waivers accept.

use evschema_model::Version;

use crate::decision::Decision;
use crate::findings::{Found, Sides, findings};
use crate::report::Direction;
use crate::waivers::Waivers;

/// The waivers of a check, with the versions for which people may have added them.
pub(super) struct Accepted<'w> {
    waivers: &'w Waivers,
    /// The versions, in ascending order.
    versions: Vec<Version>,
}

impl<'w> Accepted<'w> {
    /// Combines the waivers of a check with the versions of its history.
    pub(super) fn of(waivers: &'w Waivers, history: impl Iterator<Item = &'w Version>) -> Self {
        let mut versions: Vec<Version> = history.chain(waivers.versions()).cloned().collect();
        versions.sort();
        versions.dedup();
        Self { waivers, versions }
    }

    /// Marks the findings that a waiver accepts. The waiver may be for the candidate itself, or for an earlier version
    /// of the line that made the same change. If the candidate's version is below the baseline, the baseline made the
    /// change.
    pub(super) fn mark(&self, here: &mut [Found], decision: &Decision<'_>, sides: &Sides<'_>) {
        let candidate = &sides.candidate.schema().at().version;
        let baseline = &sides.baseline.schema().at().version;
        let as_newer = if baseline < candidate { Vec::new() } else { findings(decision, &mirrored(sides)) };
        for found in here {
            let (identity, from, to) = if baseline < candidate {
                (&found.identity, baseline, candidate)
            } else {
                match as_newer.iter().find(|other| other.number == found.number) {
                    Some(other) => (&other.identity, candidate, baseline),
                    None => (&found.identity, candidate, baseline),
                }
            };
            let own = [(&found.identity, candidate)].into_iter();
            let later = self.versions.iter().rev().filter(|version| {
                from < *version && *version <= to && *version != candidate && version.line() == to.line()
            });
            let names = own.chain(later.map(|version| (identity, version)));
            let waived = names.map(|(identity, version)| (identity.fingerprint(version), version)).find_map(
                |(fingerprint, version)| {
                    let reason = self.waivers.reason(fingerprint.as_str())?;
                    Some((fingerprint, version, reason.to_owned()))
                },
            );
            if let Some((fingerprint, version, reason)) = waived {
                found.finding.waived = Some(reason);
                found.finding.waived_by = Some(fingerprint);
                found.finding.waived_through = (version != candidate).then(|| version.clone());
            }
        }
    }
}

/// Returns the same pair, but the candidate and the baseline swap roles.
fn mirrored<'a>(sides: &Sides<'a>) -> Sides<'a> {
    let direction = match sides.direction {
        Direction::Backward => Direction::Forward,
        Direction::Forward => Direction::Backward,
    };
    Sides { candidate: sides.baseline, baseline: sides.candidate, direction, severity: sides.severity }
}
