//! Every violation, by the `jsonschema` crate on the embedded schema.

use jsonschema::{Registry, Retrieve, Uri};
use serde_json::Value;

use super::work::is_affordable;
use super::{excerpt, violation};
use crate::place::start_of;
use crate::{Document, Draft, Error, Violation};

/// Returns every violation, up to [`Error::VIOLATIONS_MAX`]; none where the crate, which rounds
/// numbers, finds nothing wrong, or would take too long.
pub(super) fn violations(document: &'static Document, text: &str) -> Vec<Violation> {
    let Ok(event) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    if !is_affordable(document.root(), &event) {
        return Vec::new();
    }
    let Ok(validator) = document.compiled.get_or_init(|| document.compile()) else { return Vec::new() };
    validator.iter_errors(&event).take(Error::VIOLATIONS_MAX).map(|error| said(text, &error)).collect()
}

fn said(text: &str, error: &jsonschema::ValidationError<'_>) -> Violation {
    let pointer = error.instance_path().to_string();
    let start = start_of(text, &pointer);
    let value = excerpt(text, start);
    // The library's message repeats the value whole.
    let message = error.masked_with(value.clone()).to_string().replace('\n', " ");
    violation(
        text,
        start,
        Violation {
            pointer,
            line: 0,
            column: 0,
            schema_pointer: error.schema_path().to_string(),
            keyword: error.kind().keyword().to_owned(),
            value,
            message,
        },
    )
}

impl Document {
    fn compile(&self) -> Result<jsonschema::Validator, String> {
        let root = self.value()?;
        let mut resources = vec![(self.base, self.draft.to_library().create_resource(root.clone()))];
        for (uri, document) in self.references {
            // Once each: a document is known by its own `$id` as well, and the library does not
            // bear two documents of one identity.
            let others = self.references.iter().filter(|(_, other)| std::ptr::eq(*other, *document));
            let is_alias = *uri != document.base;
            if is_alias || others.count() == 1 {
                resources.push((uri, document.draft.to_library().create_resource(document.value()?)));
            }
        }
        let registry = Registry::new()
            .retrieve_known_draft_meta_schemas(false)
            .retriever(Nothing)
            .extend(resources)
            .and_then(|builder| builder.prepare())
            .map_err(|error| error.to_string())?;
        // Up to draft 7 `dependencies` is a keyword; the library takes it for one in later drafts too.
        let documents = self.references.iter().map(|(_, document)| *document);
        let is_ignored = documents.chain([self]).all(|document| !document.draft.has_dependencies());
        let options = jsonschema::options().with_format("email", crate::format::is_email);
        #[cfg(feature = "idn")]
        let options = options.with_format("idn-email", crate::format::is_idn_email);
        let options = if is_ignored {
            options.with_keyword("dependencies", |_, _, _| Ok(Box::new(Anything)))
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

    /// Returns the parsed text, its `$schema` naming the draft where it names a foreign dialect.
    fn value(&self) -> Result<Value, String> {
        let mut value: Value = serde_json::from_str(self.text).map_err(|error| error.to_string())?;
        if let Some(named) = value.get_mut("$schema") {
            *named = self.draft.uri().into();
        }
        Ok(value)
    }
}

/// A keyword that accepts everything.
struct Anything;

impl<'i> jsonschema::Keyword<'i> for Anything {
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

/// Refuses to fetch: what is not embedded is not there.
struct Nothing;

impl Retrieve for Nothing {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err(format!("the schema `{uri}` is not embedded in the generated code").into())
    }
}
