//! Keywords for which a larger value means a wider or a narrower schema.

use std::cmp::Ordering;

use serde_json::Value;

use super::short;
use crate::number::Decimal;
use crate::tree::{Listed, normalized};

/// The effect of a changed keyword.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Moved {
    /// Whether the schema accepts more values than before.
    pub(super) is_wider: bool,
    pub(super) message: String,
}

/// Lower bounds: a smaller value is wider.
const LOWER: &[&str] =
    &["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"];

/// Upper bounds: a larger value is wider.
const UPPER: &[&str] =
    &["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"];

/// Keywords that narrow a schema by their presence.
const PRESENT: &[&str] = &[
    "pattern",
    "format",
    "multipleOf",
    "const",
    "contentEncoding",
    "contentMediaType",
    "propertyNames",
    "not",
];

/// Returns the effects of a changed keyword. The list is empty if the keyword has no order, or if the parts of its
/// value must be compared one by one.
pub(super) fn moved(keyword: &str, old: Option<&Value>, new: Option<&Value>) -> Vec<Moved> {
    let one = |is_wider: bool, message: String| vec![Moved { is_wider, message }];
    let gone = |is_wider| one(is_wider, format!("`{keyword}` was removed"));
    let new_is = |is_wider, value: &Value| one(is_wider, format!("`{keyword}` was added: {}", short(value)));
    let is_bound = LOWER.contains(&keyword) || UPPER.contains(&keyword);
    match (keyword, old, new) {
        (_, Some(old), Some(new)) if is_bound => {
            let wider = if LOWER.contains(&keyword) { Ordering::Less } else { Ordering::Greater };
            match order(old, new) {
                Some(order) => one(order == wider, format!("was {}, is {}", short(old), short(new))),
                None => Vec::new(),
            }
        }
        (_, None, Some(new)) if is_bound || PRESENT.contains(&keyword) => new_is(false, new),
        (_, Some(_), None) if is_bound || PRESENT.contains(&keyword) => gone(true),
        ("uniqueItems", old, new) => {
            let asked = |value: Option<&Value>| value == Some(&Value::Bool(true));
            match (asked(old), asked(new)) {
                (true, false) => one(true, "items may now repeat".to_owned()),
                (false, true) => one(false, "items must now be unique".to_owned()),
                _ => Vec::new(),
            }
        }
        (
            "additionalProperties" | "unevaluatedProperties" | "additionalItems" | "unevaluatedItems",
            old,
            new,
        ) => {
            let closed = |value: Option<&Value>| value == Some(&Value::Bool(false));
            let open = |value: Option<&Value>| value.is_none_or(|value| *value == Value::Bool(true));
            let others =
                if keyword.ends_with("Items") { "undeclared items" } else { "undeclared properties" };
            match (closed(old), closed(new)) {
                (true, false) => one(true, format!("no longer rejects all {others}")),
                (false, true) => one(false, format!("now rejects {others}")),
                _ if open(new) => one(true, format!("now accepts all {others}")),
                _ if open(old) => one(false, format!("no longer accepts all {others}")),
                _ => Vec::new(),
            }
        }
        ("required", old, new) => {
            let names = |value: Option<&Value>| list(value).unwrap_or_default();
            let (old, new) = (names(old), names(new));
            lists(
                &old,
                &new,
                |name| Moved { is_wider: true, message: format!("{name} is no longer required") },
                |name| Moved { is_wider: false, message: format!("{name} is now required") },
            )
        }
        ("enum", Some(old), Some(new)) => match (list(Some(old)), list(Some(new))) {
            (Some(old), Some(new)) => lists(
                &old,
                &new,
                |value| Moved { is_wider: false, message: format!("{value} is no longer listed") },
                |value| Moved { is_wider: true, message: format!("{value} is now listed") },
            ),
            _ => Vec::new(),
        },
        ("enum" | "type", None, Some(new)) => new_is(false, new),
        ("enum" | "type", Some(_), None) => gone(true),
        ("type", Some(old), Some(new)) => types(old, new),
        _ => Vec::new(),
    }
}

/// Compares the newer number with the older one.
fn order(old: &Value, new: &Value) -> Option<Ordering> {
    let read = |value: &Value| if let Value::Number(number) = value { Decimal::of(number) } else { None };
    let (old, new) = (read(old)?, read(new)?);
    Some(new.cmp(&old))
}

/// Returns whether two lists have the same values in another order.
pub(super) fn is_reordered(old: Option<&Value>, new: Option<&Value>) -> bool {
    match (list(old), list(new)) {
        (Some(old), Some(new)) => {
            old.len() == new.len()
                && old.iter().all(|value| new.contains(value))
                && new.iter().all(|v| old.contains(v))
        }
        _ => false,
    }
}

fn list(value: Option<&Value>) -> Option<Vec<Value>> {
    value?.as_array().map(|items| items.iter().map(normalized).collect())
}

fn lists(
    old: &[Value],
    new: &[Value],
    gone: impl Fn(String) -> Moved,
    come: impl Fn(String) -> Moved,
) -> Vec<Moved> {
    let (old, new) = (Listed::of(old.iter().cloned()), Listed::of(new.iter().cloned()));
    let removed = old.iter().filter(|value| !new.contains(value)).map(|value| gone(short(value)));
    let added = new.iter().filter(|value| !old.contains(value)).map(|value| come(short(value)));
    removed.chain(added).collect()
}

/// Compares two values of `type`. The function treats `integer` as a part of `number`.
fn types(old: &Value, new: &Value) -> Vec<Moved> {
    let names = |value: &Value| -> Vec<String> {
        let all: Vec<&Value> = value.as_array().map_or_else(|| vec![value], |many| many.iter().collect());
        all.into_iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
    };
    let (before, after) = (names(old), names(new));
    let has = |all: &[String], name: &String| {
        all.contains(name) || (name == "integer" && all.iter().any(|other| other == "number"))
    };
    let kept = before.iter().all(|name| has(&after, name));
    let known = after.iter().all(|name| has(&before, name));
    let message = format!("was {}, is {}", short(old), short(new));
    match (kept, known) {
        (true, false) => vec![Moved { is_wider: true, message }],
        (false, true) => vec![Moved { is_wider: false, message }],
        _ => Vec::new(),
    }
}
