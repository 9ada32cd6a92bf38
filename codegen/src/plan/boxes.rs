//! Adds boxes where a type would contain itself.

use super::definitions::{Body, Plan, RustType, TypeId, TypeRef};

/// Boxes a field or variant if its value can contain the type that declares the field or variant. A value inside a list
/// or map needs no box.
pub(super) fn add_boxes(plan: &mut Plan) {
    let edges: Vec<Vec<usize>> = plan.definitions.iter().map(|d| contained(&d.body)).collect();
    let component = components(&edges);
    for (at, definition) in plan.definitions.iter_mut().enumerate() {
        let recursive = |value: &TypeRef| {
            let mut ids = Vec::new();
            direct(value, &mut ids);
            ids.iter().any(|id| component[*id] == component[at])
        };
        match &mut definition.body {
            Body::Struct(body) => {
                for field in &mut body.fields {
                    field.boxed = recursive(&field.value);
                }
            }
            Body::Union(variants) => {
                for variant in variants {
                    variant.boxed = recursive(&variant.value);
                }
            }
            Body::Newtype { inner, boxed } => *boxed = recursive(inner),
            Body::Texts(_) | Body::Integers(_) => {}
        }
    }
}

fn contained(body: &Body) -> Vec<usize> {
    let mut ids = Vec::new();
    match body {
        Body::Struct(body) => body.fields.iter().for_each(|field| direct(&field.value, &mut ids)),
        Body::Union(variants) => variants.iter().for_each(|variant| direct(&variant.value, &mut ids)),
        Body::Newtype { inner, .. } => direct(inner, &mut ids),
        Body::Texts(_) | Body::Integers(_) => {}
    }
    ids
}

/// Adds to `ids` the named types that a value contains directly, not inside a list or map.
fn direct(value: &TypeRef, ids: &mut Vec<usize>) {
    match &value.shape {
        RustType::Named(TypeId(id)) => ids.push(*id),
        RustType::Tuple { items, .. } => items.iter().for_each(|item| direct(item, ids)),
        RustType::Array(of, _) | RustType::OnlyProperty { of, .. } => direct(of, ids),
        RustType::Bool
        | RustType::Fixed(_)
        | RustType::Integer
        | RustType::Number
        | RustType::String
        | RustType::Null
        | RustType::Json
        | RustType::External(_)
        | RustType::List(_)
        | RustType::Map(_)
        | RustType::Text(_) => {}
    }
}

/// Returns the number of each node's strongly connected component. The function uses Kosaraju's algorithm without
/// recursion, because a chain of types may be long.
fn components(edges: &[Vec<usize>]) -> Vec<usize> {
    let mut order = Vec::new();
    let mut seen = vec![false; edges.len()];
    for start in 0..edges.len() {
        let mut path = vec![(start, 0)];
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        while let Some((node, next)) = path.pop() {
            match edges[node].get(next) {
                Some(target) => {
                    path.push((node, next + 1));
                    if !std::mem::replace(&mut seen[*target], true) {
                        path.push((*target, 0));
                    }
                }
                None => order.push(node),
            }
        }
    }
    let mut reversed = vec![Vec::new(); edges.len()];
    for (from, targets) in edges.iter().enumerate() {
        targets.iter().for_each(|to| reversed[*to].push(from));
    }
    let mut component = vec![usize::MAX; edges.len()];
    for start in order.into_iter().rev() {
        let mut open = vec![start];
        while let Some(node) = open.pop() {
            if component[node] == usize::MAX {
                component[node] = start;
                open.extend(&reversed[node]);
            }
        }
    }
    component
}
