//! The tolerant reader: it removes undeclared members. To find the declared members, it ignores keywords such as
//! `additionalProperties: false`.

use serde_json::{Map, Value};

use super::applied::{Inherited, inherited_by_item, inherited_by_member, of_reader};
use super::declared::{is_declared, is_map};
use super::doubt::Doubt;
use super::evaluation::Evaluation;
use super::keywords::closes;

/// Returns the event without the members that no applied schema declares.
pub(super) fn strip(run: &Evaluation<'_, '_>, event: &Value) -> Value {
    let root = Inherited::Schema { node: run.compiled.documents.root(), forced: false };
    place(run, &[root], event)
}

fn place<'d>(run: &Evaluation<'_, 'd>, inherited: &[Inherited<'d>], value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let applied = of_reader(run, inherited, value);
            // The doubt matters only at places where the original schema forbids undeclared members.
            let is_closed = applied.iter().filter_map(|part| part.node()).any(|node| {
                ["additionalProperties", "unevaluatedProperties"]
                    .iter()
                    .any(|rest| run.keyword(node, rest).is_some_and(closes))
            });
            let keeps_all = is_map(run, &applied) && !(is_closed && run.takes(Doubt::ClosedMap));
            let mut kept = Map::new();
            for (name, member) in members {
                if keeps_all || is_declared(run, &applied, value, name, true) {
                    let parts: Vec<Inherited<'d>> = applied
                        .iter()
                        .filter(|part| part.counts)
                        .flat_map(|part| inherited_by_member(run, &part.inherited, value, name, true))
                        .collect();
                    kept.insert(name.clone(), place(run, &parts, member));
                }
            }
            Value::Object(kept)
        }
        Value::Array(items) => {
            let applied = of_reader(run, inherited, value);
            let stripped = items.iter().enumerate().map(|(at, item)| {
                let parts: Vec<Inherited<'d>> = applied
                    .iter()
                    .filter(|part| part.counts)
                    .flat_map(|part| inherited_by_item(run, &part.inherited, value, at, true))
                    .collect();
                place(run, &parts, item)
            });
            Value::Array(stripped.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
