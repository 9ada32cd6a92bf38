use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::coordinates::Coordinates;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::dialect::{Dialect, Dialects, Draft};
use crate::digest::Digest;
use crate::document::Document;
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
    /// The value with `$schema` naming the draft, and without keywords that mean nothing, where the
    /// document names a foreign dialect.
    translated: Option<Value>,
    links: Links,
}

impl Schema {
    /// Reads a schema: JSON, dialect, metaschema, size, spelling of references.
    ///
    /// Whether what it refers to exists is asked later, by [`crate::catalog::Catalog::resolve`].
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the document, as far as it could be read.
    pub fn read(at: Coordinates, bytes: &[u8], dialects: &Dialects) -> Result<Self, Diagnostics> {
        let document = Document::parse(bytes)?;
        let located = |diagnostic: Diagnostic| {
            let position = document.closest_position(&diagnostic.pointer);
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

    /// Returns the schema as a value, with `$schema` naming a draft (or absent).
    pub fn value(&self) -> &Value {
        self.translated.as_ref().unwrap_or_else(|| self.document.value())
    }

    /// Returns the draft that rules the document.
    pub fn draft(&self) -> Draft {
        self.draft
    }

    /// Returns the digest of the document as it was written.
    pub fn digest(&self) -> &Digest {
        self.document.digest()
    }

    /// Returns the resolved `$id` of the root; nothing when it has a fragment, and so names a part
    /// of something.
    ///
    /// A relative `$id` is resolved against the document's place, so it names nothing that
    /// another document could refer to by an absolute URI.
    pub fn id(&self) -> Option<&str> {
        self.links.id.as_deref()
    }

    /// Returns the URI against which the root's references are resolved.
    pub fn base_uri(&self) -> Cow<'_, str> {
        match &self.links.base {
            Some(base) => Cow::Borrowed(base.as_str()),
            None => Cow::Owned(self.retrieval_uri()),
        }
    }

    /// Returns the URI that stands for the document's place in a tree; it is never written down.
    pub fn retrieval_uri(&self) -> String {
        retrieval_uri(&self.at)
    }

    /// Returns every reference in the document, in document order.
    pub fn references(&self) -> &[Reference] {
        &self.links.references
    }

    /// Returns the references that lead to other documents.
    pub fn foreign_references(&self) -> impl Iterator<Item = &Reference> {
        self.links.references.iter().filter(|r| matches!(r.target, Target::Named(_) | Target::Identified(_)))
    }

    /// Tells whether the document is read by itself: no part has an identity, an anchor or a dialect
    /// of its own, and every reference is a JSON Pointer into it, which [`Schema::follow`] follows.
    pub fn is_plain(&self) -> bool {
        !self.links.is_woven
    }

    /// Tells whether a part in draft 4 has a keyword that holds subschemas in later drafts only.
    pub(crate) fn is_ahead(&self) -> bool {
        self.links.is_ahead
    }

    /// Whether a part in a draft up to 7 has `dependencies`.
    pub(crate) fn has_dependencies(&self) -> bool {
        self.links.has_dependencies
    }

    /// Returns the places of `dependencies` in parts of 2019-09 or later, in which it is no keyword.
    pub fn ignored_dependencies(&self) -> &[Pointer] {
        &self.links.ignored_dependencies
    }

    /// Returns the patterns of the subschemas.
    pub(crate) fn patterns(&self) -> &BTreeSet<String> {
        &self.links.patterns
    }

    /// Tells whether it is of a dialect that is read as a draft, with other keywords than the draft has.
    pub(crate) fn is_translated(&self) -> bool {
        self.translated.is_some()
    }

    /// Returns the identities of the root and of its parts.
    pub(crate) fn identities(&self) -> &[Identity] {
        &self.links.identities
    }

    /// Returns the same document, to be read as another value.
    pub(crate) fn translated_to(&self, value: Value) -> Self {
        let links = links(&value, &self.at, self.draft);
        Self { links, translated: Some(value), ..self.clone() }
    }

    /// Returns what a reference leads to in a document that [is plain](Schema::is_plain).
    pub fn follow(&self, reference: &str) -> Option<&Value> {
        self.value().pointer(pointer_of(reference)?)
    }

    /// Returns the number of subschemas.
    pub fn nodes(&self) -> usize {
        self.links.nodes
    }

    /// Returns the `title` of the root, if it is a text.
    pub fn title(&self) -> Option<&str> {
        self.document.value().get("title").and_then(Value::as_str)
    }

    /// Returns the `description` of the root, if it is a text.
    pub fn description(&self) -> Option<&str> {
        self.document.value().get("description").and_then(Value::as_str)
    }
}

/// Refuses URIs that no registry could find again: the document's own, and those of others.
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
