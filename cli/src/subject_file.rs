//! `schemas/<subject>/subject.toml`: the data of a subject besides its schemas.
//!
//! `evschema pull` writes this file, so that a pulled folder is a complete backup. `evschema push` reads it. People
//! may also write such a file by hand, for example to name an owner.

use std::collections::BTreeMap;
use std::path::Path;

use evschema_api::State;
use evschema_compat::Standing;
use evschema_model::{ContentModel, Mode, Version, WaiverEntry};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::text_file::read_text_inside;

/// The settings of a subject, and the states of its versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SubjectFile {
    /// The compatibility mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<Mode>,
    /// The content model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content_model: Option<ContentModel>,
    /// The owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<String>,
    /// The description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// The waivers, by fingerprint.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) waivers: BTreeMap<String, WaiverNote>,
    /// The versions that have a state, an author or a message.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) versions: BTreeMap<Version, VersionEntry>,
}

/// A waiver in `subject.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaiverNote {
    /// The reason.
    pub(crate) reason: String,
    /// The last day on which the waiver is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<String>,
    /// The author who granted the waiver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) author: Option<String>,
}

/// The data of a version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct VersionEntry {
    /// The state of the version; `None` if the version is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<State>,
    /// The reason of the state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// Whether the version is yanked and nobody ever wrote an event under it. Such a version is no baseline.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) never_used: bool,
    /// The author of the registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) author: Option<String>,
    /// The message of the registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}

impl SubjectFile {
    /// The name of the file, in the folder of the subject.
    pub(crate) const NAME: &str = "subject.toml";

    /// Reads the file in the folder of a subject; returns the default if the file does not exist.
    pub(crate) fn read(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join(Self::NAME);
        let tree = folder.parent().unwrap_or(folder);
        let text = match read_text_inside(tree, &path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Failure::file("read", &path, &error)),
        };
        Self::parse(&text, &path)
    }

    /// Parses the text of such a file.
    pub(crate) fn parse(text: &str, path: &Path) -> Result<Self, Failure> {
        let file: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| 1 + text[..span.start.min(text.len())].matches('\n').count());
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            let message = error.message().replace('\n', " ");
            Failure::new(format!("`{}{line}` cannot be used: {message}", path.display())).help(
                "the file may have `mode`, `content_model`, `owner` and `description`; \
                 `[versions.\"1.0.0\"]` with `state`, `reason`, `never_used`, `author` and `message`; and \
                 `[waivers.FINGERPRINT]` with `reason`, `until` and `author`",
            )
        })?;
        let mut never_used = file.versions.iter().filter(|(_, entry)| entry.never_used);
        if let Some((version, _)) = never_used.find(|(_, entry)| entry.state != Some(State::Yanked)) {
            let message = format!("version {version} has `never_used` without `state = \"yanked\"`");
            return Err(Failure::new(format!("`{}` cannot be used: {message}", path.display()))
                .help("add `state = \"yanked\"`, or remove `never_used`"));
        }
        Ok(file)
    }

    /// Returns the waivers in the type of the manifest.
    pub(crate) fn waiver_entries(&self) -> impl Iterator<Item = WaiverEntry> {
        self.waivers.iter().map(|(fingerprint, note)| WaiverEntry {
            fingerprint: fingerprint.clone(),
            reason: note.reason.clone(),
            until: note.until.clone(),
        })
    }

    /// Returns the text of the file.
    pub(crate) fn render(&self) -> Result<String, Failure> {
        let text = toml::to_string(self).map_err(|error| Failure::new(error.to_string()))?;
        Ok(format!("# The subject's policy, owner, waivers and version states.\n{text}"))
    }

    /// Returns how a comparison treats a version.
    pub(crate) fn standing(&self, version: &Version) -> Standing {
        let entry = self.versions.get(version);
        entry.map_or(Standing::Current, |entry| {
            standing(entry.state.unwrap_or(State::Active), entry.never_used)
        })
    }
}

/// Returns how a comparison treats a version in this state.
pub(crate) fn standing(state: State, never_used: bool) -> Standing {
    match state {
        State::Yanked if never_used => Standing::NeverUsed,
        State::Yanked => Standing::Yanked,
        State::Active | State::Deprecated => Standing::Current,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_file_parses_to_the_same_value() {
        let mut file = SubjectFile {
            mode: Some(Mode::FullTransitive),
            owner: Some("team \"ledger\"".to_owned()),
            ..SubjectFile::default()
        };
        let entry = VersionEntry {
            state: Some(State::Yanked),
            reason: Some("wrong\nunit".to_owned()),
            ..VersionEntry::default()
        };
        file.versions.insert(Version::new(1, 2, 0), entry);
        let waiver = WaiverNote { reason: "never sent".to_owned(), ..WaiverNote::default() };
        file.waivers.insert("0123456789abcdef".to_owned(), waiver);
        let text = file.render().unwrap();
        assert_eq!(SubjectFile::parse(&text, Path::new("subject.toml")).unwrap(), file);
        assert_eq!(file.standing(&Version::new(1, 2, 0)), Standing::Yanked);
        assert_eq!(file.standing(&Version::new(1, 1, 0)), Standing::Current);
    }

    #[test]
    fn only_a_yanked_version_counts_as_never_used() {
        for (text, expected) in [
            ("state = \"yanked\"\nnever_used = true", Standing::NeverUsed),
            ("state = \"yanked\"\nnever_used = false", Standing::Yanked),
            ("state = \"yanked\"", Standing::Yanked),
            ("state = \"deprecated\"", Standing::Current),
        ] {
            let text = format!("[versions.\"1.0.0\"]\n{text}\n");
            let file = SubjectFile::parse(&text, Path::new("subject.toml")).unwrap();
            assert_eq!(file.standing(&Version::new(1, 0, 0)), expected, "{text}");
        }
    }

    #[test]
    fn only_a_yanked_version_may_be_marked_as_never_used() {
        for (state, is_good) in [("state = \"yanked\"", true), ("state = \"deprecated\"", false), ("", false)]
        {
            let text = format!("[versions.\"1.0.0\"]\n{state}\nnever_used = true\n");
            let parsed = SubjectFile::parse(&text, Path::new("x/subject.toml"));
            assert_eq!(parsed.is_ok(), is_good, "{text}");
        }
    }

    #[test]
    fn an_error_names_its_line() {
        let error = SubjectFile::parse("owner = \"a\"\nmod = \"full\"\n", Path::new("x/subject.toml"));
        assert!(error.unwrap_err().message.starts_with("`x/subject.toml:2` cannot be used"));
    }
}
