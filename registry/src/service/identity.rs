//! The `$id` of a document: which version it names, and what it refers to.

use std::collections::BTreeSet;

use evschema_model::{Schema, Version};

use super::choice::Choice;
use super::library::Meaning;
use super::register::Request;
use super::{Refusal, Registry};
use crate::store::{History, Reference};

impl Registry {
    /// Returns the version that a document names by its `$id`, if the registry may choose it: a version of the newest
    /// line, or of any line if a new one may begin.
    pub(super) fn named_by_id(
        &self,
        request: &Request,
        history: &Option<History>,
        schema: &Schema,
    ) -> Option<Version> {
        let Choice::Next { major } = request.version else { return None };
        let bases: Vec<&str> = self.public_url.as_deref().into_iter().collect();
        let named = schema.claimed_place(&bases).filter(|place| place.subject == request.subject)?.version;
        let may_begin = major || history.is_none();
        (may_begin || named.line() == request.version.first(history).line()).then_some(named)
    }

    /// Refuses a document that takes the place of another one by its `$id`.
    pub(super) fn own_identity(&self, schema: &Schema) -> Result<(), Refusal> {
        let bases: Vec<&str> = self.public_url.as_deref().into_iter().collect();
        let wrong = schema.identity_errors(&bases);
        if wrong.is_empty() { Ok(()) } else { Err(Refusal::Document(wrong)) }
    }

    /// Returns the versions a schema refers to directly, other than itself.
    pub(super) async fn references(&self, schema: &Schema) -> Result<BTreeSet<Reference>, Refusal> {
        let mut references = BTreeSet::new();
        for reference in schema.foreign_references() {
            // A reference to a shared `$id` is refused before.
            let Meaning::Version(target) = self.library.target(reference).await? else { continue };
            if target != *schema.at() {
                references.insert(Reference { uri: reference.uri.clone(), target });
            }
        }
        Ok(references)
    }
}
