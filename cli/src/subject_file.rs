//! `schemas/<subject>/subject.toml`: what a registry knows of a subject beside its schemas.
//!
//! `evschema pull` writes it, so that a pulled folder is a complete backup, and `evschema push`
//! reads it back. A file like this may also be written by hand, to name an owner.

use std::collections::BTreeMap;
use std::path::Path;

use evschema_api::State;
use evschema_model::{ContentModel, Mode, Version};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// A subject's settings and its versions' states.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SubjectFile {
    /// Which directions of a change must hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<Mode>,
    /// What writers send and readers accept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content_model: Option<ContentModel>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// The versions of which there is anything to say.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) versions: BTreeMap<Version, VersionEntry>,
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
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Failure::file("read", &path, &error)),
        };
        Self::parse(&text, &path)
    }

    /// Reads the text of such a file.
    pub(crate) fn parse(text: &str, path: &Path) -> Result<Self, Failure> {
        toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| 1 + text[..span.start.min(text.len())].matches('\n').count());
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            let message = error.message().replace('\n', " ");
            Failure::new(format!("`{}{line}` cannot be used: {message}", path.display())).help(
                "it has `mode`, `content_model`, `owner`, `description`, and `[versions.\"1.0.0\"]` \
                       with `state`, `reason`, `author` and `message`",
            )
        })
    }

    /// Returns the file's text.
    pub(crate) fn render(&self) -> Result<String, Failure> {
        let text = toml::to_string(self).map_err(|error| Failure::new(error.to_string()))?;
        Ok(format!("# What the registry knows of this subject beside its schemas.\n{text}"))
    }

    /// Returns the versions that are yanked.
    pub(crate) fn yanked(&self) -> impl Iterator<Item = &Version> {
        self.versions
            .iter()
            .filter(|(_, entry)| entry.state == Some(State::Yanked))
            .map(|(version, _)| version)
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
        let text = file.render().unwrap();
        assert_eq!(SubjectFile::parse(&text, Path::new("subject.toml")).unwrap(), file);
        assert_eq!(file.yanked().map(ToString::to_string).collect::<Vec<_>>(), ["1.2.0"]);
    }

    #[test]
    fn a_mistake_is_placed() {
        let error = SubjectFile::parse("owner = \"a\"\nmod = \"full\"\n", Path::new("x/subject.toml"));
        assert!(error.unwrap_err().message.starts_with("`x/subject.toml:2` cannot be used"));
    }
}
