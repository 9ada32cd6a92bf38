//! The version of a registration: the request names it, or the registry chooses it.

use evschema_api::State;
use evschema_compat::{Report, Standing, Verdict};
use evschema_model::{Bump, Subject, Version};

use super::refusal::Refusal;
use crate::store::{History, VersionRecord};

/// The version that a schema gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum VersionChoice {
    /// The version that the request names.
    Exact(Version),
    /// The next version of the newest line, with the smallest number that the change allows.
    Next {
        /// Whether the version may begin a new line if the change breaks the newest line.
        major: bool,
    },
}

impl VersionChoice {
    /// Returns the version that the registry checks first.
    pub(super) fn first(&self, history: &Option<History>) -> Version {
        match (self, history.as_ref().and_then(newest)) {
            (Self::Exact(version), _) => version.clone(),
            // The registry first checks the schema as a patch. The report of this check has the required version.
            (Self::Next { .. }, Some(newest)) => next_free_version(newest.next(Bump::Patch), history),
            (Self::Next { .. }, None) => next_free_version(Version::new(1, 0, 0), history),
        }
    }

    /// Returns the next minor version if the check of a patch failed, and if the document contains the number of this
    /// minor version. A schema may accept only events that contain the schema's own version number, for example by a
    /// `const`. For such a schema, only the check under the right number can succeed.
    pub(super) fn named_minor(
        &self,
        report: &Report,
        document: &[u8],
        history: &Option<History>,
    ) -> Option<Version> {
        let newest = history.as_ref().and_then(newest)?;
        let minor = next_free_version(newest.next(Bump::Minor), history);
        let quoted = format!("\"{minor}\"");
        let names = || document.windows(quoted.len()).any(|text| text == quoted.as_bytes());
        let is_patch = matches!(self, Self::Next { .. }) && report.version < minor;
        (is_patch && report.verdict != Verdict::Compatible && names()).then_some(minor)
    }

    /// Returns whether the registry answers with this report. If not, the registry checks the schema again, under the
    /// version that the report requires.
    pub(super) fn is_settled(&self, report: &Report, required: &Version) -> bool {
        match self {
            Self::Exact(_) => true,
            Self::Next { major } => {
                report.is_accepted()
                    || *required == report.version
                    || (!major && required.line() != report.version.line())
            }
        }
    }

    /// Returns the reason why the registry rejects a version that failed its check.
    pub(super) fn refusal(&self, report: Report) -> Refusal {
        match self {
            Self::Next { .. } if report.required_version.line() != report.version.line() => {
                Refusal::NeedsMajor(Box::new(report))
            }
            Self::Next { .. } | Self::Exact(_) => Refusal::Check(Box::new(report)),
        }
    }
}

/// Returns the standing of a version in a comparison.
pub(super) fn standing(record: &VersionRecord) -> Standing {
    match record.state {
        State::Yanked if record.never_used => Standing::NeverUsed,
        State::Yanked => Standing::Yanked,
        State::Active | State::Deprecated => Standing::Current,
    }
}

/// Returns the version if its number is free, or else the next free patch. A yanked version keeps its number.
pub(super) fn next_free_version(mut version: Version, history: &Option<History>) -> Version {
    let Some(history) = history else { return version };
    while history.versions.iter().any(|record| record.version == version) {
        version = version.next(Bump::Patch);
    }
    version
}

/// Rejects a version that the registry computed if it contains a number above the maximum.
pub(super) fn check_version_range(version: &Version, subject: &Subject) -> Result<(), Refusal> {
    match Version::parse(&version.to_string()) {
        Ok(_) => Ok(()),
        Err(_) => Err(Refusal::Exhausted { subject: subject.clone(), next: version.clone() }),
    }
}

/// Returns the highest baseline of the newest line, which is the line of `latest`. If `latest` is missing, all releases
/// are yanked, and the newest line is the line of the highest release.
fn newest(history: &History) -> Option<&Version> {
    let releases = history.versions.iter().filter(|record| !record.version.is_prerelease());
    let Some(latest) = &history.subject.latest else {
        return releases.map(|record| &record.version).max();
    };
    releases
        .filter(|record| record.version.line() == latest.line() && standing(record) != Standing::NeverUsed)
        .map(|record| &record.version)
        .max()
        .or(Some(latest))
}

#[cfg(test)]
mod tests {
    use evschema_model::{Digest, SubjectPolicy};

    use super::*;
    use crate::store::SubjectRecord;

    /// Returns a history. A minus marks a yanked version, and an exclamation mark a version that was never used.
    fn history(versions: &[&str]) -> Option<History> {
        let versions: Vec<VersionRecord> = versions
            .iter()
            .map(|text| VersionRecord {
                version: Version::parse(text.trim_start_matches(['-', '!'])).unwrap(),
                ordinal: 1,
                schema_id: 1,
                digest: Digest::from_text("sha256:00"),
                state: if text.starts_with(['-', '!']) { State::Yanked } else { State::Active },
                state_reason: None,
                never_used: text.starts_with('!'),
                author: None,
                message: None,
                registered_at: 0,
            })
            .collect();
        let current = versions.iter().filter(|known| known.state == State::Active);
        let releases = current.map(|known| &known.version).filter(|version| !version.is_prerelease());
        let subject = SubjectRecord {
            subject: Subject::parse("a").unwrap(),
            policy: SubjectPolicy::default(),
            owner: None,
            description: None,
            revision: 1,
            latest: releases.max().cloned(),
            version_count: 1,
            created_at: 0,
            updated_at: 0,
        };
        Some(History { subject, versions, waivers: Vec::new() })
    }

    #[test]
    fn the_first_choice_is_a_patch_of_the_newest_line() {
        for (versions, first) in [
            (&[][..], "1.0.0"),
            (&["1.0.0"], "1.0.1"),
            (&["1.0.0", "1.4.0", "2.1.0"], "2.1.1"),
            (&["0.3.1"], "0.3.2"),
            // Yanked versions stay baselines.
            (&["1.0.0", "-1.1.0"], "1.1.1"),
            (&["1.0.0", "!1.1.0"], "1.0.1"),
            (&["1.0.0", "!1.0.1"], "1.0.2"),
            // The newest line is the line of `latest`.
            (&["1.0.0", "-2.0.0"], "1.0.1"),
            (&["1.0.0", "2.0.0-rc.1"], "1.0.1"),
            (&["-1.0.0", "-2.0.0"], "2.0.1"),
            (&["!1.0.0"], "1.0.1"),
            (&["2.0.0-rc.1"], "1.0.0"),
        ] {
            let chosen = VersionChoice::Next { major: false }.first(&history(versions));
            assert_eq!(chosen.to_string(), first, "{versions:?}");
        }
        assert_eq!(VersionChoice::Next { major: false }.first(&None).to_string(), "1.0.0");
    }
}
