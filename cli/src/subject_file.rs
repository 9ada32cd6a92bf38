//! `schemas/<subject>/subject.toml`: what a registry knows of a subject beside its schemas.
//!
//! `evschema pull` writes it, so that a pulled folder is a complete backup, and `evschema push`
//! reads it back. A file like this may also be written by hand, to name an owner.

use std::collections::BTreeMap;
use std::path::Path;

use evschema_api::State;
use evschema_compat::Standing;
use evschema_model::{ContentModel, Mode, Version, WaiverEntry};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::project::read_text_inside;

/// A subject's settings and its versions' states.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SubjectFile {
    /// The compatibility mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<Mode>,
    /// The content model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content_model: Option<ContentModel>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// The findings that are accepted, by fingerprint.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) waivers: BTreeMap<String, WaiverNote>,
    /// The versions of which there is anything to say.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) versions: BTreeMap<Version, VersionEntry>,
}

/// A waiver as `subject.toml` has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaiverNote {
    /// Why the finding is accepted.
    pub(crate) reason: String,
    /// The last day on which the waiver holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<String>,
    /// The author who granted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) author: Option<String>,
}

/// What is known of a version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct VersionEntry {
    /// Its state, unless it is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<State>,
    /// Why it is in that state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// Whether nobody ever wrote an event under a yanked version, which is then no baseline.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) never_used: bool,
    /// Who registered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) author: Option<String>,
    /// What was said when it was registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}

impl SubjectFile {
    /// Name of the file, beside the versions.
    pub(crate) const NAME: &str = "subject.toml";

    /// Reads the file of a subject's folder; without one nothing is known.
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

    /// Reads the text of such a file.
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

    /// Returns the file's waivers as a manifest has them.
    pub(crate) fn waiver_entries(&self) -> impl Iterator<Item = WaiverEntry> {
        self.waivers.iter().map(|(fingerprint, note)| WaiverEntry {
            fingerprint: fingerprint.clone(),
            reason: note.reason.clone(),
            until: note.until.clone(),
        })
    }

    /// Returns the file's text.
    pub(crate) fn render(&self) -> Result<String, Failure> {
        let text = toml::to_string(self).map_err(|error| Failure::new(error.to_string()))?;
        Ok(format!("# The subject's policy, owner, waivers and version states.\n{text}"))
    }

    /// Returns how a version counts in a comparison.
    pub(crate) fn standing(&self, version: &Version) -> Standing {
        let entry = self.versions.get(version);
        entry.map_or(Standing::Current, |entry| {
            standing(entry.state.unwrap_or(State::Active), entry.never_used)
        })
    }
}

/// Returns how a version in this state counts in a comparison.
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
    fn what_is_written_is_read_back() {
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
    fn a_mistake_is_placed() {
        let error = SubjectFile::parse("owner = \"a\"\nmod = \"full\"\n", Path::new("x/subject.toml"));
        assert!(error.unwrap_err().message.starts_with("`x/subject.toml:2` cannot be used"));
    }
}
