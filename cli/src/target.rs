use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use evschema_model::{Catalog, Schema, Subject, Version};
use semver::VersionReq;

use crate::failure::Failure;
use crate::suggestion::closest;

/// A subject and the selection of one of its versions: `commerce.order.placed@^1.2`.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The subject.
    pub(crate) subject: Subject,
    /// The selection of a version.
    pub(crate) version: VersionSelector,
}

/// The selection of a version of a subject.
#[derive(Debug, Clone)]
pub(crate) enum VersionSelector {
    /// This version.
    Exact(Version),
    /// The newest version in a range.
    Range(VersionReq),
    /// The newest version.
    Latest,
}

impl Target {
    /// Finds the schema in a catalog.
    pub(crate) fn find<'c>(&self, catalog: &'c Catalog) -> Result<&'c Arc<Schema>, Failure> {
        let versions: Vec<&Arc<Schema>> = catalog.versions(&self.subject).collect();
        if versions.is_empty() {
            return Err(no_such_subject(&self.subject, catalog));
        }
        let found = versions.iter().rev().find(|schema| self.version.matches(&schema.at().version));
        // If all versions are pre-releases, the newest pre-release is the newest version.
        let found = match &self.version {
            VersionSelector::Latest => found.or(versions.last()),
            VersionSelector::Exact(_) | VersionSelector::Range(_) => found,
        };
        found.copied().ok_or_else(|| {
            let there: Vec<String> = versions.iter().map(|s| s.at().version.to_string()).collect();
            Failure::new(format!("`{}` has no version `{}`", self.subject, self.version))
                .help(format!("the versions are {}", there.join(", ")))
        })
    }
}

impl VersionSelector {
    fn matches(&self, version: &Version) -> bool {
        match self {
            Self::Exact(exact) => exact == version,
            Self::Range(range) => range.matches(version.as_semver()),
            Self::Latest => !version.is_prerelease(),
        }
    }
}

/// Returns the failure for an unknown subject, with the known subject that has the most similar name.
fn no_such_subject(subject: &Subject, catalog: &Catalog) -> Failure {
    let failure = Failure::new(format!("the tree has no subject `{subject}`"));
    let known = catalog.subjects().map(Subject::as_str);
    match closest(subject.as_str(), known) {
        Some(known) => failure.help(format!("did you mean `{known}`?")),
        None => failure.help("`evschema list --local` lists the subjects"),
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (subject, version) = text.split_once('@').unwrap_or((text, "latest"));
        let subject = Subject::parse(subject).map_err(|error| error.to_string())?;
        let version = if version == "latest" {
            VersionSelector::Latest
        } else if let Ok(exact) = Version::parse(version) {
            VersionSelector::Exact(exact)
        } else {
            let range = VersionReq::parse(version).map_err(|error| {
                format!(
                    "write a version like `1.2.0`, a range like `^1.2` or `latest` instead of `{version}`: \
                     {error}"
                )
            })?;
            VersionSelector::Range(range)
        };
        Ok(Self { subject, version })
    }
}

impl fmt::Display for VersionSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(version) => version.fmt(f),
            Self::Range(range) => range.fmt(f),
            Self::Latest => f.write_str("latest"),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.subject, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_and_their_near_misses() {
        for (text, shown) in [
            ("a.b@1.2.0", "a.b@1.2.0"),
            ("a.b@^1.2", "a.b@^1.2"),
            ("a.b@1.2", "a.b@^1.2"),
            ("a.b@latest", "a.b@latest"),
            ("a.b", "a.b@latest"),
            ("a.b@1.2.0-rc.1", "a.b@1.2.0-rc.1"),
        ] {
            assert_eq!(Target::from_str(text).unwrap().to_string(), shown);
        }
        for bad in ["", "@1.0.0", "a.b@", "a.b@v1", "a/b@1.0.0", "a.b@1.0.0@2"] {
            assert!(Target::from_str(bad).is_err(), "{bad}");
        }
    }
}
