//! Collects the conditions of a value from all schemas that apply to it.
//!
//! Shapes leave out keywords that no type depends on, such as `pattern`. A proof needs every keyword, so this module
//! follows references and `allOf` itself.

use std::collections::BTreeSet;

use evschema_model::graph::{Documents, Keyword, Place, Reference};
use serde_json::Value;

use crate::shape::{Kinds, own_kinds, own_literals};

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
pub(super) fn targets(documents: &Documents<'_>, places: &[Place]) -> Vec<Place> {
    let mut found = Vec::new();
    for place in places {
        let target = target(documents, *place);
        if !found.contains(&target) {
            found.push(target);
        }
    }
    found
}

fn target(documents: &Documents<'_>, place: Place) -> Place {
    let mut at = place;
    // A longer chain of references is a cycle.
    for _ in 0..64 {
        let Some(Some(next)) = documents.target(at) else { return at };
        if 1 < documents.keywords(at).iter().len() || documents.other_names(at).next().is_some() {
            return at;
        }
        at = next;
    }
    at
}

/// Returns the conditions of a value to which all these schemas apply.
pub(super) fn described(documents: &Documents<'_>, places: &[Place]) -> Described {
    let mut found = Described::default();
    let groups = flatten(documents, places, &mut found);
    found.own.clone_from(&found.always);
    match groups.as_slice() {
        [] => {}
        // `anyOf: [X, {"type": "null"}]` is the usual way to write an optional value.
        [group] => {
            let (nulls, others): (Vec<Place>, Vec<Place>) =
                group.alternatives.iter().partition(|place| is_null_only(documents, **place));
            match others.as_slice() {
                [only] if !nulls.is_empty() => {
                    let mut inner = Described::default();
                    let nested = flatten(documents, &[*only], &mut inner);
                    let excludes_null = !kinds(documents, &inner.always).has(Kinds::NULL);
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
fn flatten(documents: &Documents<'_>, places: &[Place], found: &mut Described) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<Place> = places.iter().rev().copied().collect();
    while let Some(place) = open.pop() {
        if !seen.insert(place) {
            continue;
        }
        match documents.value(place) {
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
        if let Some(target) = documents.target(place) {
            match target {
                Some(target) => open.push(target),
                None => found.incomplete = Some("a `$ref` to a metaschema".to_owned()),
            }
        }
        let keywords = documents.keywords(place);
        for reference in keywords.references().filter(|reference| !reference.is_plain()) {
            found.incomplete = Some(format!("`{}`", reference.keyword));
        }
        found.always.push(place);
        open.extend(keywords.all_of().iter().rev());
        for (keyword, alternatives) in [("anyOf", keywords.any_of()), ("oneOf", keywords.one_of())] {
            match alternatives {
                [] => {}
                [only] => open.push(*only),
                _ => groups.push(Group { keyword, alternatives: alternatives.to_vec() }),
            }
        }
    }
    groups
}

/// Returns whether a schema accepts `null` and nothing else, and says so with one keyword.
fn is_null_only(documents: &Documents<'_>, place: Place) -> bool {
    let keywords = documents.keywords(place);
    let is_null = keywords.types().is_some_and(|names| names.iter().eq(["null"]));
    // The other keywords restrict values that are not `null`.
    let may_reject_null = |keyword: &Keyword<'_, Place, Reference<'_>>| {
        matches!(
            keyword,
            Keyword::False
                | Keyword::Unsupported(_)
                | Keyword::Reference(_)
                | Keyword::Enum(_)
                | Keyword::Const(_)
                | Keyword::AllOf(_)
                | Keyword::AnyOf(_)
                | Keyword::OneOf(_)
                | Keyword::Not(_)
                | Keyword::If { .. }
        )
    };
    is_null && !keywords.iter().any(may_reject_null)
}

/// Returns the kinds that `type`, `enum` and `const` of some schemas allow.
pub(super) fn kinds(documents: &Documents<'_>, own: &[Place]) -> Kinds {
    own.iter().fold(Kinds::ALL, |all, place| {
        let mut kinds = own_kinds(documents, *place);
        if let Some(literals) = own_literals(documents, *place) {
            kinds = kinds.and(literals.iter().fold(Kinds::NONE, |kinds, value| kinds.or(Kinds::of(value))));
        }
        all.and(kinds)
    })
}

/// Returns the kinds that the keyword `type` of some schemas allows.
pub(super) fn typed_kinds(documents: &Documents<'_>, own: &[Place]) -> Kinds {
    own.iter().fold(Kinds::ALL, |all, place| all.and(own_kinds(documents, *place)))
}

/// Returns all accepted values, if a schema lists them.
pub(super) fn literals<'c>(documents: &Documents<'c>, own: &[Place]) -> Option<Vec<&'c Value>> {
    own.iter().find_map(|place| own_literals(documents, *place))
}

/// Returns the schemas of a property, one for each schema that has a condition for the property. With
/// `patternProperties`, conditions may be missing.
pub(super) fn member(documents: &Documents<'_>, own: &[Place], name: &str) -> Vec<Place> {
    let of = |place: &Place| {
        let keywords = documents.keywords(*place);
        // A pattern may apply instead of `additionalProperties`.
        keywords.property(name).or_else(|| plain_rest(documents, *place))
    };
    own.iter().filter_map(of).collect()
}

/// Returns the schemas of the properties that no schema names.
pub(super) fn others(documents: &Documents<'_>, own: &[Place]) -> Vec<Place> {
    own.iter().filter_map(|place| plain_rest(documents, *place)).collect()
}

/// Returns the schema of `additionalProperties`, if no `patternProperties` may apply instead.
fn plain_rest(documents: &Documents<'_>, place: Place) -> Option<Place> {
    let keywords = documents.keywords(place);
    let has_patterns = keywords.iter().any(|keyword| matches!(keyword, Keyword::PatternProperties(_)));
    keywords.additional_properties().filter(|_| !has_patterns)
}

/// Returns the schemas of the items of an array without a prefix.
pub(super) fn items(documents: &Documents<'_>, own: &[Place]) -> Vec<Place> {
    let of = |place: &Place| {
        let keywords = documents.keywords(*place);
        let has_prefix = keywords.iter().any(|keyword| matches!(keyword, Keyword::PrefixItems(_)));
        keywords.items().filter(|_| !has_prefix)
    };
    own.iter().filter_map(of).collect()
}
