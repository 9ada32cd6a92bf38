//! The opened copy of a schema: what a tolerant reader finds declared names with.

use std::sync::Arc;

use evschema_model::{
    Catalog, Dialects, Place, Pointer, Reference, Resolved, Schema, for_each_subschema,
};
use serde_json::Value;

use super::rules::refuses_all;

/// Returns the schema and everything it refers to without `false` and `{"not": {}}` as the schema of
/// additional and unevaluated properties; `None` if that does not resolve.
pub(super) fn open(resolved: &Resolved) -> Option<Resolved> {
    let mut documents: Vec<&Arc<Schema>> = resolved.documents();
    documents.push(resolved.schema());
    let fragments: Vec<Pointer> =
        documents.iter().flat_map(|document| document.references()).filter_map(fragment).collect();
    let mut catalog = Catalog::default();
    let mut root = None;
    for document in documents {
        let text = opened(document, &fragments).to_string();
        let schema = Schema::read(document.at().clone(), text.as_bytes(), &Dialects::default()).ok()?;
        let schema = Arc::new(schema);
        catalog.replace(Arc::clone(&schema));
        // The last one is the root.
        root = Some(schema);
    }
    for (uri, schema) in resolved.resources() {
        catalog.know_as(uri, schema.at());
    }
    catalog.resolve(&root?).ok()
}

/// Returns the place in its document that a reference names by a JSON Pointer.
fn fragment(reference: &Reference) -> Option<Pointer> {
    let (_, fragment) = reference.written.split_once('#')?;
    fragment.starts_with('/').then(|| Pointer::from_text(fragment.replace("%25", "%")))
}

fn opened(document: &Schema, fragments: &[Pointer]) -> Value {
    let draft = document.draft();
    let mut places = Vec::new();
    let mut visit = |place: &Place<'_>| {
        let Value::Object(members) = place.schema else { return };
        for keyword in ["additionalProperties", "unevaluatedProperties"] {
            if members.get(keyword).is_some_and(|schema| refuses_all(schema, draft)) {
                places.push((place.pointer.clone(), keyword));
            }
        }
    };
    // A reference may lead to a place that no keyword calls a schema.
    for pointer in fragments.iter().chain([&Pointer::root()]) {
        if let Some(schema) = pointer.find(document.value()) {
            for_each_subschema(Place { pointer: pointer.clone(), schema }, draft, &mut visit);
        }
    }
    let mut value = document.value().clone();
    for (pointer, keyword) in places {
        if let Some(Value::Object(members)) = value.pointer_mut(pointer.as_str()) {
            members.shift_remove(keyword);
        }
    }
    value
}
