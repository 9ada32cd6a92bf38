use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Code, Diagnostic, Diagnostics, Reference, Resolved, Schema, Subject, Target, Version, limits};

/// A subject and one of its versions: the name of one document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Coordinates {
    /// The subject.
    pub subject: Subject,
    /// The version.
    pub version: Version,
}

impl fmt::Display for Coordinates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.subject, self.version)
    }
}

/// Schemas by subject and version, and by `$id`: what a reference can lead to.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    schemas: BTreeMap<Subject, BTreeMap<Version, Arc<Schema>>>,
    by_id: BTreeMap<String, Arc<Schema>>,
}

/// Why a schema cannot join a catalog.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// The version is there already, with another content.
    #[error("`{0}` is there already with another content; a published version never changes")]
    Changed(Coordinates),
    /// The `$id` belongs to another version with another content.
    #[error("`$id` `{id}` belongs to `{owner}`; an `$id` names one version")]
    IdTaken {
        /// The contested `$id`.
        id: String,
        /// The version that has it.
        owner: Coordinates,
    },
    /// A subject of the same letters in another case is there.
    #[error("`{subject}` differs from `{other}` only in upper and lower case")]
    CaseClash {
        /// The refused subject.
        subject: Subject,
        /// The one that is there.
        other: Subject,
    },
}

impl Catalog {
    /// Adds a schema; adding the same one again changes nothing.
    ///
    /// # Errors
    ///
    /// When its version, `$id` or subject is taken by something else.
    pub fn insert(&mut self, schema: Arc<Schema>) -> Result<(), CatalogError> {
        let at = schema.at();
        if let Some(there) = self.get(&at.subject, &at.version) {
            return if there.digest() == schema.digest() {
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
            && let Some(owner) = self.by_id.get(id)
        {
            return Err(CatalogError::IdTaken { id: id.to_owned(), owner: owner.at().clone() });
        }
        self.replace(schema);
        Ok(())
    }

    /// Adds a schema, taking over its version and `$id` from whatever had them.
    ///
    /// For readers of foreign histories, where a later version often keeps the earlier `$id`.
    pub fn replace(&mut self, schema: Arc<Schema>) {
        if let Some(id) = schema.id() {
            self.by_id.insert(id.to_owned(), Arc::clone(&schema));
        }
        let at = schema.at().clone();
        self.schemas.entry(at.subject).or_default().insert(at.version, schema);
    }

    /// Lets a schema be found under a further URI: where it was published, when its `$id` names
    /// another place. Does nothing when the schema is not there.
    pub fn know_as(&mut self, uri: &str, at: &Coordinates) {
        if let Some(schema) = self.get(&at.subject, &at.version) {
            let schema = Arc::clone(schema);
            self.by_id.insert(uri.to_owned(), schema);
        }
    }

    /// Returns one schema.
    pub fn get(&self, subject: &Subject, version: &Version) -> Option<&Arc<Schema>> {
        self.schemas.get(subject)?.get(version)
    }

    /// Returns the schema that has this `$id` (absolute, without fragment).
    pub fn by_id(&self, id: &str) -> Option<&Arc<Schema>> {
        self.by_id.get(id)
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

    /// Returns what a reference leads to in this catalog; `None` also for one that stays inside
    /// its document or names a metaschema.
    pub fn find(&self, reference: &Reference) -> Option<&Arc<Schema>> {
        match &reference.target {
            Target::Here | Target::Metaschema => None,
            Target::Identified(id) => self.by_id(id),
            Target::Named(at) => self.by_id(&reference.uri).or_else(|| self.get(&at.subject, &at.version)),
        }
    }

    /// Finds everything a schema refers to, directly or not.
    ///
    /// # Errors
    ///
    /// A diagnostic for each reference of the schema that leads nowhere, with its place.
    pub fn resolve(&self, schema: &Arc<Schema>) -> Result<Resolved, Diagnostics> {
        let mut resources: BTreeMap<String, Arc<Schema>> = BTreeMap::new();
        let mut wrong = Diagnostics::new();
        let mut open = vec![Arc::clone(schema)];
        let mut at = 0;
        while at < open.len() {
            let referrer = Arc::clone(&open[at]);
            at += 1;
            for reference in referrer.foreign_references() {
                let Some(found) = self.find(reference) else {
                    wrong.push(missing(schema, &referrer, reference));
                    continue;
                };
                resources.insert(reference.uri.clone(), Arc::clone(found));
                if !open.iter().any(|known| known.at() == found.at()) {
                    open.push(Arc::clone(found));
                }
            }
            if limits::REACHABLE_DOCUMENTS_MAX < open.len() {
                let message = format!("more than {} documents are reached", limits::REACHABLE_DOCUMENTS_MAX);
                return Err(vec![
                    Diagnostic::new(Code::TooManyReferences, message).help("bundle what belongs together"),
                ]);
            }
        }
        if wrong.is_empty() { Resolved::new(Arc::clone(schema), resources) } else { Err(wrong) }
    }
}

fn missing(root: &Schema, referrer: &Schema, reference: &Reference) -> Diagnostic {
    let remote = matches!(&reference.target, Target::Identified(uri) if !uri.starts_with("json-schema:"));
    let (code, message, help) = match &reference.target {
        Target::Named(at) => (
            Code::MissingReference,
            format!("`$ref` names `{at}`, which is not there"),
            format!("add `{}/{}.json`, or register it first", at.subject, at.version),
        ),
        Target::Identified(uri) if remote => (
            Code::RemoteReference,
            format!("`$ref` leads to `{uri}`, which no document here has as its `$id`"),
            "references are never fetched from the network: add that document to the tree".to_owned(),
        ),
        Target::Identified(_) | Target::Here | Target::Metaschema => (
            Code::MissingReference,
            format!("`$ref` `{}` leads to no document of the tree", reference.written),
            "write `../<subject>/<version>.json`, or the target's `$id`".to_owned(),
        ),
    };
    let message =
        if root.at() == referrer.at() { message } else { format!("in `{}`: {message}", referrer.at()) };
    let diagnostic = Diagnostic::new(code, message).help(help);
    if root.at() == referrer.at() {
        let position = root.document().closest_position(&reference.pointer);
        diagnostic.at(reference.pointer.clone()).position(position)
    } else {
        diagnostic
    }
}
