//! The mode of a subject and the states of its versions, from the file `subject.toml` in the folder of the subject.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::manifest::ManifestError;
use crate::policy::Mode;
use crate::position::Position;
use crate::version::Version;

/// The versions of a subject that are deprecated or yanked, and the subject's mode. All other versions are active.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionStates {
    /// The mode of the subject, if the file has one.
    pub mode: Option<Mode>,
    /// The deprecated versions, each with the reason. The reason may be empty.
    pub deprecated: BTreeMap<Version, String>,
    /// The yanked versions, each with the reason. The reason may be empty.
    pub yanked: BTreeMap<Version, String>,
}

/// The form of the file. It also has other settings, which this parser ignores.
#[derive(Deserialize)]
struct File {
    mode: Option<Mode>,
    #[serde(default)]
    versions: BTreeMap<Version, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    state: State,
    #[serde(default)]
    reason: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    #[default]
    Active,
    Deprecated,
    Yanked,
}

impl VersionStates {
    /// The name of the file.
    pub const FILE_NAME: &str = "subject.toml";

    /// Parses `mode`, and the tables `[versions."1.0.0"]` with `state` and `reason`.
    ///
    /// # Errors
    ///
    /// If the text is not TOML, or the mode or a state is unknown.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let file: File = toml::from_str(text).map_err(|error| ManifestError {
            message: error.message().replace('\n', " "),
            position: error.span().map(|span| Position::of(text, span.start, span.len())),
        })?;
        let mut states = Self { mode: file.mode, ..Self::default() };
        for (version, entry) in file.versions {
            match entry.state {
                State::Active => None,
                State::Deprecated => states.deprecated.insert(version, entry.reason),
                State::Yanked => states.yanked.insert(version, entry.reason),
            };
        }
        Ok(states)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_and_reasons_are_parsed() {
        let text = "owner = \"a\"\nmode = \"forward\"\n[versions.\"1.0.0\"]\nstate = \"deprecated\"\nreason = \"use 2\"\n\
                    [versions.\"1.1.0\"]\nstate = \"yanked\"\nnever_used = true\n[versions.\"2.0.0\"]\nauthor = \"b\"\n";
        let states = VersionStates::parse(text).unwrap();
        assert_eq!(states.mode, Some(Mode::Forward));
        let deprecated = [(Version::new(1, 0, 0), "use 2".to_owned())];
        assert_eq!(states.deprecated, BTreeMap::from(deprecated));
        assert_eq!(states.yanked.keys().collect::<Vec<_>>(), [&Version::new(1, 1, 0)]);
        let error = VersionStates::parse("[versions.\"1.0.0\"]\nstate = \"old\"\n").unwrap_err();
        assert_eq!(error.position.unwrap().line, 2);
    }
}
