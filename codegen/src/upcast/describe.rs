//! Collects the conditions of a value from all schemas that apply to it.
//!
//! Shapes leave out keywords that no type depends on, such as `pattern`. A proof needs every keyword, so this module
//! follows references and `allOf` itself.

use std::collections::BTreeSet;

use evschema_model::Draft;
use serde_json::Value;

use super::same::is_annotation;
use crate::atlas::{Atlas, Place};
use crate::shape::Kinds;

/// The conditions of a value.
#[derive(Debug, Clone, Default)]
pub(super) struct Described {
    /// The schemas whose own keywords apply to every value.
    pub(super) always: Vec<Place>,
    /// The schemas whose own keywords apply to every value except `null`. The list has all schemas of `always`.
    pub(super) own: Vec<Place>,
    /// Whether an alternative accepts `null` and nothing else.
    pub(super) has_null_alternative: bool,
    /// The reason why the list of conditions is incomplete.
    pub(super) incomplete: Option<String>,
    /// Whether no value is accepted.
    pub(super) is_never: bool,
}

/// Alternatives of an `anyOf` or `oneOf`.
struct Group {
    keyword: &'static str,
    alternatives: Vec<Place>,
}

/// Returns schemas with the same conditions, without schemas that only refer to another schema.
pub(super) fn targets(atlas: &Atlas<'_>, places: &[Place]) -> Vec<Place> {
    let mut found = Vec::new();
    for place in places {
        let target = target(atlas, *place);
        if !found.contains(&target) {
            found.push(target);
        }
    }
    found
}

fn target(atlas: &Atlas<'_>, place: Place) -> Place {
    let mut at = place;
    // A longer chain of references is a cycle.
    for _ in 0..64 {
        let Some(Some(next)) = atlas.target(at) else { return at };
        let members = atlas.value(at).as_object();
        let is_only_ref = atlas.draft(at).ref_hides_siblings()
            || members.is_some_and(|all| all.keys().all(|name| name == "$ref" || is_annotation(name)));
        if !is_only_ref {
            return at;
        }
        at = next;
    }
    at
}

/// Returns the conditions of a value to which all these schemas apply.
pub(super) fn described(atlas: &Atlas<'_>, places: &[Place]) -> Described {
    let mut found = Described::default();
    let groups = flatten(atlas, places, &mut found);
    found.own.clone_from(&found.always);
    match groups.as_slice() {
        [] => {}
        // `anyOf: [X, {"type": "null"}]` is the usual way to write an optional value.
        [group] => {
            let (nulls, others): (Vec<Place>, Vec<Place>) =
                group.alternatives.iter().partition(|place| is_null_only(atlas, **place));
            match others.as_slice() {
                [only] if !nulls.is_empty() => {
                    let mut inner = Described::default();
                    let nested = flatten(atlas, &[*only], &mut inner);
                    let excludes_null = !kinds(atlas, &inner.always).has(Kinds::NULL);
                    found.has_null_alternative = true;
                    found.incomplete = found.incomplete.take().or(inner.incomplete);
                    if !nested.is_empty() {
                        found.incomplete =
                            Some(format!("`{}` inside `{}`", nested[0].keyword, group.keyword));
                    }
                    if !excludes_null {
                        found.incomplete = Some(format!("`{}`", group.keyword));
                    }
                    found.is_never |= inner.is_never;
                    for place in inner.always {
                        if !found.own.contains(&place) {
                            found.own.push(place);
                        }
                    }
                }
                _ => found.incomplete = Some(format!("`{}`", group.keyword)),
            }
        }
        [first, ..] => found.incomplete = Some(format!("`{}`", first.keyword)),
    }
    found
}

/// Adds the schemas that always apply, and returns the groups of alternatives.
fn flatten(atlas: &Atlas<'_>, places: &[Place], found: &mut Described) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<Place> = places.iter().rev().copied().collect();
    while let Some(place) = open.pop() {
        if !seen.insert(place) {
            continue;
        }
        match atlas.value(place) {
            Value::Bool(accepts) => {
                found.is_never |= !accepts;
                continue;
            }
            Value::Object(_) => {}
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                found.incomplete = Some("a schema that is not an object".to_owned());
                continue;
            }
        }
        if let Some(target) = atlas.target(place) {
            match target {
                Some(target) => open.push(target),
                None => found.incomplete = Some("a `$ref` to a metaschema".to_owned()),
            }
            if atlas.draft(place).ref_hides_siblings() {
                continue;
            }
        }
        for keyword in ["$dynamicRef", "$recursiveRef"] {
            if atlas.keyword(place, keyword).is_some() {
                found.incomplete = Some(format!("`{keyword}`"));
            }
        }
        found.always.push(place);
        open.extend(atlas.list(place, "allOf").into_iter().rev());
        for keyword in ["anyOf", "oneOf"] {
            let alternatives = atlas.list(place, keyword);
            match alternatives.as_slice() {
                [] => {}
                [only] => open.push(*only),
                _ => groups.push(Group { keyword, alternatives }),
            }
        }
    }
    groups
}

/// Returns whether a schema accepts `null` and nothing else, and says so with one keyword.
fn is_null_only(atlas: &Atlas<'_>, place: Place) -> bool {
    let has = |keyword: &str, value: &Value| atlas.keyword(place, keyword) == Some(value);
    let has_ref = atlas.keyword(place, "$ref").is_some();
    let is_null = has("type", &Value::from("null"));
    let others = ["enum", "const", "not", "allOf", "anyOf", "oneOf", "if", "$dynamicRef", "$recursiveRef"];
    is_null && !has_ref && others.iter().all(|keyword| atlas.keyword(place, keyword).is_none())
}

/// Returns the kinds that `type`, `enum` and `const` of some schemas allow.
pub(super) fn kinds(atlas: &Atlas<'_>, own: &[Place]) -> Kinds {
    own.iter().fold(Kinds::ALL, |all, place| {
        let mut kinds = typed(atlas, *place);
        if let Some(literals) = own_literals(atlas, *place) {
            kinds = kinds.and(literals.iter().fold(Kinds::NONE, |kinds, value| kinds.or(Kinds::of(value))));
        }
        all.and(kinds)
    })
}

/// Returns the kinds that the keyword `type` of some schemas allows.
pub(super) fn typed_kinds(atlas: &Atlas<'_>, own: &[Place]) -> Kinds {
    own.iter().fold(Kinds::ALL, |all, place| all.and(typed(atlas, *place)))
}

fn typed(atlas: &Atlas<'_>, place: Place) -> Kinds {
    match atlas.keyword(place, "type") {
        Some(Value::String(name)) => Kinds::named(name),
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).map(Kinds::named).fold(Kinds::NONE, Kinds::or)
        }
        Some(_) | None => Kinds::ALL,
    }
}

/// Returns all accepted values, if a schema lists them.
pub(super) fn literals<'c>(atlas: &Atlas<'c>, own: &[Place]) -> Option<Vec<&'c Value>> {
    own.iter().find_map(|place| own_literals(atlas, *place))
}

fn own_literals<'c>(atlas: &Atlas<'c>, place: Place) -> Option<Vec<&'c Value>> {
    let constant = atlas.keyword(place, "const").filter(|_| Draft::Draft4 < atlas.draft(place));
    match constant {
        Some(only) => Some(vec![only]),
        None => Some(atlas.keyword(place, "enum")?.as_array()?.iter().collect()),
    }
}

/// Returns the schemas of a property, one for each schema that has a condition for the property. With
/// `patternProperties`, conditions may be missing.
pub(super) fn member(atlas: &Atlas<'_>, own: &[Place], name: &str) -> Vec<Place> {
    let of = |place: &Place| {
        let properties = atlas.keyword(*place, "properties").and_then(Value::as_object);
        match properties.and_then(|properties| properties.get(name)) {
            Some(schema) => Some(atlas.at(*place, schema)),
            // A pattern may apply instead of `additionalProperties`.
            None if atlas.keyword(*place, "patternProperties").is_some() => None,
            None => atlas.child(*place, "additionalProperties"),
        }
    };
    own.iter().filter_map(of).collect()
}

/// Returns the schemas of the properties that no schema names.
pub(super) fn others(atlas: &Atlas<'_>, own: &[Place]) -> Vec<Place> {
    let plain = |place: &&Place| atlas.keyword(**place, "patternProperties").is_none();
    own.iter().filter(plain).filter_map(|place| atlas.child(*place, "additionalProperties")).collect()
}

/// Returns the schemas of the items of an array without a prefix.
pub(super) fn items(atlas: &Atlas<'_>, own: &[Place]) -> Vec<Place> {
    let has_prefix = |place: &Place| {
        atlas.keyword(*place, "prefixItems").is_some()
            || atlas.keyword(*place, "items").is_some_and(Value::is_array)
    };
    own.iter().filter(|place| !has_prefix(place)).filter_map(|place| atlas.child(*place, "items")).collect()
}
