//! A lenient writer: it sends the declared members and the items of its tuples, and nothing else.

use serde_json::{Map, Value};

use super::Answer;
use super::applied::{Applied, Handed, of_writer, to_item, to_member};
use super::declared::{is_declared, is_map, items_max};
use super::holds::Run;
use super::vacuous::{is_vacuous_array, is_vacuous_object};

/// Whether the writer sends a valid event.
pub(super) fn sends(run: &Run<'_, '_>, event: &Value) -> Answer {
    let root = Handed::Schema { node: run.oracle.documents.root(), forced: false };
    place(run, &[root], event, "")
}

/// Whether the writer sends this value at a place.
pub(super) fn place<'d>(run: &Run<'_, 'd>, handed: &[Handed<'d>], value: &Value, path: &str) -> Answer {
    let mut answer = Answer::Yes;
    match value {
        Value::Object(members) => {
            let applied = of_writer(run, handed, value);
            let undeclared = undeclared(run, &applied, value, members);
            if let Some(name) = undeclared.first() {
                let no = Answer::No(format!("no applied schema declares `{path}/{name}`"));
                answer = unless(is_vacuous_object(run, handed, &applied, value), no);
            }
            for (name, member) in members {
                let parts = handed_to_member(run, &applied, value, name);
                answer = both(answer, place(run, &parts, member, &format!("{path}/{name}")));
            }
        }
        Value::Array(items) => {
            let applied = of_writer(run, handed, value);
            if let Some(max) = items_max(run, &applied, value).filter(|max| *max < items.len()) {
                let no = Answer::No(format!("the tuple at `{path}` has {max} positions"));
                answer = unless(is_vacuous_array(run, handed, &applied, value, max), no);
            }
            for (at, item) in items.iter().enumerate() {
                let parts = handed_to_item(run, &applied, value, at);
                answer = both(answer, place(run, &parts, item, &format!("{path}/{at}")));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    answer
}

/// Returns the value without undeclared members and items, at every place.
pub(super) fn strip<'d>(run: &Run<'_, 'd>, handed: &[Handed<'d>], value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let applied = of_writer(run, handed, value);
            let undeclared = undeclared(run, &applied, value, members);
            let kept = members.iter().filter(|(name, _)| !undeclared.contains(&name.as_str()));
            let stripped = kept.map(|(name, member)| {
                (name.clone(), strip(run, &handed_to_member(run, &applied, value, name), member))
            });
            Value::Object(stripped.collect())
        }
        Value::Array(items) => {
            let applied = of_writer(run, handed, value);
            let kept = items_max(run, &applied, value).unwrap_or(items.len());
            let stripped = items.iter().enumerate().take(kept);
            Value::Array(
                stripped
                    .map(|(at, item)| strip(run, &handed_to_item(run, &applied, value, at), item))
                    .collect(),
            )
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn undeclared<'v>(
    run: &Run<'_, '_>,
    applied: &[Applied<'_>],
    value: &Value,
    members: &'v Map<String, Value>,
) -> Vec<&'v str> {
    if is_map(run, applied) {
        return Vec::new();
    }
    members.keys().map(String::as_str).filter(|name| !is_declared(run, applied, value, name, false)).collect()
}

pub(super) fn handed_to_member<'d>(
    run: &Run<'_, 'd>,
    applied: &[Applied<'d>],
    value: &Value,
    name: &str,
) -> Vec<Handed<'d>> {
    let counting = applied.iter().filter(|part| part.counts);
    counting.flat_map(|part| to_member(run, &part.handed, value, name, false)).collect()
}

fn handed_to_item<'d>(
    run: &Run<'_, 'd>,
    applied: &[Applied<'d>],
    value: &Value,
    at: usize,
) -> Vec<Handed<'d>> {
    let counting = applied.iter().filter(|part| part.counts);
    counting.flat_map(|part| to_item(run, &part.handed, value, at, false)).collect()
}

/// Returns `no`, unless the model leaves the place no value, so that the writer sends everything.
fn unless(vacuous: Option<bool>, no: Answer) -> Answer {
    match vacuous {
        Some(true) => Answer::Yes,
        Some(false) => no,
        None => Answer::Unknown,
    }
}

/// Combines the answers of two places: a certain refusal decides, then a doubt.
fn both(one: Answer, other: Answer) -> Answer {
    match (&one, &other) {
        (Answer::No(_), _) => one,
        (_, Answer::No(_)) => other,
        (Answer::Unknown, _) | (_, Answer::Unknown) => Answer::Unknown,
        (Answer::Yes, Answer::Yes) => Answer::Yes,
    }
}
