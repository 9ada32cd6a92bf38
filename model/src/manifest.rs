//! `evschema.toml`: what a repository owns, depends on, holds its subjects to, and generates.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ContentModel, Dialect, Dialects, Formats, Mode, Position, Subject, SubjectPolicy};

/// The manifest, every part of it optional.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Manifest {
    /// Folder of the schemas this repository owns, relative to the manifest.
    pub schemas: String,
    /// Folder of the schemas it depends on, written by `evschema add` and `update`.
    pub vendor: String,
    /// Whether `format` refuses values.
    pub formats: Formats,
    /// Dialects that foreign `$schema` URIs stand for: a draft, or `2020-12 without validation`.
    pub dialects: BTreeMap<String, Dialect>,
    /// The registry.
    pub registry: RegistrySection,
    /// What the subjects are held to.
    pub compatibility: Compatibility,
    /// Accepted findings.
    pub waivers: Vec<WaiverEntry>,
    /// Subjects of others that this repository reads or writes, with the versions it takes.
    pub dependencies: BTreeMap<Subject, Lines>,
    /// Code generation.
    #[serde(rename = "gen")]
    pub generate: Gen,
}

/// The `[registry]` section.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegistrySection {
    /// Base URL; `EVSCHEMA_REGISTRY` overrides it.
    pub url: Option<String>,
    /// Whose tokens a registry that is served with this manifest takes beside its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub publishers: Vec<PublisherEntry>,
}

/// One `[[registry.publishers]]` entry: jobs of a CI provider that may write without a token of the registry's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublisherEntry {
    /// The name under which changes are recorded.
    pub name: String,
    /// The provider, exactly as its tokens have it in `iss`.
    pub issuer: String,
    /// For whom a token must be made (`aud`).
    pub audience: String,
    /// What a token must claim; a value that ends in `*` is that of all that begin so.
    pub claims: BTreeMap<String, String>,
    /// What such a job may do, as `register:commerce.`.
    pub scopes: Vec<String>,
}

/// The `[compatibility]` section.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Compatibility {
    /// Mode of every subject that names none.
    pub mode: Mode,
    /// Content model of every subject that names none.
    pub content_model: ContentModel,
    /// What single subjects say otherwise.
    pub subjects: BTreeMap<Subject, SubjectOverride>,
}

/// What one subject says otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SubjectOverride {
    /// Its mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Its content model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_model: Option<ContentModel>,
}

/// One `[[waivers]]` entry: a finding that is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaiverEntry {
    /// The finding's fingerprint, 16 hexadecimal digits.
    pub fingerprint: String,
    /// Why it is accepted.
    pub reason: String,
    /// Last day on which the waiver holds, `2027-01-31`; without one it holds for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// One version range, or several for lines side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Lines {
    /// `"^1.2"`
    One(semver::VersionReq),
    /// `["^1", "^2"]`
    Several(Vec<semver::VersionReq>),
}

/// The `[gen]` section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gen {
    /// Folder that `evschema gen` writes, relative to the manifest; build.rs writes to `OUT_DIR`.
    pub out: String,
    /// Subjects to generate; all that the repository owns or depends on when empty.
    pub subjects: Vec<Subject>,
    /// Folder of templates that replace the built-in ones by name.
    pub templates: Option<String>,
    /// Base URL of `DATASCHEMA`; the registry's URL when absent.
    pub dataschema_base: Option<String>,
    /// Whether structs keep the members that no schema names, where the schema lets them be there.
    pub keep_unknown: bool,
    /// Whether types that hold text get a second form that borrows it from the event, `OrderRef<'a>`.
    pub borrowed: bool,
}

/// Why a manifest cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ManifestError {
    /// What is wrong.
    pub message: String,
    /// Where, if the parser could tell.
    pub position: Option<Position>,
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            schemas: "schemas".to_owned(),
            vendor: "vendor/schemas".to_owned(),
            formats: Formats::default(),
            dialects: BTreeMap::new(),
            registry: RegistrySection::default(),
            compatibility: Compatibility::default(),
            waivers: Vec::new(),
            dependencies: BTreeMap::new(),
            generate: Gen::default(),
        }
    }
}

impl Default for Gen {
    fn default() -> Self {
        Self {
            out: "src/events".to_owned(),
            subjects: Vec::new(),
            templates: None,
            dataschema_base: None,
            keep_unknown: false,
            borrowed: false,
        }
    }
}

impl Manifest {
    /// Name of the file.
    pub const FILE_NAME: &str = "evschema.toml";

    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// When the text is not TOML, or has an unknown or misused key.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        toml::from_str(text).map_err(|error| ManifestError {
            message: error.message().replace('\n', " "),
            position: error.span().map(|span| Position::of(text, span.start, span.len())),
        })
    }

    /// Returns what a subject is held to.
    pub fn policy(&self, subject: &Subject) -> SubjectPolicy {
        let own = self.compatibility.subjects.get(subject).copied().unwrap_or_default();
        SubjectPolicy {
            mode: own.mode.unwrap_or(self.compatibility.mode),
            content_model: own.content_model.unwrap_or(self.compatibility.content_model),
        }
    }

    /// Returns the foreign dialects.
    pub fn dialects(&self) -> Dialects {
        let mut dialects = Dialects::default();
        for (uri, dialect) in &self.dialects {
            dialects.map(uri, dialect.clone());
        }
        dialects
    }
}

impl Lines {
    /// Returns the ranges.
    pub fn as_slice(&self) -> &[semver::VersionReq] {
        match self {
            Self::One(range) => std::slice::from_ref(range),
            Self::Several(ranges) => ranges,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_manifest() {
        let manifest = Manifest::parse(
            r#"
schemas = "schemas"
formats = "annotate"
[dialects]
"http://example.com/meta" = "draft-04"
[registry]
url = "http://127.0.0.1:8080"
[compatibility]
mode = "forward"
[compatibility.subjects."audit.entry"]
mode = "full_transitive"
[[waivers]]
fingerprint = "a3f8c21b9d04e577"
reason = "nobody reads it"
until = "2027-01-31"
[dependencies]
"commerce.order.placed" = "^1.2"
"commerce.payment.captured" = ["^1", "^2"]
[gen]
out = "src/events"
"#,
        )
        .unwrap();
        let policy = manifest.policy(&Subject::parse("audit.entry").unwrap());
        assert_eq!((policy.mode, policy.content_model), (Mode::FullTransitive, ContentModel::Lenient));
        assert_eq!(manifest.policy(&Subject::parse("x").unwrap()).mode, Mode::Forward);
        assert_eq!(manifest.dependencies.len(), 2);
    }

    #[test]
    fn a_mistake_is_placed() {
        let error = Manifest::parse("schemas = \"s\"\nformts = \"assert\"\n").unwrap_err();
        assert_eq!(error.position.unwrap().to_string(), "2:1");
        assert!(error.message.contains("formts"), "{error}");
    }
}
