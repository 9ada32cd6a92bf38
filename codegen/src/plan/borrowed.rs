//! Decides which types have a form that borrows strings from the event, and names these forms.

use std::collections::BTreeMap;

use evschema_model::graph::DocumentId;

use super::definitions::{Body, Plan, RustType, TypeId, TypeRef};
use crate::names::{distinct_by, number_of};

/// The types that have a borrowed form. A type without strings has none.
#[derive(Debug)]
pub(crate) struct Borrowed {
    textual: Vec<bool>,
    /// The names of borrowed forms, by module and by the name of the type.
    names: BTreeMap<(DocumentId, String), String>,
}

impl Borrowed {
    /// Returns the types of a plan that have a borrowed form. All types already have their names.
    pub(crate) fn of(plan: &Plan) -> Self {
        let textual = textual(plan);
        let mut modules: BTreeMap<DocumentId, Vec<(&str, bool)>> = BTreeMap::new();
        for (definition, has_form) in plan.definitions.iter().zip(&textual) {
            modules.entry(definition.home).or_default().push((&definition.name, *has_form));
        }
        for (home, imports) in &plan.imports {
            let imports = imports.iter().map(|(id, name)| (name.as_str(), textual[id.0]));
            modules.entry(*home).or_default().extend(imports);
        }
        let mut names = BTreeMap::new();
        for (home, types) in modules {
            let mut taken = plan.contested.get(&home).cloned().unwrap_or_default();
            taken.extend(types.iter().map(|(name, _)| (*name).to_owned()));
            let owned: Vec<&str> =
                types.into_iter().filter(|(_, has_form)| *has_form).map(|(name, _)| name).collect();
            let found = distinct_by(
                owned.len(),
                &taken,
                &|at| short_name(owned[at]),
                &|at| long_name(owned[at]),
                &|at| format!("{}X{:08x}", long_name(owned[at]), number_of(owned[at])),
            );
            names.extend(owned.iter().map(|name| (home, (*name).to_owned())).zip(found));
        }
        Self { textual, names }
    }

    /// Returns whether a type has a borrowed form.
    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.textual.get(id.0).is_some_and(|is_textual| *is_textual)
    }

    /// Returns the name of the borrowed form of a type that has this name in a module: `Order` becomes `OrderRef`.
    pub(crate) fn name(&self, home: DocumentId, owned: &str) -> String {
        self.names.get(&(home, owned.to_owned())).cloned().unwrap_or_else(|| short_name(owned))
    }
}

/// Returns the usual name of the borrowed form of a type.
pub(super) fn short_name(owned: &str) -> String {
    format!("{owned}Ref")
}

/// Returns the name of the borrowed form of a type if its usual name is taken.
pub(super) fn long_name(owned: &str) -> String {
    format!("{owned}Borrowed")
}

/// Returns for each definition whether its values contain strings or names of properties.
pub(super) fn textual(plan: &Plan) -> Vec<bool> {
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
