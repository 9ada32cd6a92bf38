//! Gives the types of a plan their names, and decides which types of other documents a module re-exports.

use std::collections::{BTreeMap, BTreeSet};

use evschema_model::graph::{DocumentId, Documents, Place};

use super::borrowed::{self, textual};
use super::definitions::{Body, Plan, RustType, TypeId, TypeRef};
use super::path::root_name;
use crate::names::{RESERVED_TYPES, distinct_by, joined, number_of, type_name};

/// Gives every type its name, and fills [`Plan::imports`]. In each module, all names differ. `entries` has for each
/// document the schema to which its root leads.
pub(super) fn name_types(plan: &mut Plan, documents: &Documents<'_>, entries: &BTreeMap<DocumentId, Place>) {
    let mut by_home: BTreeMap<DocumentId, Vec<TypeId>> = BTreeMap::new();
    for (at, definition) in plan.definitions.iter().enumerate() {
        by_home.entry(definition.home).or_default().push(TypeId(at));
    }
    let textual = if plan.borrows { textual(plan) } else { Vec::new() };
    // First without the types of other documents, because their names are needed for the second time.
    for (home, types) in &by_home {
        let module = Naming { plan, documents, entries, home: *home, types, others: &[], textual: &textual };
        for (id, name) in module.names() {
            plan.definitions[id.0].name = name;
        }
    }
    let mut imports = BTreeMap::new();
    let mut contested = BTreeMap::new();
    let mut renamed = Vec::new();
    for (home, types) in &by_home {
        let others = used_elsewhere(plan, *home, types);
        let module =
            Naming { plan, documents, entries, home: *home, types, others: &others, textual: &textual };
        contested.insert(*home, module.contested());
        let (own, imported): (BTreeMap<_, _>, BTreeMap<_, _>) =
            module.names().into_iter().partition(|(id, _)| plan.definition(*id).home == *home);
        renamed.extend(own);
        if !imported.is_empty() {
            imports.insert(*home, imported);
        }
    }
    for (id, name) in renamed {
        plan.definitions[id.0].name = name;
    }
    plan.imports = imports;
    plan.contested = contested;
}

/// The types of one module that need a name.
struct Naming<'n, 'c> {
    plan: &'n Plan,
    documents: &'n Documents<'c>,
    entries: &'n BTreeMap<DocumentId, Place>,
    home: DocumentId,
    /// The types of the module's document.
    types: &'n [TypeId],
    /// The types of other documents that the module re-exports.
    others: &'n [TypeId],
    /// For each type of the plan, whether it has a borrowed form. Empty if no type has one.
    textual: &'n [bool],
}

impl Naming<'_, '_> {
    fn names(&self) -> BTreeMap<TypeId, String> {
        let root = root_name(&self.documents.schema(self.home).at().subject);
        let (roots, others): (Vec<TypeId>, Vec<TypeId>) =
            self.types.iter().partition(|id| self.is_root(**id, &root));
        let mut reserved: BTreeSet<String> = RESERVED_TYPES.iter().map(|name| (*name).to_owned()).collect();
        // The name of the event never depends on the content of its schema.
        reserved.insert(root.clone());
        reserved.extend(self.contested());
        let (given, others): (Vec<TypeId>, Vec<TypeId>) =
            others.into_iter().partition(|id| self.is_given(*id));
        let given = given.into_iter().map(|id| (id, self.short_name(id, &root)));
        let given: Vec<(TypeId, String)> = given.collect();
        reserved.extend(given.iter().map(|(_, name)| name.clone()));
        let others: Vec<TypeId> = others.into_iter().chain(self.others.iter().copied()).collect();
        let names = distinct_by(
            others.len(),
            &reserved,
            &|at| self.short_name(others[at], &root),
            &|at| self.long_name(others[at], &root),
            &|at| self.unique_name(&others[..=at], &root),
        );
        let roots = roots.into_iter().map(|id| (id, root.clone()));
        roots.chain(given).chain(others.iter().copied().zip(names)).collect()
    }

    /// Returns the names that one type and the borrowed form of another type would have.
    fn contested(&self) -> BTreeSet<String> {
        let root = root_name(&self.documents.schema(self.home).at().subject);
        let all = || self.types.iter().chain(self.others);
        let short: BTreeSet<String> = all().map(|id| self.short_name(*id, &root)).collect();
        let textual = all().filter(|id| self.textual.get(id.0).is_some_and(|is_textual| *is_textual));
        let mut contested = BTreeSet::new();
        for owned in textual.map(|id| self.short_name(*id, &root)) {
            let borrowed = [borrowed::short_name(&owned), borrowed::long_name(&owned)];
            if short.contains(&borrowed[0]) {
                contested.extend(borrowed.into_iter().filter(|name| short.contains(name)));
            }
        }
        contested
    }

    /// Returns whether a type is the only one of its module that has the name that the settings or its schema give it. One
    /// schema may have several types, which then compete for the name.
    fn is_given(&self, id: TypeId) -> bool {
        let given = |id: TypeId| self.plan.definition(id).requested.name.as_ref();
        given(id).is_some() && !self.types.iter().any(|other| *other != id && given(*other) == given(id))
    }

    /// Returns whether a type has the name of the root: it is the type of the root, or the root refers to it, and it would
    /// have the same name in any case.
    fn is_root(&self, id: TypeId, root: &str) -> bool {
        let definition = self.plan.definition(id);
        if definition.requested.name.is_some() {
            return false;
        }
        let is_entry =
            definition.place.is_some() && self.entries.get(&self.home).copied() == definition.place;
        definition.is_root() || (is_entry && definition.path.short_name(root) == root)
    }

    fn short_name(&self, id: TypeId, root: &str) -> String {
        let definition = self.plan.definition(id);
        if definition.home != self.home {
            return definition.name.clone();
        }
        definition.requested.name.clone().unwrap_or_else(|| definition.path.short_name(root))
    }

    fn long_name(&self, id: TypeId, root: &str) -> String {
        let definition = self.plan.definition(id);
        if definition.home == self.home {
            definition.path.long_name(root)
        } else {
            joined(&type_name(self.documents.schema(definition.home).at().subject.as_str()), &definition.name)
        }
    }

    /// Returns the name of the last type, with a number that depends on the whole path. If earlier types have the same
    /// path, the name also counts them.
    fn unique_name(&self, types: &[TypeId], root: &str) -> String {
        let Some((last, before)) = types.split_last() else { return String::new() };
        let key = |id: TypeId| {
            let definition = self.plan.definition(id);
            let at = self.documents.schema(definition.home).at();
            format!("{}@{} {:?}", at.subject, at.version, definition.path)
        };
        let same = before.iter().filter(|id| key(**id) == key(*last)).count();
        let count = if same == 0 { String::new() } else { format!("N{}", same + 1) };
        format!("{}X{:08x}{count}", self.long_name(*last, root), number_of(&key(*last)))
    }
}

/// Returns the types of other documents that some types contain, at any depth.
fn used_elsewhere(plan: &Plan, home: DocumentId, types: &[TypeId]) -> Vec<TypeId> {
    let mut seen: BTreeSet<TypeId> = types.iter().copied().collect();
    let mut open = types.to_vec();
    while let Some(id) = open.pop() {
        for part in parts(&plan.definition(id).body) {
            if seen.insert(part) {
                open.push(part);
            }
        }
    }
    seen.into_iter().filter(|id| plan.definition(*id).home != home).collect()
}

fn parts(body: &Body) -> Vec<TypeId> {
    let mut ids = Vec::new();
    match body {
        Body::Struct(body) => {
            body.fields.iter().for_each(|field| add_parts(&field.value, &mut ids));
            body.rest.iter().for_each(|rest| add_parts(rest, &mut ids));
        }
        Body::Union(variants) => variants.iter().for_each(|variant| add_parts(&variant.value, &mut ids)),
        Body::Newtype { inner, .. } => add_parts(inner, &mut ids),
        Body::Texts(_) | Body::Integers(_) => {}
    }
    ids
}

fn add_parts(value: &TypeRef, ids: &mut Vec<TypeId>) {
    match &value.shape {
        RustType::Named(id) => ids.push(*id),
        RustType::List(inner)
        | RustType::Array(inner, _)
        | RustType::Map(inner)
        | RustType::OnlyProperty { of: inner, .. } => add_parts(inner, ids),
        RustType::Tuple { items, .. } => items.iter().for_each(|item| add_parts(item, ids)),
        RustType::Bool
        | RustType::Fixed(_)
        | RustType::Integer
        | RustType::Number
        | RustType::String
        | RustType::Null
        | RustType::Json
        | RustType::Text(_)
        | RustType::External(_) => {}
    }
}
