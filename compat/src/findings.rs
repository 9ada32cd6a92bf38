//! From witnesses to findings: places, words, help, fingerprints.

use std::collections::HashMap;

use evschema_model::{Pointer, Position, Resolved, Schema, Subject};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::decide::{Decision, Witness};
use crate::number::Decimal;
use crate::prove::{Assertion, Obligation};
use crate::report::{Direction, Finding, Fingerprint, Severity, Verdict};
use crate::tree::{Origin, Tree};

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
    let mut found: Vec<Finding> = Vec::new();
    for witness in &decision.witnesses {
        let finding = broken(&decision.tree, sides, &places, witness);
        if !found.iter().any(|known| known.fingerprint == finding.fingerprint) {
            found.push(finding);
        }
    }
    found
}

fn broken(tree: &Tree, sides: &Sides<'_>, places: &Places, witness: &Witness) -> Finding {
    let obligation = &witness.obligation;
    let rule = obligation.assertion.rule();
    let (pointer, baseline_pointer) = places.pointers(tree, obligation, sides.direction);
    let name = subject_of(&pointer, &obligation.assertion);
    let message = sentence(tree, sides, obligation, &name);
    let mut finding =
        finding(sides, rule.id, pointer, baseline_pointer, message, Some(witness.value.clone()), rule.remedy);
    finding.refusal.clone_from(&witness.refusal);
    finding.position = keyword_position(sides.candidate.schema(), &finding.pointer, &obligation.assertion);
    finding
}

fn undecided(
    tree: &Tree,
    sides: &Sides<'_>,
    places: &Places,
    place: Option<&Obligation>,
    why: &str,
) -> Finding {
    let (pointer, baseline) = place.map_or_else(
        || (Pointer::root(), None),
        |obligation| places.pointers(tree, obligation, sides.direction),
    );
    let rule = crate::rules::rule("undecided");
    let help = rule.map_or("", |rule| rule.remedy);
    finding(sides, "undecided", pointer, baseline, format!("not decided: {why}"), None, help)
}

fn finding(
    sides: &Sides<'_>,
    rule: &str,
    pointer: Pointer,
    baseline_pointer: Option<Pointer>,
    message: String,
    witness: Option<Value>,
    help: &str,
) -> Finding {
    let candidate = sides.candidate.schema();
    let baseline = sides.baseline.schema();
    Finding {
        rule: rule.to_owned(),
        severity: sides.severity,
        direction: sides.direction,
        baseline: baseline.at().version.clone(),
        position: position(candidate, &pointer),
        baseline_position: baseline_pointer.as_ref().and_then(|pointer| position(baseline, pointer)),
        fingerprint: fingerprint(rule, &candidate.at().subject, &pointer, sides.direction),
        pointer,
        baseline_pointer,
        message,
        witness,
        refusal: None,
        help: help.to_owned(),
        waived: None,
    }
}

/// Returns where the keyword behind an assertion stands, or else the schema that lacks it.
fn keyword_position(schema: &Schema, pointer: &Pointer, assertion: &Assertion) -> Option<Position> {
    // Of a type, the whole schema says more than the one word.
    let below = if matches!(assertion, Assertion::Types(_)) {
        None
    } else if let Assertion::Property(name) = assertion {
        Some(pointer.child("properties").child(name))
    } else {
        let keywords = assertion.keywords().iter().map(|keyword| pointer.child(keyword));
        keywords.into_iter().find(|place| place.find(schema.value()).is_some())
    };
    below.and_then(|place| schema.document().position(&place)).or_else(|| position(schema, pointer))
}

fn position(schema: &Schema, pointer: &Pointer) -> Option<Position> {
    schema.document().closest_position(pointer)
}

/// Returns the fingerprint of a finding.
pub(crate) fn fingerprint(
    rule: &str,
    subject: &Subject,
    pointer: &Pointer,
    direction: Direction,
) -> Fingerprint {
    let hash = Sha256::digest(format!("{rule}\n{subject}\n{pointer}\n{direction}").as_bytes());
    Fingerprint(hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect())
}

/// Names what a sentence is about: the property, or the event.
fn subject_of(pointer: &Pointer, assertion: &Assertion) -> String {
    if let Assertion::Required(name) | Assertion::Property(name) | Assertion::Dependent(name) = assertion {
        return format!("`{name}`");
    }
    let tokens: Vec<String> = pointer.tokens().collect();
    let named = tokens
        .windows(2)
        .rev()
        .find(|pair| pair[0] == "properties" || pair[0] == "$defs" || pair[0] == "definitions");
    match named {
        Some(pair) => format!("`{}`", pair[1]),
        None => "the event".to_owned(),
    }
}

fn sentence(tree: &Tree, sides: &Sides<'_>, obligation: &Obligation, name: &str) -> String {
    let reader = tree.node(obligation.reader);
    let who = match sides.direction {
        Direction::Backward => "the new version".to_owned(),
        Direction::Forward => format!("a reader of {}", sides.baseline.schema().at().version),
    };
    match &obligation.assertion {
        Assertion::Types(types) => {
            let kept = reader.types.names(reader.numbers.step.as_ref().is_some_and(Decimal::is_integer));
            format!("{name} may be {types}, which {who} refuses: it takes {kept}")
        }
        Assertion::Values => format!("{name} may have a value that {who} does not list"),
        Assertion::Numbers => format!("{name} may be a number that {who} refuses"),
        Assertion::Lengths => format!("{name} may have a length that {who} refuses"),
        Assertion::Pattern(pattern) => {
            format!("{name} may be a string that does not match `{pattern}`, which {who} asks for")
        }
        Assertion::Format(format) => {
            format!("{name} may be a string that is no `{format}`, which {who} asks for")
        }
        Assertion::Items => format!("{name} may hold items that {who} refuses"),
        Assertion::ItemCount => format!("{name} may hold fewer or more items than {who} takes"),
        Assertion::UniqueItems => format!("{name} may repeat an item, which {who} refuses"),
        Assertion::Contains => format!("{name} may lack, or repeat, an item that {who} counts"),
        Assertion::Required(_) => format!("{name} may be missing, and {who} requires it"),
        Assertion::Property(_) => format!("{name} may be there, and {who} refuses it"),
        Assertion::Additional | Assertion::Unevaluated => {
            format!("{name} may have a property that {who} does not declare and refuses")
        }
        Assertion::Names => format!("{name} may have a property name that {who} refuses"),
        Assertion::PropertyCount => format!("{name} may have fewer or more properties than {who} takes"),
        Assertion::Dependent(_) => format!("{name} may come without what {who} then asks for"),
        Assertion::AnyOf => format!("{name} may take a form that no branch of {who} accepts"),
        Assertion::OneOf => format!("{name} may take a form that not exactly one branch of {who} accepts"),
        Assertion::Not => format!("{name} may be what {who} excludes"),
        Assertion::Condition => format!("{name} may meet a condition of {who} and not what follows from it"),
        Assertion::Opaque(why) => format!("{name} may be refused by {who}: {why}"),
    }
}

/// Where in the two documents each node was written.
struct Places {
    candidate: HashMap<usize, Pointer>,
    baseline: HashMap<usize, Pointer>,
}

impl Places {
    fn of(sides: &Sides<'_>) -> Self {
        let index = |resolved: &Resolved| {
            let mut found = HashMap::new();
            // What stands in another document is told by where this one refers to it.
            for (uri, schema) in resolved.resources() {
                let reference = resolved.schema().foreign_references().find(|reference| reference.uri == uri);
                if let Some(reference) = reference {
                    place_all(schema.value(), &reference.pointer, &mut found);
                }
            }
            walk(resolved.schema().value(), &mut Pointer::root(), &mut found);
            found
        };
        Self { candidate: index(sides.candidate), baseline: index(sides.baseline) }
    }

    /// Returns the place in the candidate and in the baseline.
    fn pointers(
        &self,
        tree: &Tree,
        obligation: &Obligation,
        direction: Direction,
    ) -> (Pointer, Option<Pointer>) {
        let (candidate, baseline) = match direction {
            Direction::Backward => (obligation.reader, obligation.writer),
            Direction::Forward => (obligation.writer, obligation.reader),
        };
        let find = |index: &HashMap<usize, Pointer>, origin: Origin| index.get(&origin.0).cloned();
        (
            find(&self.candidate, tree.origin(candidate)).unwrap_or_default(),
            find(&self.baseline, tree.origin(baseline)),
        )
    }
}

/// Notes where each part of a document stands, by its address.
pub(crate) fn walk(value: &Value, pointer: &mut Pointer, found: &mut HashMap<usize, Pointer>) {
    found.insert(Origin::of(value).0, pointer.clone());
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                pointer.push(name);
                walk(member, pointer, found);
                pointer.pop();
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                pointer.push(at);
                walk(item, pointer, found);
                pointer.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn place_all(value: &Value, pointer: &Pointer, found: &mut HashMap<usize, Pointer>) {
    found.entry(Origin::of(value).0).or_insert_with(|| pointer.clone());
    match value {
        Value::Object(members) => members.values().for_each(|member| place_all(member, pointer, found)),
        Value::Array(items) => items.iter().for_each(|item| place_all(item, pointer, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
