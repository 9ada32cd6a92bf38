//! Finds the places of an event at which a part of a schema applies, such as `lines[].total`.
//!
//! A name stands for a property, and `*` for a property that the schema does not name. `[]` stands for the items of an
//! array, and `[1]` for one position of a tuple. The event itself has no path.

use std::collections::HashSet;

use evschema_model::Pointer;
use evschema_model::graph::{Keyword, Node, NodeId, SchemaGraph};
use serde_json::Value;

use super::places::Index;
use crate::tree::Origin;

/// A place in an event, for programs and for people.
#[derive(Debug, Clone, Default)]
pub(super) struct EventPlace {
    pub(super) pointer: Pointer,
    pub(super) path: String,
}

/// The maximum number of pairs of a schema and a part of the event that the search visits for one finding.
const VISITED_MAX: usize = 100_000;

/// The maximum number of places that the search collects.
const FOUND_MAX: usize = 64;

/// The maximum depth of nested schemas. A reference counts as one level.
const DEPTH_MAX: usize = 200;

/// Returns the places of an event to which a subschema of a version applies, in the order of the schema. Without an
/// event, returns each place to which the subschema could apply, without duplicates.
pub(super) fn places_of(index: &Index<'_, '_>, part: Origin, event: Option<&Value>) -> Vec<EventPlace> {
    let (Some(graph), Some(part)) = (index.graph, index.subschema(part)) else { return Vec::new() };
    let mut search = Search { graph, part, visited: HashSet::new(), found: Vec::new(), depth: 0 };
    search.schema(graph.root(), event, &EventPlace::default());
    search.found
}

/// Returns the subject of a sentence: a path, or the event.
pub(super) fn words(path: &str) -> String {
    if path.is_empty() { "the event".to_owned() } else { format!("`{path}`") }
}

/// Adds a property to a path.
pub(super) fn push(path: &mut String, name: &str) {
    if !path.is_empty() {
        path.push('.');
    }
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-$@:/".contains(c));
    if is_plain {
        path.push_str(name);
    } else {
        path.push_str(&Value::from(name).to_string());
    }
}

struct Search<'g, 'r> {
    graph: &'g SchemaGraph<'r>,
    part: NodeId,
    /// The visited pairs of a node and the address of a part of the event.
    visited: HashSet<(NodeId, usize)>,
    found: Vec<EventPlace>,
    depth: usize,
}

impl<'g, 'r> Search<'g, 'r> {
    fn schema(&mut self, id: NodeId, event: Option<&Value>, at: &EventPlace) {
        let key = (id, event.map_or(0, |event| std::ptr::from_ref(event) as usize));
        let is_full = VISITED_MAX < self.visited.len() || FOUND_MAX < self.found.len();
        if DEPTH_MAX < self.depth || is_full || !self.visited.insert(key) {
            return;
        }
        let node = self.graph.node(id);
        if node.first == self.part {
            self.found.push(at.clone());
        }
        self.depth += 1;
        let declared = Declared::of(node);
        for keyword in &node.keywords {
            self.keyword(&declared, keyword, event, at);
        }
        self.depth -= 1;
    }

    fn schemas(&mut self, schemas: impl IntoIterator<Item = NodeId>, event: Option<&Value>, at: &EventPlace) {
        schemas.into_iter().for_each(|schema| self.schema(schema, event, at));
    }

    fn keyword(
        &mut self,
        declared: &Declared<'r>,
        keyword: &'g Keyword<'r>,
        event: Option<&Value>,
        at: &EventPlace,
    ) {
        match keyword {
            Keyword::Reference(schema) | Keyword::Not(schema) | Keyword::PropertyNames(schema) => {
                self.schema(*schema, event, at);
            }
            Keyword::AllOf(schemas) | Keyword::AnyOf(schemas) | Keyword::OneOf(schemas) => {
                self.schemas(schemas.iter().copied(), event, at);
            }
            Keyword::If { test, then, otherwise } => {
                self.schemas([Some(*test), *then, *otherwise].into_iter().flatten(), event, at);
            }
            Keyword::DependentSchemas(schemas) => {
                self.schemas(schemas.iter().map(|(_, schema)| *schema), event, at);
            }
            Keyword::Properties(properties) => {
                for (name, schema) in properties {
                    let place = at.member(name);
                    match event.map(|event| event.get(*name)) {
                        None => self.schema(*schema, None, &place),
                        Some(Some(member)) => self.schema(*schema, Some(member), &place),
                        Some(None) => {}
                    }
                }
            }
            Keyword::PatternProperties(patterns) => {
                patterns.iter().for_each(|(_, schema)| self.others(declared, *schema, event, at));
            }
            Keyword::AdditionalProperties(schema) | Keyword::UnevaluatedProperties(schema) => {
                self.others(declared, *schema, event, at);
            }
            Keyword::PrefixItems(positions) => {
                for (position, schema) in positions.iter().enumerate() {
                    let place = at.item(position, Some(position));
                    match event.map(|event| event.get(position)) {
                        None => self.schema(*schema, None, &place),
                        Some(Some(item)) => self.schema(*schema, Some(item), &place),
                        Some(None) => {}
                    }
                }
            }
            Keyword::Items(schema) | Keyword::UnevaluatedItems(schema) | Keyword::Contains { schema, .. } => {
                self.items(*schema, event, at)
            }
            Keyword::False
            | Keyword::Unsupported(_)
            | Keyword::Type { .. }
            | Keyword::Enum(_)
            | Keyword::Const(_)
            | Keyword::Minimum(_)
            | Keyword::ExclusiveMinimum(_)
            | Keyword::Maximum(_)
            | Keyword::ExclusiveMaximum(_)
            | Keyword::MultipleOf(_)
            | Keyword::MinLength(_)
            | Keyword::MaxLength(_)
            | Keyword::Pattern(_)
            | Keyword::Format(_)
            | Keyword::Content(_)
            | Keyword::MinItems(_)
            | Keyword::MaxItems(_)
            | Keyword::UniqueItems
            | Keyword::MinProperties(_)
            | Keyword::MaxProperties(_)
            | Keyword::Required(_)
            | Keyword::DependentRequired(_) => {}
        }
    }

    /// Visits all items.
    fn items(&mut self, schema: NodeId, event: Option<&Value>, at: &EventPlace) {
        match event {
            None => self.schema(schema, None, &at.item(0, None)),
            Some(Value::Array(items)) => {
                for (position, item) in items.iter().enumerate() {
                    self.schema(schema, Some(item), &at.item(position, None));
                }
            }
            Some(_) => {}
        }
    }

    /// Visits the properties that the schema does not declare by name.
    fn others(&mut self, declared: &Declared<'r>, schema: NodeId, event: Option<&Value>, at: &EventPlace) {
        let Some(event) = event else { return self.schema(schema, None, &at.any_member("*")) };
        for (name, member) in event.as_object().into_iter().flatten() {
            if !declared.0.contains(name.as_str()) {
                self.schema(schema, Some(member), &at.any_member(name));
            }
        }
    }
}

/// The names under `properties` of a schema, if other keywords of the schema need them.
struct Declared<'r>(HashSet<&'r str>);

impl<'r> Declared<'r> {
    fn of(node: &Node<'r>) -> Self {
        let is_needed = node.keywords.iter().any(|keyword| {
            matches!(
                keyword,
                Keyword::PatternProperties(_)
                    | Keyword::AdditionalProperties(_)
                    | Keyword::UnevaluatedProperties(_)
            )
        });
        let properties = node.keywords.iter().filter(|_| is_needed).flat_map(|keyword| {
            if let Keyword::Properties(properties) = keyword { properties.as_slice() } else { &[] }
        });
        Self(properties.map(|(name, _)| *name).collect())
    }
}

impl EventPlace {
    /// Returns the place of a property that a schema declares by name.
    fn member(&self, name: &str) -> Self {
        let mut place = self.clone();
        place.pointer.push(name);
        push(&mut place.path, name);
        place
    }

    /// Returns the place of a property that a schema does not name.
    fn any_member(&self, name: &str) -> Self {
        let mut place = self.clone();
        place.pointer.push(name);
        place.path.push_str(if place.path.is_empty() { "*" } else { ".*" });
        place
    }

    fn item(&self, position: usize, shown: Option<usize>) -> Self {
        let mut place = self.clone();
        place.pointer.push(position);
        place.path.push_str(&shown.map_or("[]".to_owned(), |position| format!("[{position}]")));
        place
    }

    /// Converts a pointer into an event to a place. It needs no schema, because it uses the name of every property.
    pub(super) fn of(pointer: &Pointer, event: &Value) -> Self {
        let mut place = Self::default();
        let mut value = Some(event);
        for token in pointer.tokens() {
            let position = token.parse::<usize>().ok();
            match (value, position) {
                (Some(Value::Array(items)), Some(position)) => {
                    place = place.item(position, None);
                    value = items.get(position);
                }
                (parent, _) => {
                    place = place.member(&token);
                    value = parent.and_then(|parent| parent.get(&token));
                }
            }
        }
        place
    }
}
