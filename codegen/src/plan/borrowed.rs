//! Decides which types have a form that borrows strings from the event, and names these forms.

use std::collections::{BTreeMap, BTreeSet};

use evschema_model::graph::DocumentId;

use super::definitions::{Body, Plan, RustType, TypeId, TypeRef};

/// The types that have a borrowed form. A type without strings has none.
#[derive(Debug)]
pub(crate) struct Borrowed {
    textual: Vec<bool>,
    /// The names of all types, by module. A borrowed form gets none of them.
    taken: BTreeMap<DocumentId, BTreeSet<String>>,
}

impl Borrowed {
    /// Returns the types of a plan that have a borrowed form.
    pub(crate) fn of(plan: &Plan) -> Self {
        let mut taken: BTreeMap<DocumentId, BTreeSet<String>> = BTreeMap::new();
        for definition in &plan.definitions {
            taken.entry(definition.home).or_default().insert(definition.name.clone());
        }
        for (home, imports) in &plan.imports {
            taken.entry(*home).or_default().extend(imports.values().cloned());
        }
        Self { textual: textual(plan), taken }
    }

    /// Returns whether a type has a borrowed form.
    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.textual.get(id.0).is_some_and(|is_textual| *is_textual)
    }

    /// Returns the name of the borrowed form of a type that has this name in a module: `Order` becomes `OrderRef`.
    pub(crate) fn name(&self, home: DocumentId, owned: &str) -> String {
        let short = format!("{owned}Ref");
        let is_taken = self.taken.get(&home).is_some_and(|taken| taken.contains(&short));
        if is_taken { format!("{owned}Borrowed") } else { short }
    }
}

/// Returns for each definition whether its values contain strings or names of properties.
fn textual(plan: &Plan) -> Vec<bool> {
    let mut textual = vec![false; plan.definitions.len()];
    // A type also contains strings if a type inside it does, at any depth. So the loop runs until nothing changes.
    loop {
        let before = textual.clone();
        for (at, definition) in plan.definitions.iter().enumerate() {
            let holds = |value: &TypeRef| holds_text(value, &before);
            textual[at] |= match &definition.body {
                Body::Struct(body) => {
                    body.rest.is_some() || body.fields.iter().any(|field| holds(&field.value))
                }
                Body::Union(variants) => variants.iter().any(|variant| holds(&variant.value)),
                Body::Newtype { inner, .. } => holds(inner),
                Body::Texts(_) | Body::Integers(_) => false,
            };
        }
        if textual == before {
            return textual;
        }
    }
}

fn holds_text(value: &TypeRef, textual: &[bool]) -> bool {
    match &value.shape {
        RustType::String | RustType::Map(_) => true,
        RustType::List(of) | RustType::Array(of, _) | RustType::OnlyProperty { of, .. } => {
            holds_text(of, textual)
        }
        RustType::Tuple { items, .. } => items.iter().any(|item| holds_text(item, textual)),
        RustType::Named(TypeId(id)) => textual[*id],
        // `Json` is always copied, because a borrowed form would be a tree of another type. An external type owns its
        // strings.
        RustType::Json
        | RustType::External(_)
        | RustType::Bool
        | RustType::Fixed(_)
        | RustType::Integer
        | RustType::Number
        | RustType::Null
        | RustType::Text(_) => false,
    }
}
