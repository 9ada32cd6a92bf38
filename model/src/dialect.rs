use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::limits;
use crate::vocabulary::Vocabulary;

/// A draft of JSON Schema that evschema supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Draft {
    /// Draft 4 (2013).
    Draft4,
    /// Draft 6 (2017).
    Draft6,
    /// Draft 7 (2018).
    Draft7,
    /// Draft 2019-09.
    Draft201909,
    /// Draft 2020-12, which also applies if `$schema` is missing.
    Draft202012,
}

/// The error for an unknown draft, dialect or vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialectError {
    /// `$schema` names neither a draft nor a mapped dialect.
    #[error("`$schema` names an unknown dialect: `{uri}`")]
    Unknown {
        /// The URI as written.
        uri: String,
    },
    /// `$schema` is not a string.
    #[error("`$schema` is not a string")]
    NotAString,
    /// No vocabulary that a dialect can leave out has this name.
    #[error(
        "a dialect cannot leave out the vocabulary `{name}`; it can leave out applicator, validation, \
         unevaluated and format"
    )]
    NoSuchVocabulary {
        /// The name as written.
        name: String,
    },
    /// No draft has this name.
    #[error("`{name}` is not a draft; the drafts are draft-04, draft-06, draft-07, 2019-09 and 2020-12")]
    NoSuchDraft {
        /// The name as written.
        name: String,
    },
}

/// A draft, or a draft without some of its vocabularies, such as `2020-12 without validation, format`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Dialect {
    /// The draft.
    pub draft: Draft,
    /// The vocabularies that the dialect leaves out. Their keywords only annotate.
    pub without: BTreeSet<Vocabulary>,
}

/// The dialect of each foreign `$schema` URI, from the manifest or the configuration of the registry. Also the maximum
/// size of documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dialects {
    by_uri: BTreeMap<String, Dialect>,
    document_bytes_max: Option<usize>,
}

impl Draft {
    /// Every draft, oldest first.
    pub const ALL: [Self; 5] =
        [Self::Draft4, Self::Draft6, Self::Draft7, Self::Draft201909, Self::Draft202012];

    /// Returns the draft with this name. The names are those of [`Draft::as_str`], and variants such as `4`, `draft4`
    /// and `draft2020-12`.
    ///
    /// # Errors
    ///
    /// If no draft has this name.
    pub fn parse(name: &str) -> Result<Self, DialectError> {
        let short = name.trim_start_matches("draft").trim_start_matches('-').trim_start_matches('0');
        match short {
            "4" => Ok(Self::Draft4),
            "6" => Ok(Self::Draft6),
            "7" => Ok(Self::Draft7),
            "2019-09" => Ok(Self::Draft201909),
            "2020-12" => Ok(Self::Draft202012),
            _ => Err(DialectError::NoSuchDraft { name: name.to_owned() }),
        }
    }

    /// Returns the draft's usual name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft4 => "draft-04",
            Self::Draft6 => "draft-06",
            Self::Draft7 => "draft-07",
            Self::Draft201909 => "2019-09",
            Self::Draft202012 => "2020-12",
        }
    }

    /// Returns the URI of the draft's metaschema.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Draft4 => "http://json-schema.org/draft-04/schema#",
            Self::Draft6 => "http://json-schema.org/draft-06/schema#",
            Self::Draft7 => "http://json-schema.org/draft-07/schema#",
            Self::Draft201909 => "https://json-schema.org/draft/2019-09/schema",
            Self::Draft202012 => "https://json-schema.org/draft/2020-12/schema",
        }
    }

    /// Returns the keyword that gives a schema its identity in this draft.
    pub fn id_keyword(self) -> &'static str {
        if self == Self::Draft4 { "id" } else { "$id" }
    }

    /// Returns whether `true` and `false` are schemas (from draft 6 on).
    pub fn has_boolean_schemas(self) -> bool {
        Self::Draft6 <= self
    }

    /// Returns whether `1.0` is not an integer (in draft 4).
    pub fn has_lexical_integers(self) -> bool {
        self == Self::Draft4
    }

    /// Returns whether `required` and the lists of dependencies may be empty (from draft 6 on).
    pub(crate) fn allows_empty_required(self) -> bool {
        Self::Draft6 <= self
    }

    /// Returns whether the format `hostname` decodes internationalized labels (from draft 7 on).
    pub(crate) fn decodes_hostnames(self) -> bool {
        Self::Draft7 <= self
    }

    /// Returns whether a `$ref` hides the keywords beside it (up to draft 7).
    pub fn ref_hides_siblings(self) -> bool {
        self <= Self::Draft7
    }

    /// Returns whether `dependencies` is a keyword (up to draft 7). Later drafts split it into `dependentRequired` and
    /// `dependentSchemas`.
    pub fn has_dependencies(self) -> bool {
        self <= Self::Draft7
    }

    /// Returns the validator library's value for the draft.
    pub fn to_library(self) -> referencing::Draft {
        match self {
            Self::Draft4 => referencing::Draft::Draft4,
            Self::Draft6 => referencing::Draft::Draft6,
            Self::Draft7 => referencing::Draft::Draft7,
            Self::Draft201909 => referencing::Draft::Draft201909,
            Self::Draft202012 => referencing::Draft::Draft202012,
        }
    }

    /// Returns the validator library's validator of the draft's metaschema.
    pub(crate) fn metaschema(self) -> jsonschema::meta::MetaValidator<'static> {
        match self {
            Self::Draft4 => jsonschema::draft4::meta::validator(),
            Self::Draft6 => jsonschema::draft6::meta::validator(),
            Self::Draft7 => jsonschema::draft7::meta::validator(),
            Self::Draft201909 => jsonschema::draft201909::meta::validator(),
            Self::Draft202012 => jsonschema::draft202012::meta::validator(),
        }
    }

    /// Returns the draft with this metaschema URI.
    pub(crate) fn of_uri(uri: &str) -> Option<Self> {
        let bare = without_scheme_and_fragment(uri);
        Self::ALL.into_iter().find(|draft| without_scheme_and_fragment(draft.uri()) == bare)
    }
}

// Real documents write `https` instead of `http`, and omit the `#` or add one.
fn without_scheme_and_fragment(uri: &str) -> &str {
    let uri = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://")).unwrap_or(uri);
    uri.strip_suffix('#').unwrap_or(uri)
}

impl Dialect {
    /// Parses a dialect of the manifest.
    ///
    /// # Errors
    ///
    /// If no draft has this name, or the draft has no such vocabulary. Drafts up to 7 have no vocabularies.
    pub fn parse(text: &str) -> Result<Self, DialectError> {
        let (draft, without) = text.split_once(" without ").unwrap_or((text, ""));
        let draft = Draft::parse(draft.trim())?;
        let names = without.split(',').map(str::trim).filter(|name| !name.is_empty());
        let vocabulary = |name: &str| {
            let known = Vocabulary::ALL.into_iter().filter(|_| Draft::Draft201909 <= draft);
            known
                .into_iter()
                .find(|vocabulary| vocabulary.as_str() == name)
                .ok_or_else(|| DialectError::NoSuchVocabulary { name: name.to_owned() })
        };
        Ok(Self { draft, without: names.map(vocabulary).collect::<Result<_, _>>()? })
    }
}

impl Dialects {
    /// Maps a foreign `$schema` URI to a draft or a dialect. The scheme `http` or `https` and a trailing `#` make no
    /// difference.
    pub fn map(&mut self, uri: &str, dialect: impl Into<Dialect>) {
        self.by_uri.insert(without_scheme_and_fragment(uri).to_owned(), dialect.into());
    }

    /// Replaces the maximum size of documents, [`limits::DOCUMENT_BYTES_MAX`].
    pub fn limit_document_bytes(&mut self, bytes_max: usize) {
        self.document_bytes_max = Some(bytes_max);
    }

    /// Returns the maximum size of documents in bytes.
    pub fn document_bytes_max(&self) -> usize {
        self.document_bytes_max.unwrap_or(limits::DOCUMENT_BYTES_MAX)
    }

    /// Returns the dialect of a document by its `$schema`.
    ///
    /// # Errors
    ///
    /// If `$schema` is not a string, or names an unknown dialect.
    pub fn of(&self, document: &Value) -> Result<Dialect, DialectError> {
        let Some(named) = document.get("$schema") else { return Ok(Draft::Draft202012.into()) };
        let Value::String(uri) = named else { return Err(DialectError::NotAString) };
        Draft::of_uri(uri)
            .map(Dialect::from)
            .or_else(|| self.by_uri.get(without_scheme_and_fragment(uri)).cloned())
            .ok_or_else(|| DialectError::Unknown { uri: uri.clone() })
    }

    /// Returns the draft of a document's dialect.
    ///
    /// # Errors
    ///
    /// As for [`Dialects::of`].
    pub fn draft_of(&self, document: &Value) -> Result<Draft, DialectError> {
        self.of(document).map(|dialect| dialect.draft)
    }
}

impl From<Draft> for Dialect {
    fn from(draft: Draft) -> Self {
        Self { draft, without: BTreeSet::new() }
    }
}

impl TryFrom<String> for Dialect {
    type Error = DialectError;
    fn try_from(text: String) -> Result<Self, DialectError> {
        Self::parse(&text)
    }
}

impl From<Dialect> for String {
    fn from(dialect: Dialect) -> Self {
        dialect.to_string()
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.draft.as_str())?;
        for (at, vocabulary) in self.without.iter().enumerate() {
            f.write_str(if at == 0 { " without " } else { ", " })?;
            f.write_str(vocabulary.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Draft {
    type Error = DialectError;
    fn try_from(name: String) -> Result<Self, DialectError> {
        Self::parse(&name)
    }
}

impl From<Draft> for String {
    fn from(draft: Draft) -> Self {
        draft.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn spellings_of_a_draft() {
        let mut dialects = Dialects::default();
        dialects.map("http://example.com/self-describing#", Draft::Draft4);
        for (uri, draft) in [
            ("http://json-schema.org/draft-07/schema#", Draft::Draft7),
            ("https://json-schema.org/draft-07/schema", Draft::Draft7),
            ("http://json-schema.org/draft/2020-12/schema#", Draft::Draft202012),
            ("http://example.com/self-describing", Draft::Draft4),
        ] {
            assert_eq!(dialects.draft_of(&json!({ "$schema": uri })), Ok(draft), "{uri}");
        }
        assert_eq!(dialects.draft_of(&json!(true)), Ok(Draft::Draft202012));
        assert!(dialects.draft_of(&json!({"$schema": "http://json-schema.org/schema#"})).is_err());
        assert!(dialects.draft_of(&json!({"$schema": 7})).is_err());
    }

    #[test]
    fn names_of_a_draft() {
        for draft in Draft::ALL {
            assert_eq!(Draft::parse(draft.as_str()), Ok(draft));
        }
        assert_eq!(Draft::parse("draft4"), Ok(Draft::Draft4));
        assert!(Draft::parse("draft-05").is_err());
    }

    #[test]
    fn a_dialect_is_a_draft_without_some_vocabularies() {
        for text in ["draft-04", "2020-12 without validation", "2019-09 without applicator, format"] {
            assert_eq!(Dialect::parse(text).unwrap().to_string(), text);
        }
        let wrong = Dialect::parse("2020-12 without core").unwrap_err();
        assert!(
            wrong
                .to_string()
                .starts_with("a dialect cannot leave out the vocabulary `core`; it can leave out applicator"),
            "{wrong}"
        );
        assert!(Dialect::parse("draft-07 without validation").is_err(), "it has no vocabularies");
    }
}
