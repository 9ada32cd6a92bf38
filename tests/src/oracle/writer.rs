//! The lenient writer: it sends only declared members, and only as many items as its tuples allow.

use serde_json::{Map, Value};

use super::answer::Answer;
use super::applied::{Applied, Inherited, inherited_by_item, inherited_by_member, of_writer};
use super::declared::{is_declared, is_map, items_max};
use super::evaluation::Evaluation;
use super::vacuous::{is_vacuous_array, is_vacuous_object};

/// Returns whether the writer sends an event that its schema accepts.
pub(super) fn sends(run: &Evaluation<'_, '_>, event: &Value) -> Answer {
    let root = Inherited::Schema { node: run.compiled.documents.root(), forced: false };
    place(run, &[root], event, "")
}

/// Returns whether the writer sends this value at a place.
pub(super) fn place<'d>(
    run: &Evaluation<'_, 'd>,
    inherited: &[Inherited<'d>],
    value: &Value,
    path: &str,
) -> Answer {
    let mut answer = Answer::Yes;
    match value {
        Value::Object(members) => {
            let applied = of_writer(run, inherited, value);
            let undeclared = undeclared(run, &applied, value, members);
            if let Some(name) = undeclared.first() {
                let no = Answer::No(format!("no applied schema declares `{path}/{name}`"));
                answer = unless(is_vacuous_object(run, inherited, &applied, value), no);
            }
            for (name, member) in members {
                let parts = all_inherited_by_member(run, &applied, value, name);
                answer = both(answer, place(run, &parts, member, &format!("{path}/{name}")));
            }
        }
        Value::Array(items) => {
            let applied = of_writer(run, inherited, value);
            if let Some(max) = items_max(run, &applied, value).filter(|max| *max < items.len()) {
                let no = Answer::No(format!("the tuple at `{path}` has {max} positions"));
                answer = unless(is_vacuous_array(run, inherited, &applied, value, max), no);
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
pub(super) fn strip<'d>(run: &Evaluation<'_, 'd>, inherited: &[Inherited<'d>], value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let applied = of_writer(run, inherited, value);
            let undeclared = undeclared(run, &applied, value, members);
            let kept = members.iter().filter(|(name, _)| !undeclared.contains(&name.as_str()));
            let stripped = kept.map(|(name, member)| {
                (name.clone(), strip(run, &all_inherited_by_member(run, &applied, value, name), member))
            });
            Value::Object(stripped.collect())
        }
        Value::Array(items) => {
            let applied = of_writer(run, inherited, value);
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
    run: &Evaluation<'_, '_>,
    applied: &[Applied<'_>],
    value: &Value,
    members: &'v Map<String, Value>,
) -> Vec<&'v str> {
    if is_map(run, applied) {
        return Vec::new();
    }
    members.keys().map(String::as_str).filter(|name| !is_declared(run, applied, value, name, false)).collect()
}

pub(super) fn all_inherited_by_member<'d>(
    run: &Evaluation<'_, 'd>,
    applied: &[Applied<'d>],
    value: &Value,
    name: &str,
) -> Vec<Inherited<'d>> {
    let counting = applied.iter().filter(|part| part.counts);
    counting.flat_map(|part| inherited_by_member(run, &part.inherited, value, name, false)).collect()
}

fn handed_to_item<'d>(
    run: &Evaluation<'_, 'd>,
    applied: &[Applied<'d>],
    value: &Value,
    at: usize,
) -> Vec<Inherited<'d>> {
    let counting = applied.iter().filter(|part| part.counts);
    counting.flat_map(|part| inherited_by_item(run, &part.inherited, value, at, false)).collect()
}

/// Returns the answer for a value with undeclared parts: `no` if the place is not vacuous. At a vacuous place, the
/// writer sends every value.
fn unless(vacuous: Option<bool>, no: Answer) -> Answer {
    match vacuous {
        Some(true) => Answer::Yes,
        Some(false) => no,
        None => Answer::Unknown,
    }
}

/// Combines the answers of two places. If one answer is `No`, returns it. Otherwise, if one answer is `Unknown`,
/// returns `Unknown`.
fn both(one: Answer, other: Answer) -> Answer {
    match (&one, &other) {
        (Answer::No(_), _) => one,
        (_, Answer::No(_)) => other,
        (Answer::Unknown, _) | (_, Answer::Unknown) => Answer::Unknown,
        (Answer::Yes, Answer::Yes) => Answer::Yes,
    }
}
