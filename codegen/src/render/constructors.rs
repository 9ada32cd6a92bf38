//! Names the modules of constructors: each has the `Required` of one struct.

use std::collections::{BTreeMap, BTreeSet};

use evschema_model::FormatType;
use evschema_model::graph::DocumentId;

use super::types::Types;
use crate::names::{self, Style, distinct_beside};
use crate::options::TypeOptions;
use crate::plan::{Body, Form, TypeId};

impl Types<'_, '_> {
    /// Returns the name of the module of each type of a document.
    pub(super) fn constructors(&self, home: DocumentId) -> BTreeMap<TypeId, String> {
        let all = self.plan.definitions.iter().enumerate();
        let own: Vec<TypeId> =
            all.filter(|(_, definition)| definition.home == home).map(|(at, _)| TypeId(at)).collect();
        let types: Vec<&str> = own.iter().map(|id| self.plan.definition(*id).name.as_str()).collect();
        let mut reserved = reserved(&self.options.types);
        reserved.extend(self.plan.imports.get(&home).into_iter().flat_map(BTreeMap::values).cloned());
        let modules = distinct_beside(Style::Field, &types, &reserved).into_iter();
        // A module must not have the name of its type. Names without capital letters, such as `日本`, are equal.
        let modules =
            modules.zip(types).map(|(module, of)| if module == of { format!("{module}_") } else { module });
        own.into_iter().zip(modules).collect()
    }

    /// Returns the modules that a document's module re-exports together with the types of other documents. Each has the
    /// type, the name of the module in the type's own document, and its name in this module.
    pub(super) fn imported_constructors(&self, home: DocumentId) -> Vec<(TypeId, String, String)> {
        let Some(imports) = self.plan.imports.get(&home) else { return Vec::new() };
        let mut of_homes: BTreeMap<DocumentId, BTreeMap<TypeId, String>> = BTreeMap::new();
        let mut found = Vec::new();
        for (id, name) in imports.iter().filter(|(id, _)| self.has_constructor(**id)) {
            let definition = self.plan.definition(*id);
            let modules =
                of_homes.entry(definition.home).or_insert_with(|| self.constructors(definition.home));
            let Some(module) = modules.get(id) else { continue };
            let is_same = *name == definition.name;
            let local = if is_same { module.clone() } else { Style::Field.name(name) };
            found.push((*id, module.clone(), local));
        }
        let mut taken = reserved(&self.options.types);
        taken.extend(imports.values().cloned());
        for (id, module) in self.constructors(home) {
            taken.insert(self.plan.definition(id).name.clone());
            taken.insert(module);
        }
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (_, _, local) in &found {
            *counts.entry(local.clone()).or_default() += 1;
        }
        found.retain(|(_, _, local)| !taken.contains(local) && counts.get(local) == Some(&1));
        found
    }

    /// Returns whether a type has a constructor with an argument: a struct with a property that is required and has
    /// several values.
    fn has_constructor(&self, id: TypeId) -> bool {
        let Body::Struct(body) = &self.plan.definition(id).body else { return false };
        body.fields.iter().any(|field| {
            matches!(self.plan.form(field), Form::Required | Form::Nullable)
                && !self.plan.is_constant(&field.value)
        })
    }
}

/// Returns names that no module of a constructor has, because paths in generated code begin with them.
fn reserved(settings: &TypeOptions) -> BTreeSet<String> {
    let mut reserved: BTreeSet<String> = names::PRIMITIVES.iter().map(|name| (*name).to_owned()).collect();
    reserved.insert(names::RUNTIME.to_owned());
    let mut add = |text: &str| reserved.extend(first_segments(text));
    for text in settings.derives.iter().chain(&settings.attributes).chain(settings.replace.values()) {
        add(text);
    }
    for of in settings.settings.values() {
        of.derives.iter().chain(&of.attributes).for_each(|text| add(text));
        of.fields.values().flat_map(|field| &field.attributes).for_each(|text| add(text));
    }
    for format in settings.formats.values() {
        match format {
            FormatType::Path(of) => add(of),
            FormatType::With { of, text } => {
                add(of);
                add(text);
            }
        }
    }
    reserved
}

/// Returns the first segments of all paths in a text of Rust code.
fn first_segments(text: &str) -> Vec<String> {
    let is_part = |c: char| c == '_' || unicode_ident::is_xid_continue(c);
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("::") {
        let before = rest[..at].trim_end();
        let start =
            before.char_indices().rev().take_while(|(_, c)| is_part(*c)).last().map(|(start, _)| start);
        if let Some(start) = start {
            found.push(before[start..].to_owned());
        }
        rest = &rest[at + "::".len()..];
        // The next segments belong to the same path.
        while let Some(after) = rest.trim_start().strip_prefix(is_part) {
            rest = after.trim_start_matches(is_part);
            match rest.trim_start().strip_prefix("::") {
                Some(next) => rest = next,
                None => break,
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_segments_of_paths_are_found() {
        for (text, expected) in [
            ("utoipa::ToSchema", &["utoipa"][..]),
            ("Clone", &[]),
            ("::uuid::Uuid", &[]),
            ("chrono::DateTime<chrono::FixedOffset>", &["chrono", "chrono"]),
            ("a::b::C<d::E, F>", &["a", "d"]),
            ("#[cfg_attr(feature = \"x\", derive(serde::Serialize, x :: Y))]", &["serde", "x"]),
            ("", &[]),
        ] {
            assert_eq!(first_segments(text), expected, "{text}");
        }
    }
}
