//! The methods that people implement, because a step cannot be derived.

use std::collections::{BTreeMap, BTreeSet};

use super::super::types::Types;
use crate::names::field_name;
use crate::plan::{Body, TypeId, TypeRef};
use crate::text::doc_lines;
use crate::upcast::{Pair, PairBody, Rest, Source, Step};
use crate::view;

/// The part of a step that a method returns: a field of a conversion, by their positions; `None` for the whole event.
pub(super) type MethodPart = Option<(usize, usize)>;

/// The methods of a subject.
pub(super) struct Methods {
    /// The name of the trait.
    pub(super) of_trait: String,
    names: BTreeMap<(usize, MethodPart), String>,
    /// The position of the first conversion with a method for a field, by step, types and field.
    by_types: BTreeMap<(usize, TypeId, TypeId, usize), usize>,
    methods: Vec<view::UpcastMethod>,
}

impl Methods {
    pub(super) fn of(types: &Types<'_, '_>, steps: &[Step], root: &str) -> Self {
        let mut all = Self {
            of_trait: format!("{root}Upcasts"),
            names: BTreeMap::new(),
            by_types: BTreeMap::new(),
            methods: Vec::new(),
        };
        let mut taken = BTreeSet::new();
        for (step_number, step) in steps.iter().enumerate() {
            if let Err(why) = &step.root {
                all.add_step(types, step_number, step, why, &mut taken);
                continue;
            }
            for (at, pair) in step.pairs.iter().enumerate() {
                all.add_pair(types, (step_number, step), (at, pair), root, &mut taken);
            }
        }
        all
    }

    pub(super) fn is_empty(&self) -> bool {
        self.methods.is_empty()
    }

    /// Returns the name of the method for a part of a step.
    pub(super) fn name(&self, step: usize, part: MethodPart) -> &str {
        self.names.get(&(step, part)).map_or("", String::as_str)
    }

    pub(super) fn view(&self) -> Vec<view::UpcastMethod> {
        self.methods.clone()
    }

    fn add_step(
        &mut self,
        types: &Types<'_, '_>,
        step_number: usize,
        step: &Step,
        why: &str,
        taken: &mut BTreeSet<String>,
    ) {
        let name = unique(types.module(step.new), taken);
        let mut docs = vec![format!("Returns the event of version {}.", types.version(step.new))];
        docs.extend(reason(types, step, why));
        self.names.insert((step_number, None), name.clone());
        self.methods.push(view::UpcastMethod {
            name,
            docs,
            old: types.event_path(step.old),
            new: types.event_path(step.new),
        });
    }

    fn add_pair(
        &mut self,
        types: &Types<'_, '_>,
        (step_number, step): (usize, &Step),
        (at, pair): (usize, &Pair),
        root: &str,
        taken: &mut BTreeSet<String>,
    ) {
        let PairBody::Struct { fields, rest } = &pair.body else { return };
        let definition = types.plan.definition(pair.new);
        let Body::Struct(new) = &definition.body else { return };
        let module = types.module(step.new);
        let prefix = if definition.name == root {
            module.clone()
        } else {
            format!("{module}_{}", bare(&field_name(&definition.name)))
        };
        let old_path = types.outside_name(step.old, pair.old);
        let new_path = types.outside_name(step.new, pair.new);
        for (number, (source, (field, json))) in
            fields.iter().zip(new.fields.iter().zip(&new.names)).enumerate()
        {
            let Source::Method(why) = source else { continue };
            if self.reuse(step_number, pair, (at, number)) {
                continue;
            }
            let name = unique(format!("{prefix}_{}", bare(&field.name)), taken);
            let mut docs = vec![format!("Returns the field `{}` of [`{new_path}`].", bare(&field.name))];
            docs.extend(reason(types, step, why));
            self.names.insert((step_number, Some((at, number))), name.clone());
            let new = types.outside_field(step.new, field, json);
            self.methods.push(view::UpcastMethod { name, docs, old: old_path.clone(), new });
        }
        if let (Rest::Method(why), Some(of)) = (rest, &new.rest)
            && !self.reuse(step_number, pair, (at, fields.len()))
        {
            let name = unique(format!("{prefix}_rest"), taken);
            let mut docs = vec![format!("Returns the other properties of [`{new_path}`].")];
            docs.extend(reason(types, step, why));
            self.names.insert((step_number, Some((at, fields.len()))), name.clone());
            let new = types.outside_rest(step.new, of);
            self.methods.push(view::UpcastMethod { name, docs, old: old_path, new });
        }
    }

    /// Gives a part the method of another conversion between the same types, if one exists.
    fn reuse(&mut self, step: usize, pair: &Pair, (at, number): (usize, usize)) -> bool {
        let first = *self.by_types.entry((step, pair.old, pair.new, number)).or_insert(at);
        let known = self.names.get(&(step, Some((first, number)))).cloned();
        known.is_some_and(|name| {
            self.names.insert((step, Some((at, number))), name);
            true
        })
    }
}

fn bare(name: &str) -> &str {
    name.trim_start_matches("r#")
}

/// Returns a name that no other method has.
fn unique(name: String, taken: &mut BTreeSet<String>) -> String {
    let mut unique = name.clone();
    let mut number = 1;
    while !taken.insert(unique.clone()) {
        number += 1;
        unique = format!("{name}_{number}");
    }
    unique
}

/// Returns the paragraph that explains why a part is not derived.
fn reason(types: &Types<'_, '_>, step: &Step, why: &str) -> Vec<String> {
    let (old, new) = (types.version(step.old), types.version(step.new));
    let mut lines = vec![String::new()];
    lines.extend(doc_lines(&format!("Not derived from version {old} to {new}: {why}.")));
    lines
}

impl Types<'_, '_> {
    fn outside_rest(&self, home: evschema_model::graph::DocumentId, of: &TypeRef) -> String {
        format!("rt::Map<{}>", self.outside_text(home, of))
    }
}
