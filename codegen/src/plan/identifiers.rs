//! Checks that every name of a plan is an identifier, before any code contains it.

use std::collections::BTreeSet;

use evschema_model::graph::DocumentId;
use syn::Ident;

use super::definitions::{Body, Plan};

/// Returns the names of a plan that are not identifiers of Rust, each with the document of its module. The names of a
/// correct plan are all identifiers. The check makes sure that no text of a schema becomes code.
pub(crate) fn not_identifiers(plan: &Plan) -> BTreeSet<(DocumentId, String)> {
    let mut found = BTreeSet::new();
    let mut check = |home: DocumentId, name: &String| {
        if syn::parse_str::<Ident>(name).is_err() {
            found.insert((home, name.clone()));
        }
    };
    for definition in &plan.definitions {
        let mut check = |name: &String| check(definition.home, name);
        check(&definition.name);
        match &definition.body {
            Body::Struct(body) => body.fields.iter().for_each(|field| check(&field.name)),
            Body::Texts(variants) => variants.iter().for_each(|variant| check(&variant.name)),
            Body::Integers(variants) => variants.iter().for_each(|variant| check(&variant.name)),
            Body::Union(variants) => variants.iter().for_each(|variant| check(&variant.name)),
            Body::Newtype { .. } => {}
        }
    }
    for (home, imports) in &plan.imports {
        imports.values().for_each(|name| check(*home, name));
    }
    found
}
