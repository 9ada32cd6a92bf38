//! A tolerant reader: it strips the members that its opened schema does not declare.

use serde_json::{Map, Value};

use super::Doubt;
use super::applied::{Handed, of_reader, to_item, to_member};
use super::declared::{is_declared, is_map};
use super::holds::Run;
use super::keywords::closes;

/// Returns the event without the members that no applied schema declares.
pub(super) fn strip(run: &Run<'_, '_>, event: &Value) -> Value {
    let root = Handed::Schema { node: run.oracle.documents.root(), forced: false };
    place(run, &[root], event)
}

fn place<'d>(run: &Run<'_, 'd>, handed: &[Handed<'d>], value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let applied = of_reader(run, handed, value);
            // Only a place that was closed before it was opened leaves a doubt.
            let is_closed = applied.iter().filter_map(|part| part.node()).any(|node| {
                ["additionalProperties", "unevaluatedProperties"]
                    .iter()
                    .any(|rest| run.keyword(node, rest).is_some_and(closes))
            });
            let keeps_all = is_map(run, &applied) && !(is_closed && run.takes(Doubt::ClosedMap));
            let mut kept = Map::new();
            for (name, member) in members {
                if keeps_all || is_declared(run, &applied, value, name, true) {
                    let parts: Vec<Handed<'d>> = applied
                        .iter()
                        .filter(|part| part.counts)
                        .flat_map(|part| to_member(run, &part.handed, value, name, true))
                        .collect();
                    kept.insert(name.clone(), place(run, &parts, member));
                }
            }
            Value::Object(kept)
        }
        Value::Array(items) => {
            let applied = of_reader(run, handed, value);
            let stripped = items.iter().enumerate().map(|(at, item)| {
                let parts: Vec<Handed<'d>> = applied
                    .iter()
                    .filter(|part| part.counts)
                    .flat_map(|part| to_item(run, &part.handed, value, at, true))
                    .collect();
                place(run, &parts, item)
            });
            Value::Array(stripped.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
