//! The validator has the last word on every witness.

use std::sync::Arc;

use evschema_model::{
    Catalog, ContentModel, Coordinates, Dialects, Formats, Resolved, Schema, Subject, Validator, Version,
};
use serde_json::Value;

use super::Question;
use crate::export::export;
use crate::lower::lower;
use crate::tree::{Id, Tree};

/// Confirms witnesses; compiles validators when the first candidate comes.
pub(super) struct Confirm<'a> {
    question: &'a Question<'a>,
    writer: Id,
    reader: Id,
    validators: Option<Option<Validators>>,
}

struct Validators {
    /// The writer as written, and as its content model has it.
    writers: Vec<Validator>,
    /// The reader as written, and as masks and content model have it.
    readers: Vec<Validator>,
}

impl<'a> Confirm<'a> {
    pub(super) fn new(question: &'a Question<'a>, writer: Id, reader: Id) -> Self {
        Self { question, writer, reader, validators: None }
    }

    /// Tells whether the validator accepts the value under the writer, and refuses it under the
    /// reader, in every reading that counts.
    pub(super) fn refutes(&mut self, tree: &Tree, value: &Value) -> bool {
        if self.validators.is_none() {
            self.validators = Some(self.compile(tree));
        }
        let Some(Some(validators)) = &self.validators else { return false };
        validators.readers.iter().all(|reader| !reader.is_valid(value))
            && validators.writers.iter().all(|writer| writer.is_valid(value))
    }

    fn compile(&self, tree: &Tree) -> Option<Validators> {
        let question = self.question;
        let mut writers = vec![question.writer.validator(question.formats).ok()?];
        let mut readers = vec![question.reader.validator(question.formats).ok()?];
        if question.model != ContentModel::Strict {
            writers.push(as_document(&export(tree, self.writer)?)?.validator(question.formats).ok()?);
        }
        if question.model == ContentModel::Tolerant || !question.masked.is_empty() {
            readers.push(as_document(&export(tree, self.reader)?)?.validator(question.formats).ok()?);
        }
        Some(Validators { writers, readers })
    }

    /// Lowers a schema that the library made, to look for values in it.
    pub(super) fn lower_difference(
        &self,
        tree: &mut Tree,
        difference: &Value,
        formats: Formats,
    ) -> Option<Id> {
        let resolved = as_document(difference)?;
        let registry = resolved.registry().ok()?;
        Some(lower(tree, &resolved, &registry, formats, &[]))
    }
}

/// Makes a document of a schema that nobody wrote down.
fn as_document(schema: &Value) -> Option<Resolved> {
    let at = Coordinates { subject: Subject::parse("compared").ok()?, version: Version::new(1, 0, 0) };
    let schema = Schema::read(at, schema.to_string().as_bytes(), &Dialects::default()).ok()?;
    Catalog::default().resolve(&Arc::new(schema)).ok()
}
