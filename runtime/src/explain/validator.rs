//! Lists all violations of an event, with the `jsonschema` crate and the embedded schema.

use jsonschema::{Registry, Retrieve, Uri};
use serde_json::Value;

use super::cost::is_affordable;
use super::pointer::value_start;
use super::{Finding, excerpt};
use crate::document::{Document, Draft};
use crate::error::{Error, Violation};

/// Returns the violations, at most [`Error::VIOLATIONS_MAX`]. Returns an empty list if the crate would take too long.
/// The list is also empty if the crate finds no violation because it rounds numbers.
pub(super) fn violations(document: &'static Document, text: &str) -> Vec<Violation> {
    let Ok(event) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    if !is_affordable(document.root(), &event) {
        return Vec::new();
    }
    let Ok(validator) = document.compiled.get_or_init(|| document.compile()) else { return Vec::new() };
    validator
        .iter_errors(&event)
        .take(Error::VIOLATIONS_MAX)
        .map(|error| to_violation(text, &error))
        .collect()
}

fn to_violation(text: &str, error: &jsonschema::ValidationError<'_>) -> Violation {
    let pointer = error.instance_path().to_string();
    let start = value_start(text, &pointer);
    let value = excerpt(text, start);
    // Replaces the whole value in the message of the library by its excerpt.
    let message = error.masked_with(value.clone()).to_string().replace('\n', " ");
    let schema_pointer = error.schema_path().to_string();
    let keyword = error.kind().keyword();
    Finding { pointer, start, schema_pointer, keyword, value, message }.into_violation(text)
}

impl Document {
    fn compile(&self) -> Result<jsonschema::Validator, String> {
        let root = self.value()?;
        let mut resources = vec![(self.base, self.draft.to_library().create_resource(root.clone()))];
        for (uri, document) in self.references {
            // The library rejects two resources with the same `$id`. So a document with several URIs is added only
            // under the URIs that differ from its base URI.
            let others = self.references.iter().filter(|(_, other)| std::ptr::eq(*other, *document));
            let is_alias = *uri != document.base;
            if is_alias || others.count() == 1 {
                resources.push((uri, document.draft.to_library().create_resource(document.value()?)));
            }
        }
        let registry = Registry::new()
            .retrieve_known_draft_meta_schemas(false)
            .retriever(EmbeddedOnly)
            .extend(resources)
            .and_then(|builder| builder.prepare())
            .map_err(|error| error.to_string())?;
        // `dependencies` is a keyword up to draft 7, but the library applies it in later drafts too.
        let documents = self.references.iter().map(|(_, document)| *document);
        let ignores_dependencies = documents.chain([self]).all(|document| !document.draft.has_dependencies());
        let options = jsonschema::options().with_format("email", crate::format::is_email);
        #[cfg(feature = "idn")]
        let options = options.with_format("idn-email", crate::format::is_idn_email);
        let options = if ignores_dependencies {
            options.with_keyword("dependencies", |_, _, _| Ok(Box::new(IgnoredKeyword)))
        } else {
            options
        };
        options
            .with_draft(self.draft.to_library())
            .with_base_uri(self.base)
            .with_registry(&registry)
            .should_validate_formats(self.asserts_formats)
            .offline()
            .build(&root)
            .map_err(|error| error.to_string())
    }

    /// Returns the parsed text. Replaces `$schema` by the URI of the draft, because the text may name another dialect.
    fn value(&self) -> Result<Value, String> {
        let mut value: Value = serde_json::from_str(self.text).map_err(|error| error.to_string())?;
        if let Some(named) = value.get_mut("$schema") {
            *named = self.draft.uri().into();
        }
        Ok(value)
    }
}

/// A keyword that accepts everything.
struct IgnoredKeyword;

impl<'i> jsonschema::Keyword<'i> for IgnoredKeyword {
    fn validate(&self, _: &'i Value) -> Result<(), jsonschema::ValidationError<'i>> {
        Ok(())
    }

    fn is_valid(&self, _: &'i Value) -> bool {
        true
    }
}

impl Draft {
    fn has_dependencies(self) -> bool {
        match self {
            Self::Draft4 | Self::Draft6 | Self::Draft7 => true,
            Self::Draft201909 | Self::Draft202012 => false,
        }
    }

    fn to_library(self) -> jsonschema::Draft {
        match self {
            Self::Draft4 => jsonschema::Draft::Draft4,
            Self::Draft6 => jsonschema::Draft::Draft6,
            Self::Draft7 => jsonschema::Draft::Draft7,
            Self::Draft201909 => jsonschema::Draft::Draft201909,
            Self::Draft202012 => jsonschema::Draft::Draft202012,
        }
    }

    fn uri(self) -> &'static str {
        match self {
            Self::Draft4 => "http://json-schema.org/draft-04/schema#",
            Self::Draft6 => "http://json-schema.org/draft-06/schema#",
            Self::Draft7 => "http://json-schema.org/draft-07/schema#",
            Self::Draft201909 => "https://json-schema.org/draft/2019-09/schema",
            Self::Draft202012 => "https://json-schema.org/draft/2020-12/schema",
        }
    }
}

/// Fetches no documents, because all of them are embedded.
struct EmbeddedOnly;

impl Retrieve for EmbeddedOnly {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err(format!("the schema `{uri}` is not embedded in the generated code").into())
    }
}
