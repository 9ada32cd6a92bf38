//! What references are resolved against.

use std::borrow::Cow;

use evschema_model::{Dialects, Draft, Schema};
use referencing::{Resolver, Uri};
use serde_json::Value;

/// What the references of a schema are resolved against.
///
/// Most documents are plain: their references are pointers into themselves, and to follow those no
/// registry is needed, which costs more to build than such a document to lower.
#[derive(Debug, Clone)]
pub(super) enum Scope<'r> {
    /// A document by itself.
    Plain(&'r Schema),
    /// Identities, anchors and other documents, as the library resolves them.
    Library(Resolver<'r>),
}

/// What a reference leads to.
pub(super) struct Found<'r> {
    pub(super) schema: &'r Value,
    pub(super) scope: Scope<'r>,
    /// The draft that rules there, where the library knows it.
    pub(super) draft: Option<Draft>,
}

impl<'r> Scope<'r> {
    /// Returns the scope inside a schema; nothing when what it calls itself is not a URI.
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
            // Only its root does, and that is known.
            Self::Plain(_) => None,
            Self::Library(_) => schema.get("$schema").and_then(|_| Dialects::default().draft_of(schema).ok()),
        }
    }

    /// Tells whether a schema that is no resource of its own names another draft than the one that rules
    /// around it (JSON Schema Core 2019-09, section 8.1.1).
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

    /// Returns what the reference of a keyword leads to.
    pub(super) fn follow(&self, keyword: &str, reference: &str) -> Option<Found<'r>> {
        let resolver = match self {
            Self::Plain(document) => {
                let schema = document.follow(reference)?;
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
        Some(Found { schema, scope: Self::Library(resolver), draft })
    }

    /// Returns the resources passed on the way here, outermost first, each once.
    ///
    /// The outermost resource that has an anchor is where a dynamic reference to it leads (JSON
    /// Schema Core 2020-12, section 8.2.3.2), so that repetitions further in change nothing.
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

/// Finds what an absolute reference leads to in a metaschema of the specifications.
fn in_metaschema(reference: &str) -> Option<referencing::Resolved<'static>> {
    let home = reference.split('#').next()?;
    if !referencing::SPECIFICATIONS.contains_resource(home) {
        return None;
    }
    let base = Uri::parse(home.to_owned()).ok()?;
    referencing::SPECIFICATIONS.resolver(base).lookup(reference).ok()
}
