use std::collections::BTreeMap;
use std::sync::Arc;

use crate::coordinates::Coordinates;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::document::Positions;
use crate::limits;
use crate::reference::{Reference, Target};
use crate::resolution;
use crate::resolved::Resolved;
use crate::schema::Schema;
use crate::subject::Subject;
use crate::version::Version;

/// The schemas that references can lead to, by subject and version, and by `$id`.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    schemas: BTreeMap<Subject, BTreeMap<Version, Arc<Schema>>>,
    /// Versions of one subject may share an `$id`.
    by_id: BTreeMap<String, BTreeMap<Coordinates, Arc<Schema>>>,
    /// Documents under additional URIs.
    known_as: BTreeMap<String, Arc<Schema>>,
    /// The versions that share an `$id`, if the catalog does not have all of them.
    shared: BTreeMap<String, Vec<Coordinates>>,
}

/// The error for a schema that cannot be added to a catalog.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// The version already exists with different content.
    #[error("`{0}` already exists with different content; a published version never changes")]
    Changed(Coordinates),
    /// The `$id` belongs to another subject.
    #[error("`$id` `{id}` belongs to `{owner}`; two subjects cannot share an `$id`")]
    IdTaken {
        /// The contested `$id`.
        id: String,
        /// The version that has it.
        owner: Coordinates,
    },
    /// The name of an existing subject differs only in upper and lower case.
    #[error("`{subject}` differs from `{other}` only in upper and lower case")]
    CaseClash {
        /// The rejected subject.
        subject: Subject,
        /// The existing subject.
        other: Subject,
    },
}

impl Catalog {
    /// Adds a schema; adding the same one again changes nothing.
    ///
    /// # Errors
    ///
    /// If its version exists with different content, its `$id` belongs to another subject, or its subject differs from
    /// another one only in case.
    pub fn insert(&mut self, schema: Arc<Schema>) -> Result<(), CatalogError> {
        let at = schema.at();
        if let Some(existing) = self.get(&at.subject, &at.version) {
            return if existing.digest() == schema.digest() {
                Ok(())
            } else {
                Err(CatalogError::Changed(at.clone()))
            };
        }
        if !self.schemas.contains_key(&at.subject) {
            let folded = at.subject.folded();
            if let Some(other) = self.schemas.keys().find(|other| other.folded() == folded) {
                return Err(CatalogError::CaseClash { subject: at.subject.clone(), other: other.clone() });
            }
        }
        if let Some(id) = schema.id()
            && let Some(owner) = self.sharers(id).find(|owner| owner.at().subject != at.subject)
        {
            return Err(CatalogError::IdTaken { id: id.to_owned(), owner: owner.at().clone() });
        }
        self.replace(schema);
        Ok(())
    }

    /// Adds a schema, or replaces the schema with the same version. The function does not check whether another subject
    /// has the same `$id`; references to a shared `$id` are rejected later.
    pub fn replace(&mut self, schema: Arc<Schema>) {
        let at = schema.at().clone();
        let before = self.get(&at.subject, &at.version).and_then(|before| before.id().map(str::to_owned));
        if let Some(sharers) = before.and_then(|id| self.by_id.get_mut(&id)) {
            sharers.remove(&at);
        }
        if let Some(id) = schema.id() {
            self.by_id.entry(id.to_owned()).or_default().insert(at.clone(), Arc::clone(&schema));
        }
        self.schemas.entry(at.subject).or_default().insert(at.version, schema);
    }

    /// Adds a URI under which references find a schema. For example, this is the URL of the published document, if its
    /// `$id` is another URI. If several versions share an `$id`, the function chooses the version that this `$id`
    /// names. It does nothing if the schema is missing.
    pub fn know_as(&mut self, uri: &str, at: &Coordinates) {
        if let Some(schema) = self.get(&at.subject, &at.version) {
            let schema = Arc::clone(schema);
            self.known_as.insert(uri.to_owned(), schema);
        }
    }

    /// Records that versions share an `$id`, even if the catalog does not have them. References to this `$id` are
    /// rejected.
    pub fn know_shared(&mut self, id: &str, versions: Vec<Coordinates>) {
        self.shared.insert(id.to_owned(), versions);
    }

    /// Removes the `$id` of a schema that has no right to it. References to the `$id` no longer lead to the schema.
    pub fn forget_id(&mut self, schema: &Schema) {
        if let Some(sharers) = schema.id().and_then(|id| self.by_id.get_mut(id)) {
            sharers.remove(schema.at());
        }
    }

    /// Returns one schema.
    pub fn get(&self, subject: &Subject, version: &Version) -> Option<&Arc<Schema>> {
        self.schemas.get(subject)?.get(version)
    }

    /// Returns the schema with this `$id` (absolute, without fragment); `None` if it is missing or if several schemas
    /// share the `$id`.
    pub fn by_id(&self, id: &str) -> Option<&Arc<Schema>> {
        let mut sharers = self.sharers(id);
        sharers.next().filter(|_| sharers.next().is_none() && !self.shared.contains_key(id))
    }

    /// Returns the schemas with this `$id` (absolute, without fragment), in order.
    pub fn sharers(&self, id: &str) -> impl Iterator<Item = &Arc<Schema>> {
        self.by_id.get(id).into_iter().flat_map(BTreeMap::values)
    }

    /// Returns the subjects in order.
    pub fn subjects(&self) -> impl Iterator<Item = &Subject> {
        self.schemas.keys()
    }

    /// Returns a subject's schemas by ascending version.
    pub fn versions(&self, subject: &Subject) -> impl DoubleEndedIterator<Item = &Arc<Schema>> {
        self.schemas.get(subject).into_iter().flat_map(BTreeMap::values)
    }

    /// Returns every schema, by subject and ascending version.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Schema>> {
        self.schemas.values().flat_map(BTreeMap::values)
    }

    /// Returns the document that a reference leads to; `None` if the document is missing. Also returns `None` if the
    /// target is in the same document or in a metaschema, or if several versions share the `$id`.
    ///
    /// A relative path, such as `../common.money/1.0.0.json`, always leads to the document at this place, whatever
    /// `$id` other documents have.
    pub fn find(&self, reference: &Reference) -> Option<&Arc<Schema>> {
        let by_location = |at: &Coordinates| self.get(&at.subject, &at.version);
        match &reference.target {
            Target::Here | Target::Metaschema => None,
            Target::Identified(id) => self.known_as.get(id).or_else(|| self.by_id(id)),
            Target::Named(at) => by_location(at).or_else(|| self.known_as.get(&reference.uri)),
        }
    }

    /// Finds all documents that a schema refers to, directly or through other documents.
    ///
    /// # Errors
    ///
    /// A diagnostic for each reference without a target, with its place, or diagnostics about exceeded limits.
    pub fn resolve(&self, schema: &Arc<Schema>) -> Result<Resolved, Diagnostics> {
        let mut resources: BTreeMap<String, Arc<Schema>> = BTreeMap::new();
        let mut wrong = Diagnostics::new();
        let positions = Positions::of(schema.document());
        let mut open = vec![Arc::clone(schema)];
        let mut at = 0;
        while at < open.len() {
            let referrer = Arc::clone(&open[at]);
            at += 1;
            for reference in referrer.foreign_references() {
                let Some(found) = self.find(reference) else {
                    wrong.push(self.missing((schema, &positions), &referrer, reference));
                    continue;
                };
                resources.insert(reference.uri.clone(), Arc::clone(found));
                if !open.iter().any(|known| known.at() == found.at()) {
                    open.push(Arc::clone(found));
                }
            }
            if limits::REACHABLE_DOCUMENTS_MAX < open.len() {
                let message = format!(
                    "the schema refers to more than {} documents, directly or through others",
                    limits::REACHABLE_DOCUMENTS_MAX
                );
                return Err(vec![
                    Diagnostic::new(Code::TooManyReferences, message)
                        .help("combine documents that belong together"),
                ]);
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        make_bases_unique(&open, &mut resources);
        resolution::checked(Resolved::new(Arc::clone(schema), resources))
    }

    /// Returns the diagnostic for a reference that leads to no document, or to several.
    fn missing(
        &self,
        (root, positions): (&Schema, &Positions<'_>),
        referrer: &Schema,
        reference: &Reference,
    ) -> Diagnostic {
        let sharers: Vec<&Coordinates> = match &reference.target {
            Target::Identified(id) => match self.shared.get(id) {
                Some(versions) => versions.iter().collect(),
                None => self.sharers(id).map(|sharer| sharer.at()).collect(),
            },
            Target::Here | Target::Metaschema | Target::Named(_) => Vec::new(),
        };
        let (code, message, help) = if sharers.is_empty() {
            missing_target(reference)
        } else {
            let (message, help) = shared_id(reference, &sharers);
            (Code::SharedId, message, help)
        };
        let message =
            if root.at() == referrer.at() { message } else { format!("in `{}`: {message}", referrer.at()) };
        let diagnostic = Diagnostic::new(code, message).help(help);
        if root.at() == referrer.at() {
            let position = positions.closest(&reference.pointer);
            diagnostic.at(reference.pointer.clone()).position(position)
        } else {
            diagnostic
        }
    }
}

/// The maximum number of versions that a message about a shared `$id` names.
const SHARERS_SHOWN_MAX: usize = 3;

/// Returns the message and the help for a reference to an `$id` that several versions share. The help shows references
/// to single versions.
fn shared_id(reference: &Reference, sharers: &[&Coordinates]) -> (String, String) {
    let fragment = reference.written.find('#').map_or("", |at| &reference.written[at..]);
    // The newest version comes first, because authors usually mean that one.
    let shown = || sharers.iter().rev().take(SHARERS_SHOWN_MAX);
    let names: Vec<String> = shown().map(|at| format!("`{at}`")).collect();
    let ways: Vec<String> =
        shown().map(|at| format!("`../{}/{}.json{fragment}`", at.subject, at.version)).collect();
    let more = sharers.len().saturating_sub(SHARERS_SHOWN_MAX);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let message = format!("`$ref` names `{}`, an `$id` that {}{more} share", reference.uri, names.join(", "));
    let help =
        format!("refer to one version: write {}; or give each version its own `$id`", ways.join(" or "));
    (message, help)
}

/// Gives each document except the first a unique base URI, if another document has the same base URI. References inside
/// a document then stay inside it.
fn make_bases_unique(documents: &[Arc<Schema>], resources: &mut BTreeMap<String, Arc<Schema>>) {
    let mut count: BTreeMap<_, usize> = BTreeMap::new();
    for document in documents {
        *count.entry(document.base_uri()).or_default() += 1;
    }
    for document in documents.iter().skip(1).filter(|document| count.get(&document.base_uri()) != Some(&1)) {
        let apart = Arc::new(document.with_unique_base());
        for target in resources.values_mut().filter(|target| target.at() == document.at()) {
            *target = Arc::clone(&apart);
        }
    }
}

/// Returns the code, the message and the help for a reference that leads to no document.
fn missing_target(reference: &Reference) -> (Code, String, String) {
    let remote = matches!(&reference.target, Target::Identified(uri) if !uri.starts_with("json-schema:"));
    match &reference.target {
        Target::Named(at) => (
            Code::MissingReference,
            format!("`$ref` names `{at}`, which does not exist"),
            format!("add `{}/{}.json`, or register it first", at.subject, at.version),
        ),
        Target::Identified(uri) if remote => (
            Code::RemoteReference,
            format!("`$ref` leads to `{uri}`, but no known document has this `$id`"),
            "evschema never fetches references from the network; add the document to the tree".to_owned(),
        ),
        Target::Identified(_) | Target::Here | Target::Metaschema => (
            Code::MissingReference,
            format!("`$ref` `{}` leads to no document in the tree", reference.written),
            "write `../<subject>/<version>.json`, or the target's `$id`".to_owned(),
        ),
    }
}
