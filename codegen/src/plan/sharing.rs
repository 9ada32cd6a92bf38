//! Merges equal types into one.
//!
//! Two types are equal if their Rust, their JSON and their documentation are the same, and the types of their parts are
//! equal. The names of the types do not matter: each module keeps its own name for a type that another module contains
//! (docs/adr/0015).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use super::{Body, Plan, RustType, Shared, StandIn, TypeId, TypeRef};
use crate::atlas::DocumentId;
use crate::names::Names;

/// Replaces equal types by one of them.
///
/// If several modules have equal types, the type moves into the module of shared types. An event never counts as equal
/// to another type.
pub(super) fn share(plan: &mut Plan) {
    let events: BTreeSet<usize> = plan.events.iter().map(|event| event.root.0).collect();
    let mut equals: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, class) in classes(plan, &events).into_iter().enumerate() {
        equals.entry(class).or_default().push(at);
    }
    let (mut across, within): (Vec<Vec<usize>>, Vec<Vec<usize>>) =
        equals.into_values().filter(|equal| 1 < equal.len()).partition(|equal| {
            let homes: BTreeSet<DocumentId> = equal.iter().map(|at| plan.definitions[*at].home).collect();
            1 < homes.len()
        });
    across = across.into_iter().flat_map(|equal| by_name_if_short(plan, equal)).collect();
    // If several types want the same name, the type with the most uses gets it.
    across.sort_by_key(|equal| (usize::MAX - equal.len(), equal[0]));
    let mut taken = Names::of_types();
    for equal in across {
        let shared = plan.shared.len();
        let name = taken.take(&[common_name(plan, &equal)]);
        plan.shared.push(Shared { name, of: TypeId(equal[0]) });
        for at in equal {
            plan.definitions[at].stands_in = Some(StandIn::Shared(shared));
        }
    }
    for equal in within {
        if !is_worth_a_name(&plan.definitions[equal[0]].body) {
            continue;
        }
        let shortest = equal.iter().copied().min_by_key(|at| (plan.definitions[*at].name.len(), *at));
        for at in equal.iter().copied().filter(|at| Some(*at) != shortest) {
            plan.definitions[at].stands_in = shortest.map(|at| StandIn::Neighbour(TypeId(at)));
        }
    }
}

/// Splits equal types by name, if a second name for the type would not be shorter than the type itself.
fn by_name_if_short(plan: &Plan, equal: Vec<usize>) -> Vec<Vec<usize>> {
    if is_worth_a_name(&plan.definitions[equal[0]].body) {
        return vec![equal];
    }
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for at in equal {
        by_name.entry(&plan.definitions[at].name).or_default().push(at);
    }
    by_name.into_values().filter(|equal| 1 < equal.len()).collect()
}

/// Returns whether another name for a type is shorter than the type itself.
fn is_worth_a_name(body: &Body) -> bool {
    /// Maximum number of characters that the strings of an enum have if they fit on one line.
    const LINE_CHARACTERS: usize = 80;
    match body {
        Body::Struct(body) => !body.fields.is_empty(),
        Body::Texts(texts) => {
            LINE_CHARACTERS < texts.iter().map(|one| one.name.len() + one.text.len() + 7).sum::<usize>()
        }
        Body::Union(_) => true,
        Body::Newtype { .. } => false,
    }
}

/// Returns the most frequent name of some equal types. If several names are equally frequent, the shortest one is
/// returned.
fn common_name(plan: &Plan, equal: &[usize]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for at in equal {
        *counts.entry(&plan.definitions[*at].name).or_default() += 1;
    }
    let best = counts.into_iter().min_by_key(|(name, count)| (usize::MAX - count, name.len(), *name));
    best.map(|(name, _)| name.to_owned()).unwrap_or_default()
}

/// Returns the number of each definition's class. All definitions in a class are equal.
///
/// Definitions that look the same start in one class. A class is split as long as its members have parts from different
/// classes. So types that contain themselves can also be equal.
fn classes(plan: &Plan, events: &BTreeSet<usize>) -> Vec<usize> {
    let mut parts = Vec::new();
    let mut looks = Vec::new();
    for (at, definition) in plan.definitions.iter().enumerate() {
        let mut body = definition.body.clone();
        let mut ids = Vec::new();
        take_ids(&mut body, &mut ids);
        parts.push(ids);
        looks.push((body, &definition.docs, events.get(&at)));
    }
    let (mut classes, mut count) = numbered(looks);
    loop {
        let split = parts.iter().zip(&classes).map(|(parts, class)| {
            let parts: Vec<usize> = parts.iter().map(|part| classes[*part]).collect();
            (*class, parts)
        });
        let (finer, more) = numbered(split.collect());
        if more == count {
            return classes;
        }
        (classes, count) = (finer, more);
    }
}

/// Returns a number for each key, and the count of different numbers. Equal keys have the same number.
fn numbered<K: Eq + Hash>(keys: Vec<K>) -> (Vec<usize>, usize) {
    let mut known = HashMap::new();
    let mut numbers = Vec::new();
    for key in keys {
        let next = known.len();
        numbers.push(*known.entry(key).or_insert(next));
    }
    (numbers, known.len())
}

/// Moves the identifiers of the types in a body into `ids`. Removes the parts of the body that are not printed.
fn take_ids(body: &mut Body, ids: &mut Vec<usize>) {
    match body {
        Body::Struct(body) => {
            body.fields.iter_mut().for_each(|field| take_id(&mut field.value, ids));
            if let Some((_, value)) = &mut body.rest {
                take_id(value, ids);
            }
        }
        Body::Union(variants) => {
            for variant in variants {
                variant.place = None;
                take_id(&mut variant.value, ids);
            }
        }
        Body::Newtype { inner, .. } => take_id(inner, ids),
        Body::Texts(_) => {}
    }
}

fn take_id(value: &mut TypeRef, ids: &mut Vec<usize>) {
    match &mut value.shape {
        RustType::Named(id) => ids.push(std::mem::replace(&mut id.0, 0)),
        RustType::List(inner) | RustType::Map(inner) => take_id(inner, ids),
        RustType::Tuple(parts) => parts.iter_mut().for_each(|part| take_id(part, ids)),
        RustType::Bool
        | RustType::I64
        | RustType::Integer
        | RustType::Number
        | RustType::String
        | RustType::Null
        | RustType::Json => {}
    }
}
