//! Decides which types have a form that borrows strings from the event, and names these forms.

use std::collections::BTreeMap;

use super::{Body, Plan, RustType, TypeId, TypeRef};
use crate::names::Names;

/// The names of borrowed forms. A type without strings has no borrowed form.
#[derive(Debug)]
pub(crate) struct Borrowed {
    definitions: Vec<Option<String>>,
    shared: Vec<Option<String>>,
}

impl Borrowed {
    /// Returns the names of the borrowed forms of a plan: `Order` becomes `OrderRef`, if this name is free.
    pub(crate) fn of(plan: &Plan) -> Self {
        let textual = textual(plan);
        let mut taken = BTreeMap::new();
        for definition in &plan.definitions {
            let names = taken.entry(definition.home).or_insert_with(Names::of_types);
            names.take(std::slice::from_ref(&definition.name));
        }
        let definitions = plan.definitions.iter().zip(&textual).map(|(definition, is_textual)| {
            let names = taken.get_mut(&definition.home).filter(|_| *is_textual)?;
            Some(names.take(&[format!("{}Ref", definition.name)]))
        });
        let definitions = definitions.collect();
        let mut taken = Names::of_types();
        for shared in &plan.shared {
            taken.take(std::slice::from_ref(&shared.name));
        }
        let shared = plan
            .shared
            .iter()
            .map(|shared| textual[shared.of.0].then(|| taken.take(&[format!("{}Ref", shared.name)])));
        Self { definitions, shared: shared.collect() }
    }

    /// Returns the name of a type's borrowed form in the module of its document.
    pub(crate) fn name(&self, id: TypeId) -> Option<&str> {
        self.definitions.get(id.0)?.as_deref()
    }

    /// Returns the name of a shared type's borrowed form.
    pub(crate) fn shared(&self, at: usize) -> Option<&str> {
        self.shared.get(at)?.as_deref()
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
                Body::Texts(_) => false,
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
        RustType::List(of) => holds_text(of, textual),
        RustType::Tuple(parts) => parts.iter().any(|part| holds_text(part, textual)),
        RustType::Named(TypeId(id)) => textual[*id],
        // `Json` is always copied, because a borrowed form would be a tree of another type.
        RustType::Json
        | RustType::Bool
        | RustType::I64
        | RustType::Integer
        | RustType::Number
        | RustType::Null => false,
    }
}
