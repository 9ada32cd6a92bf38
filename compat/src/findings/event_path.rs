//! Where in an event a part of a schema applies: `lines[].total`.
//!
//! A name stands for a property, `[]` for the items of an array, `[1]` for one position of a tuple, and `*` for a
//! property that the schema does not name. The event itself has no path.

use std::collections::HashSet;

use evschema_model::Pointer;
use serde_json::{Map, Value};

use super::places::{Document, Index};
use crate::tree::Origin;

/// A place in an event, for programs and for people.
#[derive(Debug, Clone, Default)]
pub(super) struct EventPlace {
    pub(super) pointer: Pointer,
    pub(super) path: String,
}

/// Most pairs of a schema and a part of the event that are visited for one finding.
const VISITED_MAX: usize = 100_000;

/// Most places that are collected.
const FOUND_MAX: usize = 64;

/// Deepest nesting of schemas, references included.
const DEPTH_MAX: usize = 200;

/// Returns the places of an event to which a part of a version's schema applies, in the order of the schema. Without
/// an event, those to which it could apply, each once.
pub(super) fn places_of(index: &Index<'_>, part: Origin, event: Option<&Value>) -> Vec<EventPlace> {
    let mut search = Search { index, part, visited: HashSet::new(), found: Vec::new(), depth: 0 };
    search.schema(&index.own, index.own.root(), event, &EventPlace::default());
    search.found
}

/// Says what a sentence is about: a path, or the event.
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

struct Search<'i, 'v> {
    index: &'i Index<'v>,
    part: Origin,
    visited: HashSet<(usize, usize)>,
    found: Vec<EventPlace>,
    depth: usize,
}

impl<'i> Search<'i, '_> {
    fn schema(
        &mut self,
        document: &'i Document<'i>,
        schema: &'i Value,
        event: Option<&Value>,
        at: &EventPlace,
    ) {
        let key = (Origin::of(schema).0, event.map_or(0, |event| Origin::of(event).0));
        let is_full = VISITED_MAX < self.visited.len() || FOUND_MAX < self.found.len();
        if DEPTH_MAX < self.depth || is_full || !self.visited.insert(key) {
            return;
        }
        if Origin::of(schema) == self.part {
            self.found.push(at.clone());
        }
        let Value::Object(members) = schema else { return };
        self.depth += 1;
        for (keyword, value) in members {
            self.keyword(document, members, (keyword, value), event, at);
        }
        self.depth -= 1;
    }

    fn keyword(
        &mut self,
        document: &'i Document<'i>,
        siblings: &'i Map<String, Value>,
        (keyword, value): (&str, &'i Value),
        event: Option<&Value>,
        at: &EventPlace,
    ) {
        match (keyword, value) {
            ("$ref", _) => {
                if let Some((document, target)) = self.index.target(document, value) {
                    self.schema(document, target, event, at);
                }
            }
            ("allOf" | "anyOf" | "oneOf", Value::Array(branches)) => {
                branches.iter().for_each(|branch| self.schema(document, branch, event, at));
            }
            ("not" | "if" | "then" | "else" | "propertyNames", _) => {
                self.schema(document, value, event, at);
            }
            ("dependentSchemas" | "dependencies", Value::Object(schemas)) => {
                schemas.values().for_each(|schema| self.schema(document, schema, event, at));
            }
            ("properties", Value::Object(properties)) => {
                for (name, schema) in properties {
                    let place = at.member(name);
                    match event.map(|event| event.get(name)) {
                        None => self.schema(document, schema, None, &place),
                        Some(Some(member)) => self.schema(document, schema, Some(member), &place),
                        Some(None) => {}
                    }
                }
            }
            ("patternProperties", Value::Object(patterns)) => {
                patterns.values().for_each(|schema| self.others(document, siblings, schema, event, at));
            }
            ("additionalProperties" | "unevaluatedProperties", _) => {
                self.others(document, siblings, value, event, at);
            }
            ("prefixItems" | "items", Value::Array(positions)) => {
                for (position, schema) in positions.iter().enumerate() {
                    let place = at.item(position, Some(position));
                    match event.map(|event| event.get(position)) {
                        None => self.schema(document, schema, None, &place),
                        Some(Some(item)) => self.schema(document, schema, Some(item), &place),
                        Some(None) => {}
                    }
                }
            }
            ("items" | "additionalItems" | "unevaluatedItems" | "contains", _) => match event {
                None => self.schema(document, value, None, &at.item(0, None)),
                Some(Value::Array(items)) => {
                    for (position, item) in items.iter().enumerate() {
                        self.schema(document, value, Some(item), &at.item(position, None));
                    }
                }
                Some(_) => {}
            },
            _ => {}
        }
    }

    /// Goes to the members that are not declared beside a keyword.
    fn others(
        &mut self,
        document: &'i Document<'i>,
        siblings: &Map<String, Value>,
        schema: &'i Value,
        event: Option<&Value>,
        at: &EventPlace,
    ) {
        let Some(event) = event else { return self.schema(document, schema, None, &at.any_member("*")) };
        for (name, member) in event.as_object().into_iter().flatten() {
            if siblings.get("properties").and_then(|declared| declared.get(name)).is_none() {
                self.schema(document, schema, Some(member), &at.any_member(name));
            }
        }
    }
}

impl EventPlace {
    /// Returns the place of a member that a schema declares.
    fn member(&self, name: &str) -> Self {
        let mut place = self.clone();
        place.pointer.push(name);
        push(&mut place.path, name);
        place
    }

    /// Returns the place of a member that a schema does not name.
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

    /// Reads a place of an event without the schema: every member by its name.
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
