//! The names that applied schemas declare, and the number of items that tuples allow.

use std::collections::BTreeSet;

use serde_json::Value;

use super::applied::{Applied, Inherited, values};
use super::documents::Node;
use super::doubt::Doubt;
use super::evaluation::Evaluation;
use super::keywords::{is_catch_all, is_real};

/// Maximum length of a chain of references to a list of names.
const CHAIN_MAX: usize = 20;

/// Returns whether the object is a map. An object is a map if no applied schema describes members.
pub(super) fn is_map(run: &Evaluation<'_, '_>, applied: &[Applied<'_>]) -> bool {
    !applied.iter().any(|part| match &part.inherited {
        Inherited::Listed(values) => lists_objects(run, values),
        Inherited::Schema { node, .. } => describes_members(run, *node),
    })
}

/// Returns whether one of the schemas that count declares the name.
pub(super) fn is_declared(
    run: &Evaluation<'_, '_>,
    applied: &[Applied<'_>],
    value: &Value,
    name: &str,
    opened: bool,
) -> bool {
    applied.iter().filter(|part| part.counts).any(|part| match &part.inherited {
        Inherited::Listed(values) => values.iter().any(|one| one.get(name).is_some()),
        Inherited::Schema { node, .. } => {
            names(run, *node).contains(name)
                || by_pattern(run, *node, name)
                || by_rest(run, *node, value, name, opened)
        }
    })
}

fn lists_objects(run: &Evaluation<'_, '_>, values: &[&Value]) -> bool {
    values.iter().any(|value| value.is_object())
        || (!values.is_empty() && run.takes(Doubt::ScalarEnumEndsMap))
}

fn describes_members(run: &Evaluation<'_, '_>, node: Node<'_>) -> bool {
    let has_patterns = run.object(node, "patternProperties").is_some_and(|patterns| {
        patterns.iter().any(|(pattern, part)| {
            !is_catch_all(pattern) || is_real(part, run.draft(node)) || run.takes(Doubt::CatchAllEndsMap)
        })
    });
    run.object(node, "properties").is_some_and(|properties| !properties.is_empty())
        || has_patterns
        || ["additionalProperties", "unevaluatedProperties"].iter().any(|rest| has_real(run, node, rest))
        || !listed_names(run, node).is_empty()
        || lists_objects(run, &values(run, node))
}

fn has_real(run: &Evaluation<'_, '_>, node: Node<'_>, keyword: &str) -> bool {
    run.keyword(node, keyword).is_some_and(|part| is_real(part, run.draft(node)))
}

/// Returns the names that a schema lists, for example in `properties`.
pub(super) fn names<'d>(run: &Evaluation<'_, 'd>, node: Node<'d>) -> BTreeSet<&'d str> {
    let mut names: BTreeSet<&'d str> = BTreeSet::new();
    let strings = |list: &'d [Value]| list.iter().filter_map(Value::as_str);
    names.extend(run.object(node, "properties").into_iter().flatten().map(|(name, _)| name.as_str()));
    names.extend(strings(run.list(node, "required")));
    for keyword in ["dependentRequired", "dependencies", "dependentSchemas"] {
        for (key, wanted) in run.object(node, keyword).into_iter().flatten() {
            names.insert(key);
            names.extend(wanted.as_array().into_iter().flatten().filter_map(Value::as_str));
        }
    }
    for value in values(run, node) {
        names.extend(value.as_object().into_iter().flatten().map(|(name, _)| name.as_str()));
    }
    names.extend(listed_names(run, node));
    names
}

/// Returns whether a pattern of the schema declares the name.
fn by_pattern(run: &Evaluation<'_, '_>, node: Node<'_>, name: &str) -> bool {
    run.object(node, "patternProperties").into_iter().flatten().any(|(pattern, part)| {
        (!is_catch_all(pattern) || is_real(part, run.draft(node))) && run.matches(pattern, name)
    })
}

/// Returns whether `additionalProperties` or `unevaluatedProperties` applies a real schema to the name.
fn by_rest(run: &Evaluation<'_, '_>, node: Node<'_>, value: &Value, name: &str, opened: bool) -> bool {
    (has_real(run, node, "additionalProperties") && run.named_schemas(node, name).is_empty())
        || (has_real(run, node, "unevaluatedProperties")
            && !run.evaluates_member(node, value, name, opened, false))
}

/// Returns whether a schema may declare other names than those that [`names`] returns.
pub(super) fn is_open(run: &Evaluation<'_, '_>, node: Node<'_>) -> bool {
    ["additionalProperties", "unevaluatedProperties"].iter().any(|rest| has_real(run, node, rest))
        || run
            .object(node, "patternProperties")
            .into_iter()
            .flatten()
            .any(|(pattern, part)| !is_catch_all(pattern) || is_real(part, run.draft(node)))
}

/// Returns the names that `propertyNames` lists.
fn listed_names<'d>(run: &Evaluation<'_, 'd>, node: Node<'d>) -> BTreeSet<&'d str> {
    let mut names = BTreeSet::new();
    if let Some(part) = run.keyword(node, "propertyNames") {
        add_listed(run, node.child(part), &mut names, 0);
    }
    names
}

fn add_listed<'d>(run: &Evaluation<'_, 'd>, node: Node<'d>, names: &mut BTreeSet<&'d str>, chain: usize) {
    if CHAIN_MAX < chain {
        return;
    }
    names.extend(values(run, node).into_iter().filter_map(Value::as_str));
    if let Some(reference) = run.keyword(node, "$ref").and_then(Value::as_str)
        && let Some(target) = run.compiled.documents.follow(node, reference)
    {
        add_listed(run, target, names, chain + 1);
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for part in run.list(node, keyword) {
            add_listed(run, node.child(part), names, chain + 1);
        }
    }
}

/// Returns the number of items that tuples allow, or `None` if no tuple limits the array.
pub(super) fn items_max(run: &Evaluation<'_, '_>, applied: &[Applied<'_>], value: &Value) -> Option<usize> {
    let mut longest = None;
    for part in applied.iter().filter(|part| part.counts) {
        let Inherited::Schema { node, forced } = &part.inherited else { continue };
        let rest = run.rest_of_items(*node).is_some_and(|rest| is_real(rest.value, run.draft(*node)));
        if rest || has_real(run, *node, "unevaluatedItems") {
            return None;
        }
        let tuple = run.tuple(*node).len();
        if tuple == 0 {
            continue;
        }
        let is_failed_test = *forced && !run.holds(*node, value, false);
        if !(is_failed_test && run.takes(Doubt::FailedIfTuple)) {
            longest = longest.max(Some(tuple));
        }
    }
    longest
}

/// Returns the length of the tuple of one schema, or `None` if a real schema applies to the items after the tuple.
pub(super) fn tuple_max(run: &Evaluation<'_, '_>, node: Node<'_>) -> Option<usize> {
    let rest = run.rest_of_items(node).is_some_and(|rest| is_real(rest.value, run.draft(node)));
    if rest || has_real(run, node, "unevaluatedItems") { None } else { Some(run.tuple(node).len()) }
}
