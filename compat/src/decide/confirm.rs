//! The validator has the last word on every witness.

use std::collections::HashMap;
use std::sync::Arc;

use evschema_model::{
    Catalog, ContentModel, Coordinates, Dialects, Formats, Pointer, Resolved, Schema, Subject, Validator,
    Version, Violation,
};
use serde_json::Value;

use super::{Objection, Question};
use crate::export::{export, export_wider};
use crate::findings::walk;
use crate::lower::{Reading, lower};
use crate::refute::Candidate;
use crate::tree::{Id, Tree};

/// Confirms witnesses; compiles validators when the first candidate comes.
pub(super) struct Confirm<'a> {
    question: &'a Question<'a>,
    writer: Id,
    reader: Id,
    validators: Option<Option<Validators>>,
    /// How many violations may still be looked through.
    violations_left: usize,
}

/// Most violations that are looked through for the reasons of witnesses. A reader that asks for thousands of names
/// objects to an empty event as often, and a witness for each would take minutes.
const VIOLATIONS_MAX: usize = 500_000;

struct Validators {
    /// The writer as written, and as its content model has it.
    writers: Vec<Validator>,
    /// The reader as written, and as masks and content model have it.
    readers: Vec<Validator>,
    /// Where each part of the reader's documents was written.
    places: HashMap<usize, Pointer>,
}

/// How the reader refuses a witness.
pub(super) struct Refusal {
    /// What the validator says; not asked for in brief.
    pub(super) objection: Option<Objection>,
    /// Whether what refuses is not what the witness was made for.
    pub(super) is_elsewhere: bool,
    /// How much else the reader objects to in the same event.
    pub(super) others: usize,
}

impl<'a> Confirm<'a> {
    pub(super) fn new(question: &'a Question<'a>, writer: Id, reader: Id) -> Self {
        Self { question, writer, reader, validators: None, violations_left: VIOLATIONS_MAX }
    }

    /// Returns how the reader refuses a value that the writer accepts, each in every reading that
    /// counts; nothing when either is not so, or when too much has been asked for. In brief, nobody asks for the
    /// reason.
    pub(super) fn refusal(&mut self, tree: &Tree, candidate: &Candidate, is_brief: bool) -> Option<Refusal> {
        if self.validators.is_none() {
            self.validators = Some(self.compile(tree));
        }
        let Some(Some(validators)) = &self.validators else { return None };
        let value = &candidate.value;
        let mut all = validators.readers.iter().chain(&validators.writers);
        if !all.all(|validator| validator.can_decide(value)) {
            return None;
        }
        let is_witness = validators.readers.iter().all(|reader| !reader.is_valid(value))
            && validators.writers.iter().all(|writer| writer.is_valid(value));
        if !is_witness {
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
        if violations.iter().any(|violation| self.counts(violation, &validators.places)) {
            violations.retain(|violation| self.counts(violation, &validators.places));
        }
        let place = validators.places.get(&tree.origin(candidate.obligation.reader).0);
        let keywords = candidate.obligation.assertion.keywords();
        let name = candidate.obligation.assertion.name();
        let is_meant = |violation: &Violation| {
            place.is_some_and(|place| speaks_of(violation, place, keywords))
                && name.is_none_or(|name| violation.keyword != "required" || names(violation, name))
        };
        let meant = violations.iter().find(|violation| is_meant(violation));
        let objection = meant.or(violations.first()).map(|violation| Objection {
            message: violation.message.clone(),
            place: violation.pointer.clone(),
        });
        let others = violations.iter().filter(|violation| !is_meant(violation)).count();
        Some(Refusal { objection, is_elsewhere: place.is_some() && meant.is_none(), others })
    }

    /// Tells whether both sides accept a value, as masks and content model have them.
    pub(super) fn is_accepted(&mut self, tree: &Tree, value: &Value) -> bool {
        if self.validators.is_none() {
            self.validators = Some(self.compile(tree));
        }
        let Some(Some(validators)) = &self.validators else { return false };
        let mut sides = validators.writers.iter().chain(validators.readers.last());
        sides.all(|side| side.can_decide(value) && side.is_valid(value))
    }

    /// Tells whether a violation would be one under the content model and the masks.
    fn counts(&self, violation: &Violation, places: &HashMap<usize, Pointer>) -> bool {
        let is_masked = self.question.masked.iter().any(|origin| {
            places
                .get(&origin.0)
                .is_some_and(|place| within(violation.schema_pointer.as_str(), place.as_str()))
        });
        let is_ignored = self.question.model == ContentModel::Tolerant
            && matches!(violation.keyword.as_str(), "additionalProperties" | "unevaluatedProperties");
        !is_masked && !is_ignored
    }

    fn compile(&self, tree: &Tree) -> Option<Validators> {
        let question = self.question;
        let mut writers = vec![question.writer.validator(question.formats).ok()?];
        let mut readers = vec![question.reader.validator(question.formats).ok()?];
        if question.model != ContentModel::Strict {
            // What was not lowered is confirmed by the writer as written.
            writers.push(as_document(&export_wider(tree, self.writer)?)?.validator(question.formats).ok()?);
        }
        if question.model == ContentModel::Tolerant || !question.masked.is_empty() {
            readers.push(as_document(&export(tree, self.reader)?)?.validator(question.formats).ok()?);
        }
        let mut places = HashMap::new();
        if question.is_brief {
            return Some(Validators { writers, readers, places });
        }
        for document in question.reader.documents().into_iter().chain([question.reader.schema()]) {
            walk(document.value(), &mut Pointer::root(), &mut places);
        }
        Some(Validators { writers, readers, places })
    }

    /// Lowers a schema that the library made, to look for values in it.
    pub(super) fn lower_difference(
        &self,
        tree: &mut Tree,
        difference: &Value,
        formats: Formats,
    ) -> Option<Id> {
        let resolved = as_document(difference)?;
        lower(tree, &resolved, Reading { formats, minds_spelling: false, masked: &[] })
    }
}

fn within(place: &str, whole: &str) -> bool {
    place.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Tells whether a violation of `required` is of this name, and not of another at the same place.
fn names(violation: &Violation, name: &str) -> bool {
    violation.message.contains(&Value::from(name).to_string())
}

/// Makes a document of a schema that nobody wrote down.
fn as_document(schema: &Value) -> Option<Resolved> {
    let at = Coordinates { subject: Subject::parse("compared").ok()?, version: Version::new(1, 0, 0) };
    let schema = Schema::read(at, schema.to_string().as_bytes(), &Dialects::default()).ok()?;
    Catalog::default().resolve(&Arc::new(schema)).ok()
}

/// Tells whether a violation is of one of these keywords at a place, or of what contains it.
fn speaks_of(violation: &Violation, place: &Pointer, keywords: &[&str]) -> bool {
    let said = violation.schema_pointer.as_str();
    keywords.iter().any(|keyword| within(said, place.child(keyword).as_str()))
        // A union above says only that none of its branches will do.
        || (!said.is_empty() && within(place.as_str(), said))
}
