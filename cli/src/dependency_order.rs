use std::collections::{BTreeMap, BTreeSet};

use evschema_model::Coordinates;

use crate::project::{OwnSchema, Schemas};

/// Returns the versions in an order in which each version comes after its references and after the older versions of
/// its subject.
pub(crate) fn in_dependency_order(schemas: &Schemas) -> Vec<&OwnSchema> {
    let own: BTreeMap<&Coordinates, &OwnSchema> =
        schemas.own.iter().map(|own| (own.schema.at(), own)).collect();
    let mut order = Vec::with_capacity(own.len());
    let mut seen = BTreeSet::new();
    for at in own.keys() {
        visit(at, &own, schemas, &mut seen, &mut order);
    }
    order
}

fn visit<'s>(
    at: &Coordinates,
    own: &BTreeMap<&'s Coordinates, &'s OwnSchema>,
    schemas: &'s Schemas,
    seen: &mut BTreeSet<Coordinates>,
    order: &mut Vec<&'s OwnSchema>,
) {
    // Vendored schemas belong to other projects, which register them.
    let Some(schema) = own.get(at) else { return };
    if !seen.insert(at.clone()) {
        return;
    }
    let subject = &at.subject;
    let older = own.keys().filter(|other| other.subject == *subject && other.version < at.version);
    for other in older.copied().collect::<Vec<_>>() {
        visit(other, own, schemas, seen, order);
    }
    if let Ok(resolved) = schemas.catalog.resolve(&schema.schema) {
        let mut documents = resolved.documents();
        documents.sort_by_key(|document| document.at());
        for document in documents {
            visit(document.at(), own, schemas, seen, order);
        }
    }
    order.push(schema);
}
