//! Converts witnesses to findings, with places, words, help and fingerprints.

mod event_path;
mod identity;
mod order;
mod places;
mod sentences;
mod sides;

use evschema_model::{Pointer, Position, Schema};
use serde_json::Value;

use crate::assertion::Assertion;
use crate::decision::{Change, Decision, Open};
use crate::report::{Direction, Finding, Fingerprint};
use crate::rules::Rule;
use crate::tree::Tree;
use crate::witness::Witness;
pub(crate) use identity::Identity;
use identity::former_fingerprint;
use order::Order;
use places::Places;
pub(crate) use sides::Sides;

/// A finding with its identity. The identity does not depend on the candidate's version.
pub(crate) struct Found {
    pub(crate) finding: Finding,
    pub(crate) identity: Identity,
    /// The index of the witness or open place that the finding reports.
    pub(crate) number: usize,
}

/// Returns the findings of a decision, one for each place, use and rule.
pub(crate) fn findings<'a>(decision: &Decision<'a>, sides: &Sides<'a>) -> Vec<Found> {
    let places = Places::of(sides, decision.graphs.as_deref());
    let order = Order::of(sides.writer_and_reader().0);
    let witnesses = decision.witnesses.iter().map(|(witness, change)| {
        let mut found = broken(&decision.tree, sides, &places, witness, change);
        found.finding.witness = found.finding.witness.map(|event| order.arrange(event));
        found
    });
    let open = decision.open.iter().map(|open| undecided(&decision.tree, sides, &places, open));
    let mut all: Vec<Found> = Vec::new();
    for (number, found) in witnesses.chain(open).enumerate() {
        if !all.iter().any(|known| known.finding.fingerprint == found.finding.fingerprint) {
            all.push(Found { number, ..found });
        }
    }
    // Sort the findings in the order of the candidate's document.
    all.sort_by_key(|found| found.finding.position.map(|position| position.offset));
    all
}

fn broken(
    tree: &Tree,
    sides: &Sides<'_>,
    places: &Places<'_, '_>,
    witness: &Witness,
    change: &Change,
) -> Found {
    let obligation = &witness.obligation;
    let assertion = &obligation.assertion;
    let (candidate, baseline) = places.locations(tree, obligation, sides.direction);
    let mut candidate = candidate.unwrap_or_default();
    if let Some(objection) = &witness.objection {
        candidate.used_in(&objection.place);
    }
    let uses = places.uses(obligation, sides.direction);
    let identity = Identity::of(assertion, sides, &candidate, &uses, change, None);
    let found = At {
        fingerprint: identity.fingerprint(&sides.candidate.schema().at().version),
        former: former_fingerprint(assertion.rule().id, sides, &candidate, assertion),
        used_at: uses.shown(&candidate.pointer),
        pointer: candidate.named(assertion, sides.candidate.schema().value()),
        baseline: baseline.map(|location| location.named(assertion, sides.baseline.schema().value())),
        within: candidate.within.as_ref().map(ToString::to_string),
    };
    let place = places.in_event(tree, obligation, sides.direction, Some(witness));
    let message = sentences::sentence(tree, sides, witness, place);
    let mut finding = finding(sides, assertion.rule(), found, message);
    finding.position = if candidate.within.is_none() && !candidate.is_use {
        keyword_position(sides, &candidate.local, assertion)
    } else {
        finding.position
    };
    finding.witness = Some(witness.value.clone());
    finding.refusal = witness.objection.as_ref().map(|objection| objection.message.clone());
    Found { finding, identity, number: 0 }
}

fn undecided(tree: &Tree, sides: &Sides<'_>, places: &Places<'_, '_>, open: &Open) -> Found {
    let place = open.obligation.as_ref();
    let (candidate, baseline) =
        place.map_or((None, None), |obligation| places.locations(tree, obligation, sides.direction));
    let candidate = candidate.unwrap_or_default();
    let assertion = Assertion::Undecided(open.why.clone());
    let uses = place.map(|obligation| places.uses(obligation, sides.direction)).unwrap_or_default();
    let meant = place.map_or(&assertion, |obligation| &obligation.assertion);
    let identity = Identity::of(meant, sides, &candidate, &uses, &open.change, Some(&open.why));
    let found = At {
        fingerprint: identity.fingerprint(&sides.candidate.schema().at().version),
        former: former_fingerprint(assertion.rule().id, sides, &candidate, &assertion),
        used_at: uses.shown(&candidate.pointer),
        pointer: candidate.pointer,
        baseline: baseline.map(|location| location.pointer),
        within: candidate.within.as_ref().map(ToString::to_string),
    };
    let event_place = place.map(|obligation| {
        let mut at = places.in_event(tree, obligation, sides.direction, None);
        if let Some(name) = obligation.assertion.name() {
            event_path::push(&mut at.path, name);
        }
        at
    });
    let message = sentences::undecided(event_place.as_ref(), &open.why);
    let finding = finding(sides, assertion.rule(), found, message);
    Found { finding, identity, number: 0 }
}

/// The places and fingerprints of a finding.
struct At {
    pointer: Pointer,
    baseline: Option<Pointer>,
    within: Option<String>,
    used_at: Option<Pointer>,
    fingerprint: Fingerprint,
    former: Fingerprint,
}

fn finding(sides: &Sides<'_>, rule: &Rule, at: At, message: String) -> Finding {
    let candidate = sides.candidate.schema();
    let baseline = sides.baseline.schema();
    Finding {
        rule: rule.id.to_owned(),
        severity: sides.severity,
        direction: sides.direction,
        baseline: baseline.at().version.clone(),
        position: candidate.document().closest_position(&at.pointer),
        baseline_position: at.baseline.as_ref().and_then(|at| baseline.document().closest_position(at)),
        fingerprint: at.fingerprint,
        former_fingerprint: at.former,
        used_at: at.used_at,
        pointer: at.pointer,
        baseline_pointer: at.baseline,
        within: at.within,
        message,
        witness: None,
        refusal: None,
        help: rule.remedy.to_owned(),
        waived: None,
        waived_by: None,
        waived_through: None,
    }
}

/// Returns the position of the keyword of an assertion. If the keyword is missing, returns the position of the schema.
fn keyword_position(sides: &Sides<'_>, pointer: &Pointer, assertion: &Assertion) -> Option<Position> {
    let schema: &Schema = sides.candidate.schema();
    let below = if let Assertion::Types(_) = assertion {
        // For a type, the whole schema explains more than the keyword `type` alone.
        None
    } else if let Assertion::Required(name) = assertion {
        required_at(schema, pointer, name)
    } else if let (Assertion::Property(name), _) | (Assertion::Lacks(name), Direction::Forward) =
        (assertion, sides.direction)
    {
        Some(pointer.child("properties").child(name))
    } else {
        let keywords = assertion.keywords().iter().map(|keyword| pointer.child(keyword));
        keywords.into_iter().find(|place| place.find(schema.value()).is_some())
    };
    let below = below.filter(|place| place.find(schema.value()).is_some());
    let document = schema.document();
    below.and_then(|place| document.position(&place)).or_else(|| document.closest_position(pointer))
}

/// Returns the place where a name is required. If the name is not required, returns the place of its property, or else
/// the place of the list of required names.
fn required_at(schema: &Schema, pointer: &Pointer, name: &str) -> Option<Pointer> {
    let list = pointer.child("required");
    let names = list.find(schema.value()).and_then(Value::as_array);
    let at = names.and_then(|names| names.iter().position(|known| known == name));
    let places = [at.map(|at| list.child(at)), Some(pointer.child("properties").child(name)), Some(list)];
    places.into_iter().flatten().find(|place| place.find(schema.value()).is_some())
}
