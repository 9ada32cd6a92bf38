use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use evschema_model::{Catalog, Schema, Subject, Version};
use semver::VersionReq;

use crate::failure::Failure;

/// A subject and which of its versions is meant: `commerce.order.placed@^1.2`.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The subject.
    pub(crate) subject: Subject,
    /// Which version.
    pub(crate) pick: Pick,
}

/// Which version of a subject is meant.
#[derive(Debug, Clone)]
pub(crate) enum Pick {
    /// This one.
    Exact(Version),
    /// The newest in a range.
    Range(VersionReq),
    /// The newest.
    Latest,
}

impl Target {
    /// Finds the schema in a catalog.
    pub(crate) fn find<'c>(&self, catalog: &'c Catalog) -> Result<&'c Arc<Schema>, Failure> {
        let versions: Vec<&Arc<Schema>> = catalog.versions(&self.subject).collect();
        if versions.is_empty() {
            return Err(no_such_subject(&self.subject, catalog));
        }
        let found = versions.iter().rev().find(|schema| self.pick.takes(&schema.at().version));
        // A subject that has nothing but pre-releases still has a newest version.
        let found = match &self.pick {
            Pick::Latest => found.or(versions.last()),
            Pick::Exact(_) | Pick::Range(_) => found,
        };
        found.copied().ok_or_else(|| {
            let there: Vec<String> = versions.iter().map(|s| s.at().version.to_string()).collect();
            Failure::new(format!("`{}` has no version `{}`", self.subject, self.pick))
                .help(format!("the versions are {}", there.join(", ")))
        })
    }
}

impl Pick {
    fn takes(&self, version: &Version) -> bool {
        match self {
            Self::Exact(exact) => exact == version,
            Self::Range(range) => range.matches(version.as_semver()),
            Self::Latest => !version.is_prerelease(),
        }
    }
}

/// Returns the failure for a subject that is not there, naming what it may have been meant to be.
pub(crate) fn no_such_subject(subject: &Subject, catalog: &Catalog) -> Failure {
    let failure = Failure::new(format!("the tree has no subject `{subject}`"));
    let close = catalog
        .subjects()
        .map(|known| (distance(subject.as_str(), known.as_str()), known))
        .filter(|(far, known)| *far <= known.as_str().len() / 3)
        .min();
    match close {
        Some((_, known)) => failure.help(format!("did you mean `{known}`?")),
        None => failure.help("`evschema list --local` lists the subjects"),
    }
}

/// Returns the number of single-character edits between two texts (Levenshtein).
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.chars().enumerate() {
            let change = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (subject, version) = text.split_once('@').unwrap_or((text, "latest"));
        let subject = Subject::parse(subject).map_err(|error| error.to_string())?;
        let pick = if version == "latest" {
            Pick::Latest
        } else if let Ok(exact) = Version::parse(version) {
            Pick::Exact(exact)
        } else {
            let range = VersionReq::parse(version).map_err(|error| {
                format!(
                    "write a version like `1.2.0`, a range like `^1.2` or `latest` instead of `{version}`: \
                     {error}"
                )
            })?;
            Pick::Range(range)
        };
        Ok(Self { subject, pick })
    }
}

impl fmt::Display for Pick {
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
        write!(f, "{}@{}", self.subject, self.pick)
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

    #[test]
    fn distances() {
        for (a, b, far) in [("", "", 0), ("kitten", "sitting", 3), ("abc", "", 3), ("order", "oder", 1)] {
            assert_eq!(distance(a, b), far, "{a} {b}");
        }
    }
}
