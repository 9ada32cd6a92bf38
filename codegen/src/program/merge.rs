//! Merges the parts of an object, which `allOf` and `$ref` combine, into one node. So the runtime reads the object
//! once, and not once for each part.

use std::collections::VecDeque;

use evschema_model::graph::{DocumentId, Keyword, Place};
use serde_json::{Map, Number, Value, json};

use super::Linker;
use super::checked_keywords::SchemaKeyword;
use super::numbering::reference;
use crate::shape::{SchemaKeywords, spoken_names};

/// Maximum number of parts that one node can merge.
const PARTS_MAX: usize = 32;

impl<'c> Linker<'_, '_, 'c> {
    /// Returns the parts of an object, in the order in which the plan finds them; `None` if the object is its only
    /// part, or if the parts have keywords that cannot be merged.
    fn parts(&self, place: Place) -> Option<Vec<Place>> {
        let documents = self.planner.documents;
        if documents.has_dynamic_references() {
            return None;
        }
        let mut parts: Vec<Place> = Vec::new();
        let mut seen: Vec<Place> = Vec::new();
        let mut open = VecDeque::from([place]);
        while let Some(next) = open.pop_front() {
            if seen.contains(&next) {
                continue;
            }
            seen.push(next);
            let is_object = documents.value(next).is_object();
            if !is_object || documents.other_names(next).next().is_some() || PARTS_MAX < parts.len() {
                return None;
            }
            for keyword in documents.keywords(next).iter() {
                if let Keyword::Reference(reference) = keyword {
                    open.push_back(reference.target?);
                } else if let Keyword::AllOf(schemas) = keyword {
                    open.extend(schemas.iter().copied());
                } else if !self.is_mergeable(keyword) {
                    // For example, `unevaluatedProperties` examines the properties of all parts.
                    return None;
                }
            }
            parts.push(next);
        }
        let is_other = parts.iter().any(|part| *part != place);
        is_other.then_some(parts)
    }

    /// Returns whether a keyword only restricts the properties of one part, or accepts every object.
    fn is_mergeable(&self, keyword: &SchemaKeyword<'_>) -> bool {
        if let Keyword::Type { names, .. } = keyword {
            return names.iter().eq(["object"]);
        }
        if let Keyword::AdditionalProperties(schema) = keyword {
            return self.planner.documents.value(*schema) == &Value::Bool(true);
        }
        matches!(
            keyword,
            Keyword::Properties(_)
                | Keyword::Required(_)
                | Keyword::MinProperties(_)
                | Keyword::MaxProperties(_)
        )
    }

    /// Writes the node of a merged object. Returns whether the object can be merged.
    pub(super) fn merged(
        &mut self,
        program: DocumentId,
        place: Place,
        node: &mut Map<String, Value>,
    ) -> bool {
        let Some(parts) = self.parts(place) else { return false };
        let documents = self.planner.documents;
        let mut names: Vec<&'c str> = Vec::new();
        for name in parts.iter().flat_map(|part| spoken_names(documents, *part)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        node.insert("parts".to_owned(), self.locations(program, &parts));
        let parts: Vec<&SchemaKeywords<'c>> =
            parts.into_iter().map(|part| documents.keywords(part)).collect();
        let members: Vec<Value> =
            names.iter().map(|name| self.merged_member(program, &parts, name)).collect();
        let is_required = |name: &str| {
            parts.iter().filter_map(|part| part.required()).any(|names| names.iter().any(|one| one == name))
        };
        let required: Vec<usize> = (0..names.len()).filter(|at| is_required(names[*at])).collect();
        if parts.iter().any(|part| part.types().is_some()) {
            node.insert("type".to_owned(), json!(["object"]));
        }
        node.insert("members".to_owned(), json!(members));
        node.insert("required".to_owned(), json!(required));
        let order = |a: &&Number, b: &&Number| {
            let size = |number: &Number| number.as_f64().unwrap_or(0.0);
            size(a).total_cmp(&size(b))
        };
        if let Some(least) = parts.iter().filter_map(|part| part.min_properties()).max_by(order) {
            node.insert("minProperties".to_owned(), json!(least));
        }
        if let Some(most) = parts.iter().filter_map(|part| part.max_properties()).min_by(order) {
            node.insert("maxProperties".to_owned(), json!(most));
        }
        if parts.iter().any(|part| part.additional_properties().is_some()) {
            node.insert("additionalProperties".to_owned(), json!(true));
        }
        if !documents.is_in_metaschema(place) && self.planner.reads_members(place, &names) {
            node.insert("streamed".to_owned(), json!(true));
        }
        true
    }

    /// Returns the locations of the parts, where the runtime finds the keywords of the merged object: a JSON Pointer, or
    /// the number of another program and a JSON Pointer in its document.
    fn locations(&mut self, program: DocumentId, parts: &[Place]) -> Value {
        let documents = self.planner.documents;
        let mut locations = Vec::new();
        for part in parts.iter().filter(|part| !documents.is_in_metaschema(**part)) {
            let (document, pointer) = (documents.document(*part), documents.pointer(*part).as_str());
            locations.push(if document == program {
                json!(pointer)
            } else {
                json!([self.link(program, document), pointer])
            });
        }
        json!(locations)
    }

    /// Returns a property and its node.
    fn merged_member(&mut self, program: DocumentId, parts: &[&SchemaKeywords<'c>], name: &str) -> Value {
        let mut nodes: Vec<Value> = Vec::new();
        for part in parts {
            if let Some(property) = part.property(name) {
                let node = self.child(program, property);
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
        let builder = self.builders.entry(program).or_default();
        builder.nodes.push(Map::from_iter([("allOf".to_owned(), json!(nodes))]));
        builder.places.push(None);
        // Nodes are merged only if no reference is dynamic. Without dynamic references, the resource of a node does not
        // matter.
        builder.resources_of.push(0);
        reference(builder.nodes.len() - 1)
    }
}
