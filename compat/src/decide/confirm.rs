//! Confirms candidates with the validator. No value becomes a witness without the validator.

use std::rc::Rc;
use std::sync::Arc;

use evschema_model::graph::SchemaGraph;
use evschema_model::{
    Catalog, ContentModel, Coordinates, Dialects, Formats, Pointer, Resolved, Schema, Stop, Subject,
    Validator, Version, Violation,
};
use serde_json::Value;

use crate::candidate::Candidate;
use crate::engine::Engine;
use crate::export::export;
use crate::lower::{Reading, lower};
use crate::lowered_pair::Graphs;
use crate::question::Question;
use crate::tree::{Id, Side, Tree};
use crate::truth::Truth;
use crate::witness::Objection;

/// Confirms candidates. It compiles the validators when it receives the first candidate.
pub(super) struct Confirmer<'a> {
    question: &'a Question<'a, 'a>,
    graphs: Rc<Graphs<'a>>,
    writer: Id,
    reader: Id,
    /// The reader, relaxed at the findings so far. A witness must break this reader too.
    relaxed: Option<Id>,
    validators: Option<Option<Validators>>,
    /// The number of violations that the confirmer may still examine.
    violations_left: usize,
}

/// The maximum number of violations that a search examines to find the reasons of its witnesses. If a reader requires
/// thousands of names, an empty event has thousands of violations. A witness for each of them would take minutes.
const VIOLATIONS_MAX: usize = 200_000;

/// The maximum number of steps of a validator for one value, about 0.04 s.
const STEPS_MAX: u64 = 200_000;

struct Validators {
    writer: Validator,
    /// The reader as written, and the reader with `true` in place of the masked schemas.
    readers: Vec<Validator>,
}

impl Validators {
    fn accepts_as_writer(&self, value: &Value) -> bool {
        self.writer.can_decide_within(value, STEPS_MAX) && self.writer.is_valid(value)
    }

    fn rejects_as_reader(&self, value: &Value) -> bool {
        self.readers
            .iter()
            .all(|reader| reader.can_decide_within(value, STEPS_MAX) && !reader.is_valid(value))
    }
}

/// The way in which a reader rejects a witness.
pub(super) struct Refusal {
    /// The violation that the validator reported; `None` in a brief comparison.
    pub(super) objection: Option<Objection>,
    /// Whether the reader rejects the witness, but at another assertion than the one for which the engine made the
    /// witness.
    pub(super) is_elsewhere: bool,
    /// The number of violations in the event that belong to other assertions.
    pub(super) others: usize,
}

impl<'a> Confirmer<'a> {
    pub(super) fn new(
        question: &'a Question<'a, 'a>,
        graphs: Rc<Graphs<'a>>,
        writer: Id,
        reader: Id,
    ) -> Self {
        Self {
            question,
            graphs,
            writer,
            reader,
            relaxed: None,
            validators: None,
            violations_left: VIOLATIONS_MAX,
        }
    }

    /// Returns whether the search has used up its number of violations. If so, it will find no more witnesses.
    pub(super) fn is_spent(&self) -> bool {
        self.violations_left == 0
    }

    /// Sets the relaxed reader. Later witnesses must break this reader too.
    pub(super) fn relax(&mut self, relaxed: Id) {
        self.relaxed = Some(relaxed);
    }

    /// Returns how the reader rejects a value that the writer accepts. Returns `None` if the writer rejects the value,
    /// or if one form of the reader accepts the value. Also returns `None` if earlier findings report the break, or if
    /// the confirmer reaches a limit. The reader has three forms: as written, with masks, and with the content model.
    /// In a brief comparison, the result does not contain the violation.
    pub(super) fn refusal(
        &mut self,
        engine: &mut Engine,
        candidate: &Candidate,
        is_brief: bool,
    ) -> Option<Refusal> {
        if self.validators.is_none() {
            self.validators = Some(self.compile(&engine.tree));
        }
        let Some(Some(validators)) = &self.validators else { return None };
        let value = &candidate.value;
        if Stop::is_current_requested() {
            return None;
        }
        if !validators.accepts_as_writer(value)
            || !validators.rejects_as_reader(value)
            || !self.model_agrees(engine, validators, value)
            || self.is_reported(engine, value)
        {
            return None;
        }
        if is_brief {
            return Some(Refusal { objection: None, is_elsewhere: false, others: 0 });
        }
        if self.violations_left == 0 {
            return None;
        }
        let mut violations = validators.readers.first()?.first_violations(value, self.violations_left);
        self.violations_left -= violations.len();
        if violations.iter().any(|violation| self.counts(violation)) {
            violations.retain(|violation| self.counts(violation));
        }
        let origin = engine.tree.origin(candidate.obligation.reader);
        let location = origin.on(Side::Reader).and_then(|schema| self.graphs.reader.location(schema));
        let place = location.map(|location| location.pointer);
        let keywords = candidate.obligation.assertion.keywords();
        let name = candidate.obligation.assertion.name();
        let is_meant = |violation: &Violation| {
            place.as_ref().is_some_and(|place| speaks_of(violation, place, keywords))
                && name.is_none_or(|name| violation.missing.as_deref().is_none_or(|missing| missing == name))
        };
        let meant = violations.iter().find(|violation| is_meant(violation));
        let objection = meant.or(violations.first()).map(|violation| Objection {
            message: violation.message.clone(),
            place: violation.pointer.clone(),
        });
        let others = violations.iter().filter(|violation| !is_meant(violation)).count();
        Some(Refusal { objection, is_elsewhere: place.is_some() && meant.is_none(), others })
    }

    /// Returns whether both sides accept a value. The answer includes the masks and the content model.
    pub(super) fn is_accepted(&mut self, engine: &mut Engine, value: &Value) -> bool {
        if self.validators.is_none() {
            self.validators = Some(self.compile(&engine.tree));
        }
        let Some(Some(validators)) = &self.validators else { return false };
        validators.accepts_as_writer(value)
            && validators
                .readers
                .last()
                .is_some_and(|reader| reader.can_decide_within(value, STEPS_MAX) && reader.is_valid(value))
            && (self.question.model == ContentModel::Strict
                || engine.is_declared(self.writer, value) == Truth::Yes)
    }

    /// Returns whether an event breaks the reader only at places that earlier findings report.
    fn is_reported(&self, engine: &mut Engine, value: &Value) -> bool {
        let Some(relaxed) = self.relaxed else { return false };
        engine.holds(relaxed, value) == Truth::Yes
            || (self.question.model == ContentModel::Tolerant
                && engine
                    .stripped(self.reader, value)
                    .is_some_and(|left| left.iter().any(|own| engine.holds(relaxed, own) == Truth::Yes)))
    }

    /// Returns whether, under the content model, the writer sends a value and the reader rejects the part of the value
    /// that it keeps.
    fn model_agrees(&self, engine: &mut Engine, validators: &Validators, value: &Value) -> bool {
        if self.question.model == ContentModel::Strict {
            return true;
        }
        if engine.is_declared(self.writer, value) != Truth::Yes {
            return false;
        }
        self.question.model == ContentModel::Lenient
            || engine
                .stripped(self.reader, value)
                .is_some_and(|left| left.iter().all(|own| own == value || validators.rejects_as_reader(own)))
    }

    /// Returns whether a violation still counts under the content model and the masks, which ignore some violations.
    fn counts(&self, violation: &Violation) -> bool {
        let place = violation.schema_pointer.as_str();
        let is_masked = self.question.masked.iter().any(|masked| within(place, masked.as_str()));
        let is_ignored = self.question.model == ContentModel::Tolerant
            && matches!(violation.keyword.as_str(), "additionalProperties" | "unevaluatedProperties");
        !is_masked && !is_ignored
    }

    fn compile(&self, tree: &Tree) -> Option<Validators> {
        let question = self.question;
        let writer = question.writer.validator(question.formats).ok()?;
        let mut readers = vec![question.reader.validator(question.formats).ok()?];
        if !question.masked.is_empty() {
            readers.push(as_document(&export(tree, self.reader)?)?.validator(question.formats).ok()?);
        }
        Some(Validators { writer, readers })
    }

    /// Lowers a difference that the oracle returned, so that the engine can search it for values.
    pub(super) fn lower_difference(
        &self,
        tree: &mut Tree,
        difference: &Value,
        formats: Formats,
    ) -> Option<Id> {
        let resolved = as_document(difference)?;
        let graph = SchemaGraph::of(&resolved, formats).ok()?;
        let reading = Reading { side: Side::Difference, requires_integer_lexeme: false, masked: &[] };
        Some(lower(tree, &graph, reading))
    }
}

fn within(place: &str, whole: &str) -> bool {
    place.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Makes a document from a schema that has no source text.
fn as_document(schema: &Value) -> Option<Resolved> {
    let at = Coordinates { subject: Subject::parse("compared").ok()?, version: Version::new(1, 0, 0) };
    let schema = Schema::read(at, schema.to_string().as_bytes(), &Dialects::default()).ok()?;
    Catalog::default().resolve(&Arc::new(schema)).ok()
}

/// Returns whether a violation is about one of these keywords at a place, or about a schema that contains the place.
fn speaks_of(violation: &Violation, place: &Pointer, keywords: &[&str]) -> bool {
    let said = violation.schema_pointer.as_str();
    keywords.iter().any(|keyword| within(said, place.child(keyword).as_str()))
        // If a union contains the place, the validator reports only that no branch accepts the value.
        || (!said.is_empty() && within(place.as_str(), said))
}
