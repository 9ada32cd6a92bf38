//! The `$id` and the references of a schema.

use std::collections::BTreeSet;

use evschema_model::{Schema, Version};

use super::refusal::Refusal;
use super::registry::Registry;
use super::request::Request;
use super::schema_cache::ReferenceTarget;
use super::version_choice::VersionChoice;
use crate::store::{History, Reference};

impl Registry {
    /// Returns the version that the `$id` of a schema names, if the registry may choose this version. The version must
    /// be in the newest line, unless the request may begin a new line.
    pub(super) fn named_by_id(
        &self,
        request: &Request,
        history: &Option<History>,
        schema: &Schema,
    ) -> Option<Version> {
        let VersionChoice::Next { major } = request.version else { return None };
        let bases: Vec<&str> = self.public_url.as_deref().into_iter().collect();
        let named = schema.claimed_place(&bases).filter(|place| place.subject == request.subject)?.version;
        let may_begin = major || history.is_none();
        (may_begin || named.line() == request.version.first(history).line()).then_some(named)
    }

    /// Rejects a schema whose `$id` names another document.
    pub(super) fn check_schema_id(&self, schema: &Schema) -> Result<(), Refusal> {
        let bases: Vec<&str> = self.public_url.as_deref().into_iter().collect();
        let wrong = schema.identity_errors(&bases);
        if wrong.is_empty() { Ok(()) } else { Err(Refusal::Document(wrong)) }
    }

    /// Returns the references of a schema to other versions.
    pub(super) async fn references(&self, schema: &Schema) -> Result<BTreeSet<Reference>, Refusal> {
        let mut references = BTreeSet::new();
        for reference in schema.foreign_references() {
            // `SchemaCache::resolve` already rejected a reference to a shared `$id`.
            let ReferenceTarget::Version(target) = self.schemas.target(reference).await? else { continue };
            if target != *schema.at() {
                references.insert(Reference { uri: reference.uri.clone(), target });
            }
        }
        Ok(references)
    }
}
