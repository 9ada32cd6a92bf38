use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::coordinates::Coordinates;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::dialect::{Dialect, Dialects, Draft};
use crate::digest::Digest;
use crate::document::{Document, Positions};
use crate::identity::Identity;
use crate::limits;
use crate::metaschema;
use crate::pointer::Pointer;
use crate::reference::{Links, links, pointer_of, retrieval_uri};
use crate::reference::{Reference, Target};
use crate::vocabulary;
use crate::vocabulary::Vocabulary;

/// A valid JSON Schema document that is, or may become, a version of a subject.
#[derive(Debug, Clone)]
pub struct Schema {
    at: Coordinates,
    document: Document,
    draft: Draft,
    /// The value to use instead of the document's value. If the document names a foreign dialect, this value has the
    /// `$schema` of the draft, and no keywords that the dialect leaves out.
    translated: Option<Value>,
    links: Links,
}

impl Schema {
    /// Parses a schema, and checks its JSON, its dialect, the rules of the metaschema, its size, and the syntax of its
    /// references.
    ///
    /// Later, [`crate::catalog::Catalog::resolve`] checks whether the targets of its references exist.
    ///
    /// # Errors
    ///
    /// All problems in the document. After some problems, such as invalid JSON, the later checks are impossible.
    pub fn read(at: Coordinates, bytes: &[u8], dialects: &Dialects) -> Result<Self, Diagnostics> {
        let document = Document::parse_at_most(bytes, dialects.document_bytes_max())?;
        let positions = Positions::of(&document);
        let located = |diagnostic: Diagnostic| {
            let position = positions.closest(&diagnostic.pointer);
            diagnostic.position(position)
        };
        let Dialect { draft, without } = dialects.of(document.value()).map_err(|error| {
            vec![located(
                Diagnostic::new(Code::UnknownDialect, error.to_string())
                    .at(Pointer::root().child("$schema"))
                    .help("name a draft from 4 to 2020-12, or map this URI to a draft under `dialects`"),
            )]
        })?;
        let translated = translate(document.value(), draft, &without);
        let value = translated.as_ref().unwrap_or_else(|| document.value());
        let refused: Diagnostics = metaschema_errors(value, draft).into_iter().map(located).collect();
        if !refused.is_empty() {
            return Err(refused);
        }
        let links = links(value, &at, draft);
        let mut wrong = Diagnostics::new();
        if limits::SCHEMA_NODES_MAX < links.nodes {
            let message = format!(
                "the document has {} subschemas; at most {} are allowed",
                links.nodes,
                limits::SCHEMA_NODES_MAX
            );
            wrong.push(
                Diagnostic::new(Code::TooManyNodes, message)
                    .help("split the document into several documents that refer to each other"),
            );
        }
        for (pointer, why) in &links.malformed {
            let diagnostic = Diagnostic::new(Code::RemoteReference, format!("not a URI reference: {why}"));
            wrong.push(located(
                diagnostic.at(pointer.clone()).help("RFC 3986 lists the characters that a URI may have"),
            ));
        }
        wrong.extend(too_long(&links, draft).into_iter().map(located));
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Self { at, document, draft, translated, links })
    }

    /// Returns the subject and version.
    pub fn at(&self) -> &Coordinates {
        &self.at
    }

    /// Returns the document as it was written.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Returns the schema as a value. Its `$schema` names a draft, or is missing.
    pub fn value(&self) -> &Value {
        self.translated.as_ref().unwrap_or_else(|| self.document.value())
    }

    /// Returns the draft of the document.
    pub fn draft(&self) -> Draft {
        self.draft
    }

    /// Returns the digest of the document as it was written.
    pub fn digest(&self) -> &Digest {
        self.document.digest()
    }

    /// Returns the resolved `$id` of the root; `None` if it is missing, or if it has a fragment and so names only a
    /// part of a resource.
    ///
    /// A relative `$id` is resolved against the document's place in the tree, so other documents cannot refer to it by
    /// an absolute URI.
    pub fn id(&self) -> Option<&str> {
        self.links.id.as_deref()
    }

    /// Returns the base URI of the root's references.
    pub fn base_uri(&self) -> Cow<'_, str> {
        match &self.links.base {
            Some(base) => Cow::Borrowed(base.as_str()),
            None => Cow::Owned(self.retrieval_uri()),
        }
    }

    /// Returns the URI of the document's place in the tree. This URI is internal; no output contains it.
    pub fn retrieval_uri(&self) -> String {
        retrieval_uri(&self.at)
    }

    /// Returns all references of the document, in document order.
    pub fn references(&self) -> &[Reference] {
        &self.links.references
    }

    /// Returns the references that lead to other documents.
    pub fn foreign_references(&self) -> impl Iterator<Item = &Reference> {
        self.links.references.iter().filter(|r| matches!(r.target, Target::Named(_) | Target::Identified(_)))
    }

    /// Returns whether [`Schema::follow`] can resolve all references: each is a JSON Pointer into the document, and no
    /// subschema has an identity or a dialect of its own.
    pub fn is_plain(&self) -> bool {
        !self.links.needs_resolver
    }

    /// Returns whether the document is of draft 4, and has a keyword that contains subschemas only in later drafts.
    pub(crate) fn has_later_keywords(&self) -> bool {
        self.links.has_later_keywords
    }

    /// Returns whether a subschema of a draft up to 7 has `dependencies`.
    pub(crate) fn has_dependencies(&self) -> bool {
        self.links.has_dependencies
    }

    /// Returns the places of `dependencies` in subschemas of 2019-09 or later, which ignore this keyword.
    pub fn ignored_dependencies(&self) -> &[Pointer] {
        &self.links.ignored_dependencies
    }

    /// Returns the patterns of the subschemas.
    pub(crate) fn patterns(&self) -> &BTreeSet<String> {
        &self.links.patterns
    }

    /// Returns whether [`Schema::value`] differs from the document's own value, for example because of a foreign
    /// dialect.
    pub(crate) fn is_translated(&self) -> bool {
        self.translated.is_some()
    }

    /// Returns the identities of the root and of its subschemas.
    pub(crate) fn identities(&self) -> &[Identity] {
        &self.links.identities
    }

    /// Returns a copy that uses another value instead of the value of the document.
    pub(crate) fn translated_to(&self, value: Value) -> Self {
        let links = links(&value, &self.at, self.draft);
        Self { links, translated: Some(value), ..self.clone() }
    }

    /// Returns the target of a reference in a document that [is plain](Schema::is_plain).
    pub fn follow(&self, reference: &str) -> Option<&Value> {
        self.value().pointer(pointer_of(reference)?)
    }

    /// Returns the number of subschemas.
    pub fn nodes(&self) -> usize {
        self.links.nodes
    }

    /// Returns the `title` of the root, if it is a string.
    pub fn title(&self) -> Option<&str> {
        self.document.value().get("title").and_then(Value::as_str)
    }

    /// Returns the `description` of the root, if it is a string.
    pub fn description(&self) -> Option<&str> {
        self.document.value().get("description").and_then(Value::as_str)
    }
}

/// Reports URIs that are too long for the index of a registry: the URI of the document, and the URIs that it refers to.
fn too_long(links: &Links, draft: Draft) -> Diagnostics {
    let own = links.id.iter().map(|id| (Pointer::root().child(draft.id_keyword()), id));
    let others = links
        .references
        .iter()
        .filter(|reference| matches!(reference.target, Target::Named(_) | Target::Identified(_)))
        .map(|reference| (reference.pointer.clone(), &reference.uri));
    own.chain(others)
        .filter(|(_, uri)| limits::URI_BYTES_MAX < uri.len())
        .map(|(pointer, uri)| {
            let message =
                format!("the URI has {} bytes; at most {} are allowed", uri.len(), limits::URI_BYTES_MAX);
            Diagnostic::new(Code::NotASchema, message).at(pointer).help("use a shorter URI")
        })
        .collect()
}

fn translate(value: &Value, draft: Draft, without: &BTreeSet<Vocabulary>) -> Option<Value> {
    let named = value.get("$schema")?;
    if named.as_str().map(|uri| uri.trim_end_matches('#')) == Some(draft.uri().trim_end_matches('#')) {
        return None;
    }
    let mut value = value.clone();
    value["$schema"] = Value::from(draft.uri());
    if !without.is_empty() {
        vocabulary::without(&mut value, without, draft);
    }
    Some(value)
}

fn metaschema_errors(value: &Value, draft: Draft) -> Diagnostics {
    if !value.is_object() && !value.is_boolean() {
        let message = "a schema is an object or a boolean";
        return vec![
            Diagnostic::new(Code::NotASchema, message)
                .help("to accept exactly this value, write {\"const\": …}"),
        ];
    }
    metaschema::errors(value, draft)
}
