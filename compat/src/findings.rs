//! From witnesses to findings: places, words, help, fingerprints.

mod order;
mod places;
mod sentences;

pub(crate) use places::walk;

use evschema_model::{Pointer, Position, Resolved, Schema, Subject};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::decide::{Decision, Witness};
use crate::prove::{Assertion, Obligation};
use crate::report::{Direction, Finding, Fingerprint, Severity, Verdict};
use crate::rules::Rule;
use crate::tree::Tree;
use order::Order;
use places::{Places, Spot};

/// A pair of versions, in the roles of a report.
#[derive(Clone, Copy)]
pub(crate) struct Sides<'a> {
    pub(crate) candidate: &'a Resolved,
    pub(crate) baseline: &'a Resolved,
    pub(crate) direction: Direction,
    pub(crate) severity: Severity,
}

impl<'a> Sides<'a> {
    /// Returns who writes and who reads. `candidate` is the newer of the two for direction.
    pub(crate) fn writer_and_reader(&self) -> (&'a Resolved, &'a Resolved) {
        match self.direction {
            Direction::Backward => (self.baseline, self.candidate),
            Direction::Forward => (self.candidate, self.baseline),
        }
    }
}

/// Returns the findings of a decision, one for each place and rule.
pub(crate) fn findings(decision: &Decision, sides: &Sides<'_>) -> Vec<Finding> {
    let places = Places::of(sides);
    if decision.verdict == Verdict::Undecided {
        let open = decision.open.as_ref();
        let place = open.and_then(|(place, _)| place.as_ref());
        let why = open.map_or("", |(_, why)| why.as_str());
        return vec![undecided(&decision.tree, sides, &places, place, why)];
    }
    let order = Order::of(sides.writer_and_reader().0);
    let mut found: Vec<Finding> = Vec::new();
    for witness in &decision.witnesses {
        let mut finding = broken(&decision.tree, sides, &places, witness);
        if !found.iter().any(|known| known.fingerprint == finding.fingerprint) {
            finding.witness = finding.witness.map(|event| order.arrange(event));
            found.push(finding);
        }
    }
    // As one reads the document, from the top.
    found.sort_by_key(|finding| finding.position.map(|position| position.offset));
    found
}

fn broken(tree: &Tree, sides: &Sides<'_>, places: &Places<'_>, witness: &Witness) -> Finding {
    let obligation = &witness.obligation;
    let assertion = &obligation.assertion;
    let (candidate, baseline) = places.spots(tree, obligation, sides.direction);
    let mut candidate = candidate.unwrap_or_default();
    if let Some(objection) = &witness.objection {
        candidate.used_in(&objection.place);
    }
    let found = At {
        fingerprint: fingerprint(assertion.rule().id, sides, &candidate, assertion),
        pointer: candidate.named(assertion, sides.candidate.schema().value()),
        baseline: baseline.map(|spot| spot.named(assertion, sides.baseline.schema().value())),
        within: candidate.within.as_ref().map(ToString::to_string),
    };
    let message = sentences::sentence(tree, sides, witness, &sentences::name(&candidate.local, assertion));
    let mut finding = finding(sides, assertion.rule(), found, message);
    finding.position = if candidate.within.is_none() && !candidate.is_use {
        keyword_position(sides, &candidate.local, assertion)
    } else {
        finding.position
    };
    finding.witness = Some(witness.value.clone());
    finding.refusal = witness.objection.as_ref().map(|objection| objection.message.clone());
    finding
}

fn undecided(
    tree: &Tree,
    sides: &Sides<'_>,
    places: &Places<'_>,
    place: Option<&Obligation>,
    why: &str,
) -> Finding {
    let (candidate, baseline) =
        place.map_or((None, None), |obligation| places.spots(tree, obligation, sides.direction));
    let candidate = candidate.unwrap_or_default();
    let assertion = Assertion::Opaque(why.to_owned());
    let found = At {
        fingerprint: fingerprint(assertion.rule().id, sides, &candidate, &assertion),
        pointer: candidate.pointer,
        baseline: baseline.map(|spot| spot.pointer),
        within: candidate.within.as_ref().map(ToString::to_string),
    };
    finding(sides, assertion.rule(), found, format!("not decided: {why}"))
}

/// The places of a finding.
struct At {
    pointer: Pointer,
    baseline: Option<Pointer>,
    within: Option<String>,
    fingerprint: Fingerprint,
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
        pointer: at.pointer,
        baseline_pointer: at.baseline,
        within: at.within,
        message,
        witness: None,
        refusal: None,
        help: rule.remedy.to_owned(),
        waived: None,
    }
}

/// Returns where the keyword behind an assertion stands, or else the schema that lacks it.
fn keyword_position(sides: &Sides<'_>, pointer: &Pointer, assertion: &Assertion) -> Option<Position> {
    let schema: &Schema = sides.candidate.schema();
    let below = if let Assertion::Types(_) = assertion {
        // Of a type, the whole schema says more than the one word.
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

/// Returns where a name is required, or else where its property is declared, or else the list that
/// lacks it.
fn required_at(schema: &Schema, pointer: &Pointer, name: &str) -> Option<Pointer> {
    let list = pointer.child("required");
    let names = list.find(schema.value()).and_then(Value::as_array);
    let at = names.and_then(|names| names.iter().position(|known| known == name));
    let places = [at.map(|at| list.child(at)), Some(pointer.child("properties").child(name)), Some(list)];
    places.into_iter().flatten().find(|place| place.find(schema.value()).is_some())
}

/// Returns the fingerprint of a finding: of rule, subject, place and direction.
///
/// A property stands for itself in the place, declared or not, so that two properties of one object
/// are two findings. What stands in another document is named by that document's subject.
fn fingerprint(rule: &str, sides: &Sides<'_>, spot: &Spot, assertion: &Assertion) -> Fingerprint {
    let subject: &Subject = &sides.candidate.schema().at().subject;
    let mut place = spot.local.clone();
    if let Some(name) = assertion.name() {
        place = place.child("properties").child(name);
    }
    let place = match &spot.within {
        Some(within) => format!("{}#{place}", within.at.subject),
        None => place.to_string(),
    };
    let hash = Sha256::digest(format!("{rule}\n{subject}\n{place}\n{}", sides.direction).as_bytes());
    Fingerprint(hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect())
}
