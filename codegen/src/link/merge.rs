//! Objects that are put together by `allOf` and `$ref`, as one node: read once, not once for each.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use super::spot::{Spot, is_annotation};
use super::{DocumentId, Linker};
use crate::shape::spoken_names;

/// What the parts of such an object may say: nothing that looks at all members at once.
const MERGED: [&str; 7] =
    ["type", "properties", "required", "minProperties", "maxProperties", "allOf", "additionalProperties"];

/// Most parts that are put together.
const PARTS_MAX: usize = 32;

impl<'c> Linker<'_, '_, 'c> {
    /// Returns the parts of an object, in the order in which the plan finds them; `None` when
    /// there is none but itself, or they say more than can be put together.
    fn parts(&self, spot: &Spot<'c>) -> Option<Vec<Spot<'c>>> {
        let atlas = self.planner.atlas;
        if atlas.has_dynamic_references() {
            return None;
        }
        let mut parts: Vec<Spot<'c>> = Vec::new();
        let mut open = VecDeque::from([*spot]);
        while let Some(next) = open.pop_front() {
            if parts.iter().any(|part| part.address() == next.address()) {
                continue;
            }
            let members = next.value.as_object()?;
            let refers = members.get("$ref").is_some_and(Value::is_string);
            if refers {
                open.push_back(next.target(atlas, "$ref")?);
                if next.draft.ref_hides_siblings() {
                    continue;
                }
            }
            let is_merged = |(keyword, value): (&String, &Value)| match keyword.as_str() {
                "$ref" | "$id" => true,
                "type" => value == "object",
                "additionalProperties" => value == &Value::Bool(true),
                keyword => MERGED.contains(&keyword) || is_annotation(keyword),
            };
            if !members.iter().all(is_merged) || PARTS_MAX < parts.len() {
                return None;
            }
            parts.push(next);
            open.extend(
                members.get("allOf").and_then(Value::as_array).into_iter().flatten().map(|v| next.inside(v)),
            );
        }
        let is_other = parts.iter().any(|part| part.address() != spot.address());
        is_other.then_some(parts)
    }

    /// Writes the node of an object that is put together; tells whether it is one.
    pub(super) fn merged(
        &mut self,
        program: DocumentId,
        spot: &Spot<'c>,
        node: &mut Map<String, Value>,
    ) -> bool {
        let Some(parts) = self.parts(spot) else { return false };
        let mut names: Vec<&'c str> = Vec::new();
        for name in parts.iter().flat_map(|part| spoken_names(part.value, part.draft)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let members: Vec<Value> =
            names.iter().map(|name| self.merged_member(program, &parts, name)).collect();
        let is_required = |name: &&str| {
            parts.iter().any(|part| {
                let required = part.keyword("required").and_then(Value::as_array);
                required.is_some_and(|required| required.iter().any(|one| one == name))
            })
        };
        let required: Vec<usize> = (0..names.len()).filter(|at| is_required(&names[*at])).collect();
        if parts.iter().any(|part| part.keyword("type").is_some()) {
            node.insert("type".to_owned(), json!(["object"]));
        }
        node.insert("members".to_owned(), json!(members));
        node.insert("required".to_owned(), json!(required));
        let all = |keyword| parts.iter().filter_map(move |part| part.keyword(keyword));
        let size = |value: &&Value| value.as_f64().unwrap_or(0.0);
        if let Some(least) = all("minProperties").max_by(|a, b| size(a).total_cmp(&size(b))) {
            node.insert("minProperties".to_owned(), least.clone());
        }
        if let Some(most) = all("maxProperties").min_by(|a, b| size(a).total_cmp(&size(b))) {
            node.insert("maxProperties".to_owned(), most.clone());
        }
        if all("additionalProperties").next().is_some() {
            node.insert("additionalProperties".to_owned(), json!(true));
        }
        if let Some(place) = spot.place(self.planner.atlas)
            && self.planner.reads_members(place, &names)
        {
            node.insert("streamed".to_owned(), json!(true));
        }
        true
    }

    fn merged_member(&mut self, program: DocumentId, parts: &[Spot<'c>], name: &str) -> Value {
        let mut nodes: Vec<Value> = Vec::new();
        for part in parts {
            let properties = part.keyword("properties").and_then(Value::as_object);
            if let Some(property) = properties.and_then(|properties| properties.get(name)) {
                let node = self.child(program, part.inside(property));
                if !nodes.contains(&node) {
                    nodes.push(node);
                }
            }
        }
        match nodes.as_slice() {
            [] => json!([name]),
            [only] => json!([name, only]),
            several => json!([name, self.all_of(program, several)]),
        }
    }

    /// Adds a node that demands several others.
    fn all_of(&mut self, program: DocumentId, nodes: &[Value]) -> usize {
        let draft = self.drafts.entry(program).or_default();
        draft.nodes.push(Map::from_iter([("allOf".to_owned(), json!(nodes))]));
        draft.places.push(None);
        // Nodes are only merged where no reference is dynamic, so that the resource matters to none.
        draft.resources_of.push(0);
        draft.nodes.len() - 1
    }
}
