//! Where a version lies among those of its subject, as the databases compute it (`migrations`, step 6).

use evschema_model::Version;

/// Returns the place that a release of this version's three numbers has: what is below it lies below the version
/// too, a pre-release included.
pub(super) fn among_releases(version: &Version) -> String {
    let semver::Version { major, minor, patch, .. } = version.as_semver();
    format!("1{major:09}{minor:09}{patch:09}")
}
