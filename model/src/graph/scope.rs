//! Resolves the references of a schema.

use std::borrow::Cow;

use referencing::{Resolver, Uri};
use serde_json::Value;

use crate::dialect::{Dialects, Draft};
use crate::schema::Schema;

/// The base of a schema's references.
///
/// Most documents are plain: all their references are pointers into themselves. For these, a scope needs no registry of
/// the library. Building a registry takes longer than reading such a document.
#[derive(Debug, Clone)]
pub(super) enum Scope<'r, 'l> {
    /// A plain document.
    Plain(&'r Schema),
    /// A document with identities, anchors or references to other documents: the library resolves its references.
    Library(Resolver<'l>),
}

/// A value that is borrowed from the documents, or from the library. The library lends the same values for a shorter
/// time.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lent<'r, 'l> {
    Documents(&'r Value),
    Library(&'l Value),
}

/// The target of a reference.
pub(super) struct Found<'r, 'l> {
    pub(super) schema: Lent<'r, 'l>,
    pub(super) scope: Scope<'r, 'l>,
    /// The draft of the target, if the library knows it.
    pub(super) draft: Option<Draft>,
}

impl<'r, 'l> Scope<'r, 'l> {
    /// Returns the scope inside a schema; `None` if its `$id` is not a URI.
    pub(super) fn within(&self, schema: &Value, draft: Draft) -> Option<Cow<'_, Self>> {
        let names_itself = || schema.get("$id").is_some() || schema.get("id").is_some();
        match self {
            Self::Library(resolver) if names_itself() => {
                let resource = referencing::ResourceRef::new(schema, draft.to_library());
                let own = resolver.in_subresource(resource).ok()?;
                Some(Cow::Owned(Self::Library(own)))
            }
            Self::Library(_) | Self::Plain(_) => Some(Cow::Borrowed(self)),
        }
    }

    /// Returns the draft that a schema names for itself.
    pub(super) fn draft_within(&self, schema: &Value) -> Option<Draft> {
        match self {
            // Only the root of a plain document names a draft.
            Self::Plain(_) => None,
            Self::Library(_) => schema.get("$schema").and_then(|_| Dialects::default().draft_of(schema).ok()),
        }
    }

    /// Returns whether a schema without an `$id` names another draft than that of the schema around it (JSON Schema
    /// Core 2019-09, section 8.1.1).
    pub(super) fn names_other_draft(&self, schema: &Value, around: Draft) -> bool {
        let names_itself = || schema.get("$id").is_some() || schema.get("id").is_some();
        match self {
            Self::Plain(_) => false,
            Self::Library(_) => {
                schema.get("$schema").is_some()
                    && self.draft_within(schema) != Some(around)
                    && !names_itself()
            }
        }
    }

    /// Returns the target of a keyword's reference.
    pub(super) fn follow(&self, keyword: &str, reference: &str) -> Option<Found<'r, 'l>> {
        let resolver = match self {
            Self::Plain(document) => {
                let schema = document.follow(reference)?;
                let schema = Lent::Documents(schema);
                return Some(Found { schema, scope: Self::Plain(document), draft: None });
            }
            Self::Library(resolver) => resolver,
        };
        let found = match keyword {
            "$recursiveRef" => resolver.lookup_recursive_ref().ok()?,
            _ => resolver.lookup(reference).ok().or_else(|| in_metaschema(reference))?,
        };
        let (schema, resolver, draft) = found.into_inner();
        let draft = Draft::ALL.into_iter().find(|own| own.to_library() == draft);
        Some(Found { schema: Lent::Library(schema), scope: Self::Library(resolver), draft })
    }

    /// Returns the URI of the resource that the schema is in.
    pub(super) fn base(&self) -> Option<String> {
        match self {
            Self::Plain(_) => None,
            Self::Library(resolver) => Some(resolver.base_uri().as_str().to_owned()),
        }
    }

    /// Returns the resources on the way to the schema, outermost first, each once.
    ///
    /// A dynamic reference leads to the outermost resource that has its anchor (JSON Schema Core 2020-12, section
    /// 8.2.3.2). So a resource that occurs again further inside changes nothing.
    pub(super) fn resources(&self) -> Vec<String> {
        let Self::Library(resolver) = self else { return Vec::new() };
        let mut innermost_first = vec![resolver.base_uri().as_str().to_owned()];
        innermost_first.extend(resolver.dynamic_scope().iter().map(|uri| uri.as_str().to_owned()));
        let mut resources: Vec<String> = Vec::new();
        for uri in innermost_first.into_iter().rev() {
            if !resources.contains(&uri) {
                resources.push(uri);
            }
        }
        resources
    }
}

/// Returns the target of an absolute reference into a metaschema of the specifications.
pub(super) fn in_metaschema(reference: &str) -> Option<referencing::Resolved<'static>> {
    let home = reference.split('#').next()?;
    if !referencing::SPECIFICATIONS.contains_resource(home) {
        return None;
    }
    let base = Uri::parse(home.to_owned()).ok()?;
    referencing::SPECIFICATIONS.resolver(base).lookup(reference).ok()
}
