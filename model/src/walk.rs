//! Walks the subschemas of a schema, by the keywords of its draft.

use std::sync::LazyLock;

use foldhash::{HashMap, HashMapExt as _};
use serde_json::Value;

use crate::dialect::Draft;
use crate::keywords::{DEFINITIONS, Form, KEYWORDS};
use crate::pointer::Pointer;

/// The form in which the value of a keyword contains subschemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    One,
    OneOrList,
    List,
    Map,
    /// A map whose values are schemas, or lists of names (`dependencies`).
    MapOrNames,
}

impl Holds {
    fn of(form: Form) -> Option<Self> {
        match form {
            Form::Schema | Form::SchemaOrBoolean => Some(Self::One),
            Form::SchemaOrSchemas => Some(Self::OneOrList),
            Form::Schemas => Some(Self::List),
            Form::SchemaMap => Some(Self::Map),
            Form::SchemaOrNamesMap => Some(Self::MapOrNames),
            Form::Anything
            | Form::Types
            | Form::Text
            | Form::Identity
            | Form::Boolean
            | Form::Number
            | Form::PositiveNumber
            | Form::Count
            | Form::Values
            | Form::Names
            | Form::NamesMap => None,
        }
    }
}

/// The keywords that contain subschemas, by draft.
static HOLDS: LazyLock<[HashMap<&'static str, Holds>; Draft::ALL.len()]> = LazyLock::new(|| {
    Draft::ALL.map(|draft| {
        let mut all = HashMap::new();
        for keyword in KEYWORDS {
            let is_definitions = DEFINITIONS.contains(&keyword.name);
            // In 2019-09, the library still looks for references in `dependencies`.
            let is_dependencies = keyword.name == "dependencies" && draft < Draft::Draft202012;
            if (keyword.is_in(draft) || is_definitions || is_dependencies)
                && let Some(holds) = Holds::of(keyword.form)
            {
                all.insert(keyword.name, holds);
            }
        }
        all
    })
});

/// Returns the form in which a keyword of this draft contains subschemas, if it does.
fn holds(keyword: &str, draft: Draft) -> Option<Holds> {
    HOLDS.get(draft as usize)?.get(keyword).copied()
}

/// Returns whether a keyword contains subschemas in a later draft only.
pub(crate) fn holds_later(keyword: &str, draft: Draft) -> bool {
    let last = [Draft::Draft201909, Draft::Draft202012];
    holds(keyword, draft).is_none() && last.into_iter().any(|later| holds(keyword, later).is_some())
}

/// Returns whether a keyword contains subschemas, but this draft applies none of them.
pub(crate) fn is_inert(keyword: &str, draft: Draft) -> bool {
    keyword == "dependencies" && !draft.has_dependencies()
}

/// A subschema and its place.
#[derive(Debug, Clone)]
pub struct Place<'v> {
    /// The place in the document.
    pub pointer: Pointer,
    /// The schema: an object or a boolean, unless the document is not a valid schema.
    pub schema: &'v Value,
}

/// Calls `visit` for a schema and every subschema below it, parents first, in document order.
///
/// The depth is at most [`crate::limits::NESTING_MAX`], because parsing enforces this limit.
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

/// The step from a schema to a direct subschema: the keyword, and the position or name of the subschema in its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way<'v> {
    pub(crate) keyword: &'v str,
    pub(crate) which: Which<'v>,
}

/// The subschema in the value of a keyword.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which<'v> {
    Only,
    At(usize),
    Named(&'v str),
}

impl Way<'_> {
    /// Moves a pointer along this step.
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
            // This value is not a schema. The metaschema rejects it elsewhere.
            (Holds::One | Holds::OneOrList | Holds::List | Holds::Map | Holds::MapOrNames, _) => {}
        }
    }
}
