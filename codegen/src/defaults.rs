//! Finds the defaults that generated code offers: those that their schemas accept, and that code can write.

use std::collections::BTreeMap;

use evschema_model::graph::{DocumentId, Documents, Place};
use evschema_model::{Catalog, Formats};
use serde_json::Value;

use crate::plan::{Body, Plan, TypeId, TypeRef};
use crate::upcast::{Literal, accept_each, literal};

/// The defaults of optional properties, by the type of the object and the position of the field.
pub(crate) type Defaults = BTreeMap<(TypeId, usize), Literal>;

/// A default, before a validator has seen it.
struct Candidate<'c> {
    field: (TypeId, usize),
    value: &'c Value,
    accepted_by: Vec<Place>,
    literal: Literal,
}

/// Returns the defaults that generated code offers. If a schema does not accept its own default, only the documentation
/// shows the default.
pub(crate) fn defaults(
    catalog: &Catalog,
    documents: &Documents<'_>,
    plan: &Plan,
    formats: Formats,
) -> Defaults {
    let mut by_document: BTreeMap<DocumentId, Vec<Candidate<'_>>> = BTreeMap::new();
    for (at, definition) in plan.definitions.iter().enumerate() {
        let Body::Struct(body) = &definition.body else { continue };
        for (position, field) in body.fields.iter().enumerate() {
            let Some(default) = field.default.as_ref().filter(|_| !field.required) else { continue };
            let value = documents.value(default.value);
            let bare = TypeRef { nullable: false, ..field.value.clone() };
            let Some(literal) = literal(plan, &bare, value) else { continue };
            by_document.entry(documents.document(default.value)).or_default().push(Candidate {
                field: (TypeId(at), position),
                value,
                accepted_by: default.accepted_by.clone(),
                literal,
            });
        }
    }
    let mut found = Defaults::new();
    for candidates in by_document.into_values() {
        let questions: Vec<(&[Place], &Value)> =
            candidates.iter().map(|candidate| (candidate.accepted_by.as_slice(), candidate.value)).collect();
        let answers = accept_each(catalog, documents, &questions, formats);
        for (candidate, is_accepted) in candidates.into_iter().zip(answers) {
            if is_accepted == Some(true) {
                found.insert(candidate.field, candidate.literal);
            }
        }
    }
    found
}
