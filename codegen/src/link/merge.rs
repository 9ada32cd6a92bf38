//! Merges the parts of an object, which `allOf` and `$ref` combine, into one node. So the runtime reads the object
//! once, and not once for each part.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use super::numbering::reference;
use super::spot::{Spot, is_annotation};
use super::{DocumentId, Linker};
use crate::shape::spoken_names;

/// The keywords that the parts of a merged object may have. A part must not examine all properties at once, for example
/// with `unevaluatedProperties`.
const MERGED: [&str; 7] =
    ["type", "properties", "required", "minProperties", "maxProperties", "allOf", "additionalProperties"];

/// Maximum number of parts that one node can merge.
const PARTS_MAX: usize = 32;

impl<'c> Linker<'_, '_, 'c> {
    /// Returns the parts of an object, in the order in which the plan finds them; `None` if the object is its only
    /// part, or if the parts have keywords that cannot be merged.
    fn parts(&self, spot: &Spot<'c>) -> Option<Vec<Spot<'c>>> {
        let atlas = self.planner.atlas;
        if atlas.has_dynamic_references() {
            return None;
        }
        let mut parts: Vec<Spot<'c>> = Vec::new();
        let mut seen: Vec<usize> = Vec::new();
        let mut open = VecDeque::from([*spot]);
        while let Some(next) = open.pop_front() {
            if seen.contains(&next.address()) {
                continue;
            }
            seen.push(next.address());
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
            let schemas = members.get("allOf").and_then(Value::as_array).into_iter().flatten();
            open.extend(schemas.map(|schema| next.inside(schema)));
        }
        let is_other = parts.iter().any(|part| part.address() != spot.address());
        is_other.then_some(parts)
    }

    /// Writes the node of a merged object. Returns whether the object can be merged.
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
        node.insert("parts".to_owned(), self.locations(program, &parts));
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

    /// Returns the locations of the parts, where the runtime finds the keywords of the merged object: a JSON Pointer, or
    /// the number of another program and a JSON Pointer in its document.
    fn locations(&mut self, program: DocumentId, parts: &[Spot<'c>]) -> Value {
        let mut locations = Vec::new();
        for part in parts {
            let Some(place) = part.place(self.planner.atlas) else { continue };
            let pointer = self.planner.atlas.pointer(place).as_str().to_owned();
            let document = self.planner.atlas.document(place);
            locations.push(if document == program {
                json!(pointer)
            } else {
                json!([self.link(program, document), pointer])
            });
        }
        json!(locations)
    }

    /// Returns a property and its node.
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

    /// Adds a node that accepts a value only if all of these nodes accept the value. Returns a reference to the
    /// new node.
    fn all_of(&mut self, program: DocumentId, nodes: &[Value]) -> Value {
        let draft = self.drafts.entry(program).or_default();
        draft.nodes.push(Map::from_iter([("allOf".to_owned(), json!(nodes))]));
        draft.places.push(None);
        // Nodes are merged only if no reference is dynamic. Without dynamic references, the resource of a node does not
        // matter.
        draft.resources_of.push(0);
        reference(draft.nodes.len() - 1)
    }
}
