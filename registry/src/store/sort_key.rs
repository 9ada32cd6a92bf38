//! The sort key of a version, as the databases compute it in the column `place` (migration 6).

use evschema_model::Version;

/// Returns the sort key of the release with the three numbers of this version. Every release with a smaller key is
/// lower than this version, even if this version is a pre-release.
pub(super) fn release_sort_key(version: &Version) -> String {
    let semver::Version { major, minor, patch, .. } = version.as_semver();
    format!("1{major:09}{minor:09}{patch:09}")
}
