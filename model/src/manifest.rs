//! `evschema.toml`: the schemas of a repository, its dependencies, its compatibility rules, and the settings of code
//! generation.

mod generation;

use std::collections::BTreeMap;

pub use generation::{FieldSettings, FormatType, Gen, SchemaKey, SchemaKeyError, TypeSettings};
use serde::{Deserialize, Serialize};

use crate::dialect::{Dialect, Dialects};
use crate::formats::Formats;
use crate::policy::{ContentModel, Mode, SubjectPolicy};
use crate::position::Position;
use crate::subject::Subject;

/// The manifest. Every setting is optional.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Manifest {
    /// The folder of the schemas that this repository owns, relative to the manifest.
    pub schemas: String,
    /// The folder of the schemas that this repository depends on.
    pub vendor: String,
    /// Whether `format` rejects values.
    pub formats: Formats,
    /// The dialect for each foreign `$schema` URI: a draft, or a draft with fewer vocabularies such as
    /// `2020-12 without validation`.
    pub dialects: BTreeMap<String, Dialect>,
    /// The maximum size of a schema document in bytes, instead of [`crate::limits::DOCUMENT_BYTES_MAX`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_document_bytes: Option<usize>,
    /// The registry.
    pub registry: RegistrySection,
    /// The compatibility rules for subjects.
    pub compatibility: Compatibility,
    /// Accepted findings.
    pub waivers: Vec<WaiverEntry>,
    /// The subjects of other repositories that this repository reads or writes, with the version ranges that it uses.
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
    /// The publishers whose tokens a registry with this manifest accepts, in addition to its own tokens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub publishers: Vec<PublisherEntry>,
}

/// One `[[registry.publishers]]` entry: jobs of a CI provider that may write without a token of the registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublisherEntry {
    /// The name that the registry records with changes.
    pub name: String,
    /// The provider, exactly as in the claim `iss` of its tokens.
    pub issuer: String,
    /// The audience that a token must have (`aud`).
    pub audience: String,
    /// The claims that a token must have. A value that ends in `*` matches every value with this beginning.
    pub claims: BTreeMap<String, String>,
    /// The scopes of such a job, such as `register:commerce.`.
    pub scopes: Vec<String>,
}

/// The `[compatibility]` section.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Compatibility {
    /// The mode of every subject without a mode of its own.
    pub mode: Mode,
    /// The content model of every subject without a content model of its own.
    pub content_model: ContentModel,
    /// Different settings for single subjects.
    pub subjects: BTreeMap<Subject, SubjectOverride>,
}

/// Different settings for one subject.
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

/// One `[[waivers]]` entry, which accepts a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaiverEntry {
    /// The finding's fingerprint, 16 hexadecimal digits.
    pub fingerprint: String,
    /// The reason why the finding is accepted.
    pub reason: String,
    /// The last day of the waiver, such as `2027-01-31`; without `until`, the waiver has no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// One version range, or several ranges for several major versions at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Lines {
    /// `"^1.2"`
    One(semver::VersionReq),
    /// `["^1", "^2"]`
    Several(Vec<semver::VersionReq>),
}

/// The error for a manifest that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ManifestError {
    /// The message.
    pub message: String,
    /// The position in the file, if the parser reports one.
    pub position: Option<Position>,
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            schemas: "schemas".to_owned(),
            vendor: "vendor/schemas".to_owned(),
            formats: Formats::default(),
            dialects: BTreeMap::new(),
            max_document_bytes: None,
            registry: RegistrySection::default(),
            compatibility: Compatibility::default(),
            waivers: Vec::new(),
            dependencies: BTreeMap::new(),
            generate: Gen::default(),
        }
    }
}

impl Manifest {
    /// The name of the file.
    pub const FILE_NAME: &str = "evschema.toml";

    /// Parses a manifest.
    ///
    /// # Errors
    ///
    /// If the text is not TOML, a key is unknown, or a value is invalid.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        toml::from_str(text).map_err(|error| ManifestError {
            message: error.message().replace('\n', " "),
            position: error.span().map(|span| Position::of(text, span.start, span.len())),
        })
    }

    /// Returns the policy of a subject.
    pub fn policy(&self, subject: &Subject) -> SubjectPolicy {
        let own = self.compatibility.subjects.get(subject).copied().unwrap_or_default();
        SubjectPolicy {
            mode: own.mode.unwrap_or(self.compatibility.mode),
            content_model: own.content_model.unwrap_or(self.compatibility.content_model),
        }
    }

    /// Returns the dialects of foreign `$schema` URIs, and the maximum size of documents.
    pub fn dialects(&self) -> Dialects {
        let mut dialects = Dialects::default();
        for (uri, dialect) in &self.dialects {
            dialects.map(uri, dialect.clone());
        }
        if let Some(bytes_max) = self.max_document_bytes {
            dialects.limit_document_bytes(bytes_max);
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
    fn all_sections_are_parsed() {
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
    fn an_unknown_key_is_reported_with_its_position() {
        let error = Manifest::parse("schemas = \"s\"\nformts = \"assert\"\n").unwrap_err();
        assert_eq!(error.position.unwrap().to_string(), "2:1");
        assert!(error.message.contains("formts"), "{error}");
    }
}
