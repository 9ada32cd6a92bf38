//! `evschema.lock`: the exact versions that a repository depends on, and their digests.

use serde::Deserialize;
use toml::Spanned;

use crate::catalog::Catalog;
use crate::coordinates::Coordinates;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::manifest::ManifestError;
use crate::position::Position;
use crate::subject::Subject;
use crate::version::Version;

/// The contents of the lock file, which is beside the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The locked versions, in the order of the file.
    pub dependencies: Vec<Locked>,
}

/// One locked version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// The subject.
    pub subject: Subject,
    /// The version.
    pub version: Version,
    /// The digest of its schema, such as `sha256:3b5d…`.
    pub digest: String,
    /// The position of the digest in the file.
    pub position: Position,
}

/// The form of the file. The commands `add` and `update` also write `source`, `path` and `references`, which this
/// parser ignores.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    dependency: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    subject: Subject,
    version: Version,
    digest: Spanned<String>,
}

impl Locked {
    /// Returns the subject and the version.
    pub fn at(&self) -> Coordinates {
        Coordinates { subject: self.subject.clone(), version: self.version.clone() }
    }
}

impl Lock {
    /// The name of the file.
    pub const FILE_NAME: &str = "evschema.lock";

    /// Parses a lock file: `[[dependency]]` entries with `subject`, `version` and `digest`.
    ///
    /// # Errors
    ///
    /// If the text is not TOML, or a field of an entry is missing or invalid.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let file: File = toml::from_str(text).map_err(|error| ManifestError {
            message: error.message().replace('\n', " "),
            position: error.span().map(|span| Position::of(text, span.start, span.len())),
        })?;
        let dependencies = file.dependency.into_iter().map(|entry| Locked {
            subject: entry.subject,
            version: entry.version,
            position: Position::of(text, entry.digest.span().start, entry.digest.span().len()),
            digest: entry.digest.into_inner(),
        });
        Ok(Self { dependencies: dependencies.collect() })
    }

    /// Returns a diagnostic for each locked version that a catalog does not have, or has with another digest.
    pub fn broken(&self, catalog: &Catalog) -> Diagnostics {
        let mut broken = Vec::new();
        for locked in &self.dependencies {
            let at = format!("{}@{}", locked.subject, locked.version);
            let found =
                catalog.get(&locked.subject, &locked.version).map(|schema| schema.digest().to_string());
            let diagnostic = match found {
                Some(digest) if digest == locked.digest => continue,
                Some(digest) => Diagnostic::new(
                    Code::NotAsLocked,
                    format!("`{at}` differs from the lock file: the digest of the file is `{digest}`"),
                )
                .help("a published version never changes; restore the file of the version"),
                None => Diagnostic::new(
                    Code::NotAsLocked,
                    format!("`{at}` is in the lock file, but does not exist"),
                )
                .help("restore the file of the version, or remove the version from the lock file"),
            };
            broken.push(diagnostic.position(Some(locked.position)));
        }
        broken
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::dialect::Dialects;
    use crate::schema::Schema;

    #[test]
    fn missing_and_changed_versions_are_reported() {
        let mut catalog = Catalog::default();
        let at = Coordinates { subject: Subject::parse("a").unwrap(), version: Version::new(1, 0, 0) };
        let schema = Arc::new(Schema::read(at, b"{}", &Dialects::default()).unwrap());
        let digest = schema.digest().to_string();
        catalog.insert(schema).unwrap();
        let entry = |subject: &str, digest: &str| {
            format!(
                "[[dependency]]\nsubject = \"{subject}\"\nversion = \"1.0.0\"\ndigest = \"{digest}\"\nsource = \"x\"\n"
            )
        };
        let lock = |text: &str| Lock::parse(text).unwrap().broken(&catalog);
        assert!(lock("").is_empty());
        assert!(lock(&entry("a", &digest)).is_empty());
        let broken = lock(&(entry("a", "sha256:00") + &entry("b", &digest)));
        let messages: Vec<String> = broken.iter().map(ToString::to_string).collect();
        assert_eq!(messages.len(), 2);
        assert!(messages[0].starts_with("4:10 `a@1.0.0` differs from the lock file"), "{messages:?}");
        assert!(
            messages[1].starts_with("9:10 `b@1.0.0` is in the lock file, but does not exist"),
            "{messages:?}"
        );
        let error = Lock::parse("[[dependency]]\nsubject = \"a\"\nversion = \"1\"\n").unwrap_err();
        assert_eq!(error.position.unwrap().line, 3);
    }
}
