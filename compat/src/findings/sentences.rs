//! Writes the sentence of a finding: the values that a writer may send, and the reaction of the reader.

use serde_json::Value;

use super::event_path::{self, EventPlace};
use super::sides::Sides;
use crate::assertion::Assertion;
use crate::format;
use crate::number::{Bound, Decimal, Numbers};
use crate::report::Direction;
use crate::tree::{Node, Tree};
use crate::witness::Witness;

/// The maximum length of a value that a sentence quotes, in characters.
const QUOTED_MAX: usize = 40;

/// Returns the sentence of a finding at a place of the event.
pub(super) fn sentence(tree: &Tree, sides: &Sides<'_>, witness: &Witness, place: EventPlace) -> String {
    let reader = tree.node(witness.obligation.reader);
    let who = match sides.direction {
        Direction::Backward => "the new version".to_owned(),
        Direction::Forward => format!("version {}", sides.baseline.schema().at().version),
    };
    let part = place.pointer.find(&witness.value);
    let quoted = part.map(Value::to_string).filter(|text| text.chars().count() <= QUOTED_MAX);
    let assertion = &witness.obligation.assertion;
    let mut path = place.path;
    if let Some(name) = assertion.name() {
        event_path::push(&mut path, name);
    }
    let name = event_path::words(&path);
    match assertion {
        Assertion::Types(types) => {
            let kept = reader.types.names(reader.numbers.step.as_ref().is_some_and(Decimal::is_integer));
            format!("{name} may be {}, but {who} accepts only {}", with_articles(types), with_articles(&kept))
        }
        Assertion::Values => match (quoted, only_value(reader)) {
            (Some(value), Some(only)) => format!("{name} may be {value}, but {who} accepts only {only}"),
            (Some(value), None) => format!("{name} may be {value}, but {who} does not list this value"),
            (None, _) => format!("{name} may have a value that {who} does not list"),
        },
        Assertion::Numbers => match quoted.zip(numbers(&reader.numbers)) {
            Some((value, accepted)) => format!("{name} may be {value}, but {who} accepts only {accepted}"),
            None => format!("{name} may be a number that {who} rejects"),
        },
        Assertion::Lengths => {
            match (part, span(reader.strings.min, reader.strings.max, "character", "characters")) {
                (Some(Value::String(text)), Some(accepted)) if text.is_empty() => {
                    format!("{name} may be an empty string, but {who} accepts {accepted}")
                }
                (Some(Value::String(text)), Some(accepted)) => {
                    let length = counted(text.chars().count(), "character", "characters");
                    format!("{name} may be {length} long, but {who} accepts {accepted}")
                }
                _ => format!("{name} may have a length that {who} rejects"),
            }
        }
        Assertion::Pattern(pattern) => {
            let value = quoted.unwrap_or_else(|| "a string".to_owned());
            format!("{name} may be {value}, but {who} requires a match of the pattern `{pattern}`")
        }
        Assertion::Format(format) => {
            let value = quoted.unwrap_or_else(|| "any string".to_owned());
            format!("{name} may be {value}, but {who} requires the format `{}`", format::written(format))
        }
        Assertion::Items => format!("{name} may have items that {who} rejects"),
        Assertion::ItemCount => match (part, span(reader.arrays.min, reader.arrays.max, "item", "items")) {
            (Some(Value::Array(items)), Some(accepted)) => {
                let length = counted(items.len(), "item", "items");
                format!("{name} may have {length}, but {who} accepts {accepted}")
            }
            _ => format!("{name} may have a number of items that {who} rejects"),
        },
        Assertion::UniqueItems => format!("{name} may repeat an item, but {who} requires unique items"),
        Assertion::Contains => {
            format!("{name} may have too few or too many items that match the `contains` schema of {who}")
        }
        Assertion::Required(_) => format!("{name} may be missing, but {who} requires it"),
        Assertion::Property(_) => format!("{name} may be present, but {who} rejects it"),
        Assertion::Lacks(_) => {
            format!("{name} may be present, but {who} does not declare it and rejects undeclared properties")
        }
        Assertion::Additional | Assertion::Unevaluated => {
            format!("{name} may have undeclared properties, but {who} rejects them")
        }
        Assertion::Names => format!("{name} may have a property name that {who} rejects"),
        Assertion::PropertyCount => {
            match (part, span(reader.objects.min, reader.objects.max, "property", "properties")) {
                (Some(Value::Object(members)), Some(accepted)) => {
                    let size = counted(members.len(), "property", "properties");
                    format!("{name} may have {size}, but {who} accepts {accepted}")
                }
                _ => format!("{name} may have a number of properties that {who} rejects"),
            }
        }
        Assertion::Dependent(_) => {
            format!("if {name} is present, {who} adds a requirement that the event does not meet")
        }
        Assertion::AnyOf => match quoted {
            Some(value) => format!("{name} may be {value}, but no branch of {who} accepts this value"),
            None => format!("{name} may have a value that no branch of {who} accepts"),
        },
        Assertion::OneOf => {
            let value = quoted.unwrap_or_else(|| "a value".to_owned());
            format!(
                "{name} may be {value}, but this value matches no branch of `oneOf` in {who}, or more than one"
            )
        }
        Assertion::Not => match quoted {
            Some(value) => format!("{name} may be {value}, but {who} excludes this value by `not`"),
            None => format!("{name} may have a value that {who} excludes by `not`"),
        },
        Assertion::Condition => match quoted.filter(|_| !path.is_empty()) {
            Some(value) => {
                format!("{name} may be {value}, but the `then` or `else` of {who} rejects this value")
            }
            None => format!("{name} may violate the `then` or `else` of {who}"),
        },
        Assertion::Undecided(why) => format!("{who} may reject {name}: {why}"),
    }
}

/// Returns the sentence of an undecided finding.
pub(super) fn undecided(place: Option<&EventPlace>, why: &str) -> String {
    match place.filter(|place| !place.path.is_empty()) {
        Some(place) => format!("cannot decide whether `{}` is compatible: {why}", place.path),
        None => format!("cannot decide whether the event is compatible: {why}"),
    }
}

/// Adds an article to each name of a type: `an integer or null`.
fn with_articles(types: &str) -> String {
    let with_article = |word: &str| match word {
        "null" | "nothing" | "or" => word.to_owned(),
        _ if word.starts_with(['a', 'i', 'o']) => format!("an {word}"),
        _ => format!("a {word}"),
    };
    types
        .split(' ')
        .map(|word| match word.strip_suffix(',') {
            Some(word) => format!("{},", with_article(word)),
            None => with_article(word),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns the value that a reader lists, if the reader lists exactly one value and this value is short.
fn only_value(reader: &Node) -> Option<String> {
    let [only] = &**reader.values.as_ref()? else { return None };
    Some(only.to_string()).filter(|text| text.chars().count() <= QUOTED_MAX)
}

fn counted(many: usize, one: &str, more: &str) -> String {
    match many {
        0 => format!("no {more}"),
        1 => format!("1 {one}"),
        _ => format!("{many} {more}"),
    }
}

/// Describes the counts between two bounds; returns `None` without a bound.
fn span(min: u64, max: Option<u64>, one: &str, more: &str) -> Option<String> {
    let unit = |count: u64| if count == 1 { one } else { more };
    Some(match (min, max) {
        (0, None) => return None,
        (min, None) => format!("at least {min} {}", unit(min)),
        (0, Some(max)) => format!("at most {max} {}", unit(max)),
        (min, Some(max)) if min == max => format!("exactly {min} {}", unit(min)),
        (min, Some(max)) => format!("{min} to {max} {}", unit(max)),
    })
}

/// Describes the numbers between two bounds; returns `None` if every number is accepted.
fn numbers(numbers: &Numbers) -> Option<String> {
    let bound = |bound: &Bound, plain: &str, strict: &str| {
        format!("{} {}", if bound.exclusive { strict } else { plain }, bound.value)
    };
    let mut said = Vec::new();
    match numbers.step.as_ref() {
        Some(step) if *step == Decimal::one() => said.push("integers".to_owned()),
        Some(step) => said.push(format!("multiples of {step}")),
        None => said.push("numbers".to_owned()),
    }
    said.extend(numbers.min.as_ref().map(|min| bound(min, "from", "above")));
    said.extend(numbers.max.as_ref().map(|max| bound(max, "up to", "below")));
    (1 < said.len() || numbers.step.is_some()).then(|| said.join(" "))
}
