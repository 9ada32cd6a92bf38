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
        "dependencies" => Some(Holds::MapOrNames),
        _ => None,
    }
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
pub fn for_each_subschema<'v>(start: Place<'v>, draft: Draft, visit: &mut dyn FnMut(&Place<'v>)) {
    visit(&start);
    children(&start, draft, &mut |child| for_each_subschema(child, draft, visit));
}

/// Calls `visit` for each direct subschema.
pub(crate) fn children<'v>(parent: &Place<'v>, draft: Draft, visit: &mut dyn FnMut(Place<'v>)) {
    let Value::Object(members) = parent.schema else { return };
    for (keyword, value) in members {
        let Some(holds) = holds(keyword, draft) else { continue };
        let pointer = parent.pointer.child(keyword);
        match (holds, value) {
            (Holds::One | Holds::OneOrList, Value::Object(_) | Value::Bool(_)) => {
                visit(Place { pointer, schema: value });
            }
            (Holds::List | Holds::OneOrList, Value::Array(items)) => {
                for (at, schema) in items.iter().enumerate() {
                    visit(Place { pointer: pointer.child(at), schema });
                }
            }
            (Holds::Map | Holds::MapOrNames, Value::Object(named)) => {
                for (name, schema) in named {
                    if holds == Holds::Map || !schema.is_array() {
                        visit(Place { pointer: pointer.child(name), schema });
                    }
                }
            }
            // Not a schema; the metaschema says so elsewhere.
            (Holds::One | Holds::OneOrList | Holds::List | Holds::Map | Holds::MapOrNames, _) => {}
        }
    }
}
