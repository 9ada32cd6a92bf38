//! Waivers: findings that people have accepted, each with a reason.

use std::collections::{BTreeMap, BTreeSet};

use evschema_model::Version;

/// The waivers that a check applies.
#[derive(Debug, Clone, Default)]
pub struct Waivers {
    /// The reason of each waiver that is valid today, by the fingerprint of the accepted finding. A reason is never
    /// blank.
    reasons: BTreeMap<String, String>,
    /// Further versions of the subject for which people may have added waivers. The check also considers the versions
    /// of its history.
    versions: BTreeSet<Version>,
}

/// The maximum length of a reason, in bytes.
const REASON_BYTES_MAX: usize = 2_000;

/// The reason why a waiver is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WaiverError {
    /// The reason is missing or blank. A waiver without a reason explains nothing to other people.
    #[error("a waiver needs a reason")]
    ReasonMissing,
    /// The reason is too long.
    #[error("a reason has at most {REASON_BYTES_MAX} bytes")]
    ReasonTooLong,
}

impl Waivers {
    /// Adds a waiver that is valid today.
    pub fn add(&mut self, fingerprint: &str, reason: &str) -> Result<(), WaiverError> {
        if reason.trim().is_empty() {
            return Err(WaiverError::ReasonMissing);
        }
        if REASON_BYTES_MAX < reason.len() {
            return Err(WaiverError::ReasonTooLong);
        }
        self.reasons.insert(fingerprint.to_owned(), reason.to_owned());
        Ok(())
    }

    /// Adds versions of the subject for which waivers may exist. The check does not need the schemas of these versions.
    pub fn name_versions(&mut self, versions: impl IntoIterator<Item = Version>) {
        self.versions.extend(versions);
    }

    /// Returns the reason of the waiver with a fingerprint.
    pub fn reason(&self, fingerprint: &str) -> Option<&str> {
        self.reasons.get(fingerprint).map(String::as_str)
    }

    /// Returns the fingerprints of all waivers.
    pub fn fingerprints(&self) -> impl Iterator<Item = &str> {
        self.reasons.keys().map(String::as_str)
    }

    /// Returns the versions that [`Self::name_versions`] added.
    pub(crate) fn versions(&self) -> impl Iterator<Item = &Version> {
        self.versions.iter()
    }
}
