use std::fmt;

use serde::{Deserialize, Serialize};

/// The number of a version: SemVer 2.0.0 without build metadata. The schema with this number never changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version(semver::Version);

/// The error for a text that is not a [`Version`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// The text is not SemVer 2.0.0.
    #[error("`{text}` is not a version like `1.2.0`: {why}")]
    NotSemver {
        /// The rejected text, which has at most [`Version::BYTES_MAX`] bytes.
        text: String,
        /// The reason that the parser gives.
        why: String,
    },
    /// The version has build metadata. The order of SemVer ignores build metadata, so evschema does not allow it.
    #[error("`{text}` has build metadata; remove everything from `+` on")]
    BuildMetadata {
        /// The rejected text.
        text: String,
    },
    /// A number of the version is above [`Version::NUMBER_MAX`].
    #[error("`{text}` has a number above {}", Version::NUMBER_MAX)]
    TooHigh {
        /// The rejected text.
        text: String,
    },
    /// The version is longer than [`Version::BYTES_MAX`].
    #[error("a version has at most {} characters; this one has {bytes}", Version::BYTES_MAX)]
    TooLong {
        /// The length of the rejected text in bytes.
        bytes: usize,
    },
}

/// The size of a step from one version to the next.
///
/// In 0.x, a new minor number is a [`Bump::Major`] step, and a new patch number is a [`Bump::Minor`] step. The reason
/// is that a new minor number in 0.x may break readers (SemVer 2.0.0, item 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bump {
    /// Only annotations changed.
    Patch,
    /// The accepted events changed, but the change is compatible.
    Minor,
    /// Under the mode of the subject, some event breaks, or evschema cannot decide whether one breaks.
    Major,
}

/// The versions with the same major number; for 0.x, with the same minor number. They must stay compatible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Line {
    /// The major number.
    pub major: u64,
    /// The minor number of a 0.x line; otherwise zero.
    pub minor: u64,
}

impl Version {
    /// The maximum length in bytes, so that a version fits in a file name and an index key.
    pub const BYTES_MAX: usize = 64;

    /// The maximum of the major, minor and patch number, far above all real ones. [`Version::next`] can add one without
    /// an overflow.
    pub const NUMBER_MAX: u64 = 999_999_999;

    /// Parses a version.
    ///
    /// # Errors
    ///
    /// If the text is not SemVer 2.0.0, is too long, has a number above [`Version::NUMBER_MAX`], or has build metadata.
    pub fn parse(text: &str) -> Result<Self, VersionError> {
        if Self::BYTES_MAX < text.len() {
            return Err(VersionError::TooLong { bytes: text.len() });
        }
        let version = semver::Version::parse(text)
            .map_err(|e| VersionError::NotSemver { text: text.to_owned(), why: e.to_string() })?;
        if [version.major, version.minor, version.patch].iter().any(|number| Self::NUMBER_MAX < *number) {
            return Err(VersionError::TooHigh { text: text.to_owned() });
        }
        if version.build.is_empty() {
            Ok(Self(version))
        } else {
            Err(VersionError::BuildMetadata { text: text.to_owned() })
        }
    }

    /// Returns the version with these three numbers.
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self(semver::Version::new(major, minor, patch))
    }

    /// Returns the underlying semantic version, for range matching.
    pub fn as_semver(&self) -> &semver::Version {
        &self.0
    }

    /// Returns whether this is a pre-release. A pre-release is never a baseline.
    pub fn is_prerelease(&self) -> bool {
        !self.0.pre.is_empty()
    }

    /// Returns whether a text means this version: `2.3`, `v2.3` and `2.3.0` mean 2.3.0, and `3.1-RC3` means 3.1.0-RC3.
    /// Schemas write their own version in such forms, if each event repeats it.
    pub fn is_spelt_by(&self, text: &str) -> bool {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (numbers, tag) = text.split_once('-').map_or((text, None), |(numbers, tag)| (numbers, Some(tag)));
        let missing = match numbers.matches('.').count() {
            0 if !numbers.is_empty() => ".0.0",
            1 => ".0",
            _ => "",
        };
        let tag = tag.map(|tag| format!("-{tag}")).unwrap_or_default();
        format!("{numbers}{missing}{tag}") == self.to_string()
    }

    /// Returns this version with the pre-release tag of another version; without a tag, if the other version has none.
    #[must_use]
    pub fn tagged_like(&self, other: &Version) -> Self {
        Self(semver::Version { pre: other.0.pre.clone(), ..self.0.clone() })
    }

    /// Returns this version in the style of a text that means another version. In the style of `2.3`, 2.4.0 is `2.4`;
    /// in the style of `v2.3.0`, it is `v2.4.0`. If a short style would omit a number other than zero, the text is
    /// longer.
    ///
    /// ```
    /// use evschema_model::Version;
    /// let version = Version::parse("2.4.0").unwrap();
    /// assert_eq!(version.spelt_like("2.3"), "2.4");
    /// assert_eq!(version.spelt_like("v2.3.1"), "v2.4.0");
    /// assert_eq!(Version::parse("2.4.1-rc.1").unwrap().spelt_like("2.3"), "2.4.1-rc.1");
    /// ```
    pub fn spelt_like(&self, text: &str) -> String {
        let prefix = if text.starts_with('v') { "v" } else { "" };
        let numbers = text.trim_start_matches('v').split('-').next().unwrap_or_default();
        let tag = if self.is_prerelease() { format!("-{}", self.0.pre) } else { String::new() };
        let (major, minor, patch) = (self.0.major, self.0.minor, self.0.patch);
        match numbers.matches('.').count() {
            0 if minor == 0 && patch == 0 => format!("{prefix}{major}{tag}"),
            0 | 1 if patch == 0 => format!("{prefix}{major}.{minor}{tag}"),
            _ => format!("{prefix}{self}"),
        }
    }

    /// Returns the line of this version.
    pub fn line(&self) -> Line {
        let minor = if self.0.major == 0 { self.0.minor } else { 0 };
        Line { major: self.0.major, minor }
    }

    /// Returns the size of the step from `earlier` to this version. Pre-release tags make no difference.
    pub fn step_from(&self, earlier: &Version) -> Bump {
        if self.line() != earlier.line() {
            Bump::Major
        } else if self.0.major == 0 || self.0.minor != earlier.0.minor {
            Bump::Minor
        } else {
            Bump::Patch
        }
    }

    /// Returns the smallest version that is a step of this size above this version.
    ///
    /// ```
    /// use evschema_model::{Bump, Version};
    /// let next = |text: &str, bump| Version::parse(text).unwrap().next(bump).to_string();
    /// assert_eq!(next("1.2.3", Bump::Minor), "1.3.0");
    /// assert_eq!(next("0.2.3", Bump::Major), "0.3.0");
    /// assert_eq!(next("0.2.3", Bump::Minor), "0.2.4");
    /// ```
    #[must_use]
    pub fn next(&self, bump: Bump) -> Self {
        let v = &self.0;
        let pre = self.is_prerelease();
        match (bump, v.major == 0) {
            (Bump::Major, false) => Self::new(v.major + 1, 0, 0),
            (Bump::Major, true) => Self::new(0, v.minor + 1, 0),
            (Bump::Minor, false) => Self::new(v.major, v.minor + 1, 0),
            // The release of a pre-release is already the next patch version.
            (Bump::Minor, true) | (Bump::Patch, _) if pre => Self::new(v.major, v.minor, v.patch),
            (Bump::Minor, true) | (Bump::Patch, _) => Self::new(v.major, v.minor, v.patch + 1),
        }
    }
}

impl Bump {
    /// Returns the word for files, reports and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.major == 0 { write!(f, "0.{}", self.minor) } else { write!(f, "{}", self.major) }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Version {
    type Err = VersionError;
    fn from_str(text: &str) -> Result<Self, VersionError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Version {
    type Error = VersionError;
    fn try_from(text: String) -> Result<Self, VersionError> {
        Self::parse(&text)
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn inexact_versions_are_rejected() {
        for bad in [
            "1",
            "1.2",
            "v1.2.3",
            "1.2.3+build",
            "01.2.3",
            "",
            "latest",
            "^1.2",
            "1000000000.0.0",
            "0.18446744073709551615.0",
        ] {
            assert!(Version::parse(bad).is_err(), "{bad}");
        }
        assert!(Version::parse(&format!("1.2.3-{}", "a".repeat(80))).is_err());
    }

    #[test]
    fn steps_between_versions() {
        for (from, to, step) in [
            ("1.2.0", "1.2.1", Bump::Patch),
            ("1.2.0", "1.3.0", Bump::Minor),
            ("1.2.0", "2.0.0", Bump::Major),
            ("0.2.0", "0.2.1", Bump::Minor),
            ("0.2.0", "0.3.0", Bump::Major),
            ("0.2.0", "1.0.0", Bump::Major),
            ("1.2.0", "1.3.0-rc.1", Bump::Minor),
        ] {
            assert_eq!(v(to).step_from(&v(from)), step, "{from} -> {to}");
        }
    }

    #[test]
    fn the_next_version_is_a_step_of_the_requested_size() {
        for from in ["1.2.3", "0.2.3", "0.0.1", "3.0.0"] {
            for bump in [Bump::Major, Bump::Minor] {
                assert_eq!(v(from).next(bump).step_from(&v(from)), bump, "{from} {bump}");
            }
        }
    }
}
