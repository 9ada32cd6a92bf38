//! Minimizes witnesses. If possible, each witness then breaks the reader only for its own reason.
//!
//! A change often breaks the reader at several places. The smallest event that breaks it at one place may also break it
//! at another place. For example, if a property became required, every small event lacks it. So this step copies the
//! breaking part of a witness into an event that both sides accept, if such an event exists.

use evschema_model::Pointer;
use serde_json::{Map, Value};

use super::confirm::Confirmer;
use crate::assertion::Assertion;
use crate::candidate::Candidate;
use crate::engine::Engine;
use crate::refute::weight;
use crate::tree::Id;
use crate::witness::Witness;

/// The approximate number of events, accepted by both sides, that the step tries for each witness.
const EVENTS_MAX: usize = 6;

/// Replaces each witness that also has other violations by a witness without these, if possible.
pub(super) fn minimize(
    engine: &mut Engine,
    confirm: &mut Confirmer<'_>,
    witnesses: &mut [Witness],
    writer: Id,
    reader: Id,
) {
    let mut accepted: Option<Vec<Value>> = None;
    for witness in witnesses {
        let Some(place) = witness.objection.as_ref().map(|objection| objection.place.clone()) else {
            continue;
        };
        let mut candidate =
            Candidate { value: witness.value.clone(), obligation: witness.obligation.clone() };
        if confirm.refusal(engine, &candidate, false).is_none_or(|refusal| refusal.others == 0) {
            continue;
        }
        let accepted = accepted.get_or_insert_with(|| both_accept(engine, confirm, writer, reader));
        for event in accepted.iter() {
            let Some(changed) = with_violation(event, &witness.value, &place, &witness.obligation.assertion)
            else {
                continue;
            };
            candidate.value = changed;
            let refusal = confirm.refusal(engine, &candidate, false);
            if let Some(refusal) = refusal.filter(|refusal| !refusal.is_elsewhere && refusal.others == 0) {
                witness.value = candidate.value;
                witness.objection = refusal.objection;
                break;
            }
        }
    }
}

/// Returns events that both sides accept, the smallest first.
fn both_accept(engine: &mut Engine, confirm: &mut Confirmer<'_>, writer: Id, reader: Id) -> Vec<Value> {
    let both = engine.tree.all(vec![writer, reader]);
    let mut accepted = engine.samples(both, EVENTS_MAX);
    accepted.retain(|event| confirm.is_accepted(engine, event));
    accepted.sort_by_cached_key(weight);
    accepted.truncate(EVENTS_MAX);
    accepted
}

/// Copies the breaking part of one event into another.
fn with_violation(event: &Value, witness: &Value, place: &Pointer, assertion: &Assertion) -> Option<Value> {
    let mut changed = event.clone();
    let broken = place.find(witness)?;
    let target = place_in(&mut changed, witness, place)?;
    match (assertion, target, broken) {
        (Assertion::Required(name), Value::Object(members), Value::Object(_)) => {
            members.shift_remove(name)?;
        }
        (
            Assertion::Lacks(name) | Assertion::Property(name),
            Value::Object(members),
            Value::Object(others),
        ) => {
            members.insert(name.clone(), others.get(name)?.clone());
        }
        (
            Assertion::Additional | Assertion::Unevaluated | Assertion::Names,
            Value::Object(members),
            Value::Object(others),
        ) => {
            let more = others.iter().filter(|(name, _)| !members.contains_key(*name));
            let more: Map<String, Value> = more.map(|(name, value)| (name.clone(), value.clone())).collect();
            members.extend(more);
        }
        (_, target, broken) => *target = broken.clone(),
    }
    Some(changed)
}

/// Returns the value at a place of an event. If a parent of the place is missing in the event, the function copies the
/// parent from the witness.
fn place_in<'v>(event: &'v mut Value, witness: &Value, place: &Pointer) -> Option<&'v mut Value> {
    let mut target = event;
    let mut model = witness;
    for token in place.tokens() {
        match (target, model) {
            (Value::Object(members), Value::Object(others)) => {
                model = others.get(&token)?;
                target = members.entry(token).or_insert_with(|| model.clone());
            }
            (Value::Array(items), Value::Array(others)) => {
                let at: usize = token.parse().ok()?;
                model = others.get(at)?;
                while items.len() <= at {
                    items.push(others.get(items.len())?.clone());
                }
                target = items.get_mut(at)?;
            }
            _ => return None,
        }
    }
    Some(target)
}
