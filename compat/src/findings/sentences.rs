//! The one sentence of a finding: what a writer may send, and what the reader makes of it.

use evschema_model::Pointer;
use serde_json::Value;

use super::Sides;
use crate::decide::Witness;
use crate::number::{Bound, Decimal, Numbers};
use crate::prove::Assertion;
use crate::report::Direction;
use crate::tree::Tree;

/// Longest value that a sentence repeats, in characters.
const QUOTED_MAX: usize = 40;

/// Names what a sentence is about: the property, what is in it, or the event.
pub(super) fn name(pointer: &Pointer, assertion: &Assertion) -> String {
    if let Some(name) = assertion.name() {
        return format!("`{name}`");
    }
    let tokens: Vec<String> = pointer.tokens().collect();
    let mut inside = "";
    let mut at = tokens.len();
    while let Some(last) = at.checked_sub(1).and_then(|last| tokens.get(last)) {
        let holder = at.checked_sub(2).and_then(|holder| tokens.get(holder)).map(String::as_str);
        match (holder, last.as_str()) {
            (Some("properties" | "$defs" | "definitions"), named) => return format!("{inside}`{named}`"),
            (Some("prefixItems" | "items"), _) | (_, "items" | "contains" | "unevaluatedItems") => {
                inside = "an item of ";
            }
            (Some("patternProperties"), _) | (_, "additionalProperties" | "unevaluatedProperties") => {
                inside = "a property of ";
            }
            (_, "propertyNames") => inside = "a property name of ",
            _ => {}
        }
        at -= 1;
    }
    format!("{inside}the event")
}

/// Returns the sentence.
pub(super) fn sentence(tree: &Tree, sides: &Sides<'_>, witness: &Witness, name: &str) -> String {
    let reader = tree.node(witness.obligation.reader);
    let who = match sides.direction {
        Direction::Backward => "the new version".to_owned(),
        Direction::Forward => format!("a reader of {}", sides.baseline.schema().at().version),
    };
    // The part of the event that the reader objects to.
    let part = witness.objection.as_ref().and_then(|objection| objection.place.find(&witness.value));
    let quoted = part.map(Value::to_string).filter(|text| text.chars().count() <= QUOTED_MAX);
    match &witness.obligation.assertion {
        Assertion::Types(types) => {
            let kept = reader.types.names(reader.numbers.step.as_ref().is_some_and(Decimal::is_integer));
            format!("{name} may be {types}, which {who} refuses: it takes {kept}")
        }
        Assertion::Values => match quoted {
            Some(value) => format!("{name} may be {value}, which {who} does not list"),
            None => format!("{name} may have a value that {who} does not list"),
        },
        Assertion::Numbers => match quoted.zip(numbers(&reader.numbers)) {
            Some((value, taken)) => format!("{name} may be {value}, and {who} takes {taken}"),
            None => format!("{name} may be a number that {who} refuses"),
        },
        Assertion::Lengths => {
            match (part, span(reader.strings.min, reader.strings.max, "character", "characters")) {
                (Some(Value::String(text)), Some(taken)) => {
                    let length = counted(text.chars().count(), "character", "characters");
                    format!("{name} may have {length}, and {who} takes {taken}")
                }
                _ => format!("{name} may have a length that {who} refuses"),
            }
        }
        Assertion::Pattern(pattern) => {
            format!("{name} may be a string that does not match `{pattern}`, which {who} asks for")
        }
        Assertion::Format(format) => {
            format!("{name} may be a string that is no `{format}`, which {who} asks for")
        }
        Assertion::Items => format!("{name} may hold items that {who} refuses"),
        Assertion::ItemCount => match (part, span(reader.arrays.min, reader.arrays.max, "item", "items")) {
            (Some(Value::Array(items)), Some(taken)) => {
                let length = counted(items.len(), "item", "items");
                format!("{name} may hold {length}, and {who} takes {taken}")
            }
            _ => format!("{name} may hold fewer or more items than {who} takes"),
        },
        Assertion::UniqueItems => format!("{name} may repeat an item, which {who} refuses"),
        Assertion::Contains => format!("{name} may lack, or repeat, an item that {who} counts"),
        Assertion::Required(_) => format!("{name} may be missing, and {who} requires it"),
        Assertion::Property(_) => format!("{name} may be there, and {who} refuses it"),
        Assertion::Lacks(_) => {
            format!("{name} may be there, and {who}, which does not declare it, refuses it")
        }
        Assertion::Additional | Assertion::Unevaluated => {
            format!("{name} may have a property that {who} does not declare and refuses")
        }
        Assertion::Names => format!("{name} may have a property name that {who} refuses"),
        Assertion::PropertyCount => {
            match (part, span(reader.objects.min, reader.objects.max, "property", "properties")) {
                (Some(Value::Object(members)), Some(taken)) => {
                    let size = counted(members.len(), "property", "properties");
                    format!("{name} may have {size}, and {who} takes {taken}")
                }
                _ => format!("{name} may have fewer or more properties than {who} takes"),
            }
        }
        Assertion::Dependent(_) => format!("{name} may come without what {who} then asks for"),
        Assertion::AnyOf => format!("{name} may take a form that no branch of {who} accepts"),
        Assertion::OneOf => format!("{name} may take a form that not exactly one branch of {who} accepts"),
        Assertion::Not => format!("{name} may be what {who} excludes"),
        Assertion::Condition => format!("{name} may meet a condition of {who} and not what follows from it"),
        Assertion::Opaque(why) => format!("{name} may be refused by {who}: {why}"),
    }
}

fn counted(many: usize, one: &str, more: &str) -> String {
    match many {
        0 => format!("no {more}"),
        1 => format!("1 {one}"),
        _ => format!("{many} {more}"),
    }
}

/// Describes the counts between two bounds; nothing when there is no bound.
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

/// Describes the numbers between two bounds; nothing when any number will do.
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
