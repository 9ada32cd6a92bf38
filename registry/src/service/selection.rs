use std::fmt;

use evschema_api::State;
use evschema_model::{Version, VersionError};
use semver::VersionReq;

use crate::store::VersionRecord;

/// The version that a request names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selection {
    /// This version, in any state.
    Exact(Version),
    /// The highest version that is neither yanked nor a pre-release.
    Latest,
    /// The highest version that matches the range and is not yanked.
    Range(VersionReq),
}

impl Selection {
    /// Parses an exact version such as `1.2.0`, `latest`, or a range such as `^1.2`.
    ///
    /// # Errors
    ///
    /// If the text has none of these forms. The error explains why the text is not an exact version.
    pub(crate) fn parse(text: &str) -> Result<Self, VersionError> {
        if text == "latest" {
            return Ok(Self::Latest);
        }
        let exact = match Version::parse(text) {
            Ok(version) => return Ok(Self::Exact(version)),
            Err(error) => error,
        };
        // The parser of ranges ignores build metadata, but no version of the registry has build metadata.
        if Version::BYTES_MAX < text.len() || text.is_empty() || text.contains('+') {
            return Err(exact);
        }
        VersionReq::parse(text).map(Self::Range).map_err(|_| exact)
    }

    /// Returns the selected version. `versions` must be in ascending order.
    pub(crate) fn select<'v>(&self, versions: &'v [VersionRecord]) -> Option<&'v VersionRecord> {
        let mut usable = versions.iter().rev().filter(|record| record.state != State::Yanked);
        match self {
            Self::Exact(version) => versions.iter().find(|record| record.version == *version),
            Self::Latest => usable.find(|record| !record.version.is_prerelease()),
            // In the crate `semver`, a range matches a pre-release only if the range itself names one.
            Self::Range(range) => usable.find(|record| range.matches(record.version.as_semver())),
        }
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(version) => write!(f, "{version}"),
            Self::Latest => f.write_str("latest"),
            Self::Range(range) => write!(f, "{range}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evschema_model::Digest;

    fn record(version: &str, state: State) -> VersionRecord {
        VersionRecord {
            version: Version::parse(version).unwrap(),
            ordinal: 1,
            schema_id: 1,
            digest: Digest::from_text("sha256:00"),
            state,
            state_reason: None,
            never_used: false,
            author: None,
            message: None,
            registered_at: 0,
        }
    }

    #[test]
    fn each_selection_finds_its_version() {
        let versions = [
            record("1.0.0", State::Active),
            record("1.1.0", State::Deprecated),
            record("1.2.0", State::Yanked),
            record("2.0.0-rc.1", State::Active),
        ];
        for (text, selected) in [
            ("latest", Some("1.1.0")),
            ("^1", Some("1.1.0")),
            ("1.0", Some("1.1.0")),
            ("~1.0", Some("1.0.0")),
            ("1.2.0", Some("1.2.0")),
            ("=1.2.0", None),
            ("^2", None),
            (">=2.0.0-rc.1", Some("2.0.0-rc.1")),
            ("*", Some("1.1.0")),
        ] {
            let found = Selection::parse(text).unwrap().select(&versions).map(|r| r.version.to_string());
            assert_eq!(found.as_deref(), selected, "{text}");
        }
        for bad in ["", "newest", "1.2.3+build", "../1", &"1".repeat(80)] {
            assert!(Selection::parse(bad).is_err(), "{bad}");
        }
    }
}
