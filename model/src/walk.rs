//! Which members of a schema are schemas, by draft.

use serde_json::Value;

use crate::{Draft, Pointer};

/// How the value of a keyword holds subschemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    One,
    OneOrList,
    List,
    Map,
    /// A map whose values are schemas, or lists of names (`dependencies`).
    MapOrNames,
}

/// Returns how a keyword of this draft holds subschemas, if it does.
///
/// `$defs` and `definitions` are walked in every draft: documents use either wherever they are.
fn holds(keyword: &str, draft: Draft) -> Option<Holds> {
    let since = |first: Draft, holds: Holds| (first <= draft).then_some(holds);
    match keyword {
        "additionalProperties" | "not" => Some(Holds::One),
        "additionalItems" => (draft < Draft::Draft202012).then_some(Holds::One),
        "items" => Some(if draft < Draft::Draft202012 { Holds::OneOrList } else { Holds::One }),
        "contains" | "propertyNames" => since(Draft::Draft6, Holds::One),
        "if" | "then" | "else" => since(Draft::Draft7, Holds::One),
        "contentSchema" | "unevaluatedItems" | "unevaluatedProperties" => {
            since(Draft::Draft201909, Holds::One)
        }
        "allOf" | "anyOf" | "oneOf" => Some(Holds::List),
        "prefixItems" => since(Draft::Draft202012, Holds::List),
        "properties" | "patternProperties" | "definitions" | "$defs" => Some(Holds::Map),
        "dependentSchemas" => since(Draft::Draft201909, Holds::Map),
        // The library looks for references there in 2019-09 too, in which the keyword applies nothing.
        "dependencies" => (draft < Draft::Draft202012).then_some(Holds::MapOrNames),
        _ => None,
    }
}

/// Tells whether a keyword holds subschemas in a later draft only.
pub(crate) fn holds_later(keyword: &str, draft: Draft) -> bool {
    let last = [Draft::Draft201909, Draft::Draft202012];
    holds(keyword, draft).is_none() && last.into_iter().any(|later| holds(keyword, later).is_some())
}

/// Whether a keyword that holds subschemas applies none of them in this draft: they only stand there.
pub(crate) fn is_inert(keyword: &str, draft: Draft) -> bool {
    keyword == "dependencies" && !draft.has_dependencies()
}

/// A subschema and where it stands.
#[derive(Debug, Clone)]
pub struct Place<'v> {
    /// Its place in the document.
    pub pointer: Pointer,
    /// The schema: an object or a boolean, unless the document is not a valid schema.
    pub schema: &'v Value,
}

/// Calls `visit` for a schema and every subschema below it, parents first, in document order.
///
/// Depth is bounded by [`crate::limits::NESTING_MAX`], which parsing enforces.
pub fn for_each_subschema<'v>(mut start: Place<'v>, draft: Draft, visit: &mut dyn FnMut(&Place<'v>)) {
    walk(&mut start, draft, visit);
}

fn walk<'v>(place: &mut Place<'v>, draft: Draft, visit: &mut dyn FnMut(&Place<'v>)) {
    visit(place);
    let parent = place.schema;
    children(parent, draft, &mut |way, child| {
        let back = place.pointer.len();
        way.step(&mut place.pointer);
        place.schema = child;
        walk(place, draft, visit);
        place.pointer.truncate(back);
    });
    place.schema = parent;
}

/// The way from a schema to a direct subschema: a keyword, and which of its subschemas.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way<'v> {
    pub(crate) keyword: &'v str,
    pub(crate) which: Which<'v>,
}

/// Which subschema of a keyword.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which<'v> {
    Only,
    At(usize),
    Named(&'v str),
}

impl Way<'_> {
    /// Goes this way from where a pointer is.
    pub(crate) fn step(self, pointer: &mut Pointer) {
        pointer.push_name(self.keyword);
        match self.which {
            Which::Only => {}
            Which::At(at) => pointer.push(at),
            Which::Named(name) => pointer.push_name(name),
        }
    }
}

/// Calls `visit` for each direct subschema.
pub(crate) fn children<'v>(parent: &'v Value, draft: Draft, visit: &mut dyn FnMut(Way<'v>, &'v Value)) {
    let Value::Object(members) = parent else { return };
    for (keyword, value) in members {
        let Some(holds) = holds(keyword, draft) else { continue };
        let mut visit = |which, schema| visit(Way { keyword: keyword.as_str(), which }, schema);
        match (holds, value) {
            (Holds::One | Holds::OneOrList, Value::Object(_) | Value::Bool(_)) => visit(Which::Only, value),
            (Holds::List | Holds::OneOrList, Value::Array(items)) => {
                items.iter().enumerate().for_each(|(at, schema)| visit(Which::At(at), schema));
            }
            (Holds::Map | Holds::MapOrNames, Value::Object(named)) => {
                for (name, schema) in named {
                    if holds == Holds::Map || !schema.is_array() {
                        visit(Which::Named(name), schema);
                    }
                }
            }
            // Not a schema; the metaschema says so elsewhere.
            (Holds::One | Holds::OneOrList | Holds::List | Holds::Map | Holds::MapOrNames, _) => {}
        }
    }
}
