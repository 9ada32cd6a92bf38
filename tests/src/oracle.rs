//! An oracle of content models, independent of the compatibility engine.
//!
//! The oracle evaluates a schema for each place of one event, as docs/compatibility.md defines the content models. It
//! shares no code with the engine. So if one of them has a mistake, their answers differ. The `jsonschema` validator
//! evaluates the assertions of single values, and the oracle itself evaluates the applicators. If the oracle and the
//! validator disagree about a whole event, the answer is unknown.
//!
//! The answer is also unknown for `$dynamicRef`, `$recursiveRef`, embedded `$id`s and dialects. It is often unknown if
//! the oracle must find out whether a place can have any value without undeclared members.
//!
//! Terms of this module: a *place* is the location of a value in the event. A schema *counts* at a place if it declares
//! names there. A schema is *real* if it describes values. A *map* is an object whose properties no schema describes.

mod answer;
mod applied;
mod compiled;
mod declared;
mod documents;
mod doubt;
mod evaluation;
mod keywords;
mod reader;
mod vacuous;
mod writer;

use evschema_model::{ContentModel, Formats, Resolved, Validator};
use serde_json::Value;

pub use answer::Answer;
use compiled::Compiled;
use doubt::Doubt;
use evaluation::Evaluation;

/// Evaluates events of one schema under the content models.
#[derive(Debug)]
pub struct Oracle<'d> {
    compiled: Compiled<'d>,
    validator: Validator,
}

impl<'d> Oracle<'d> {
    /// Returns the oracle of a schema; `None` if the oracle cannot evaluate the schema.
    pub fn new(resolved: &'d Resolved, formats: Formats) -> Option<Self> {
        Some(Self {
            compiled: Compiled::new(resolved, formats)?,
            validator: resolved.validator(formats).ok()?,
        })
    }

    /// Returns whether the schema accepts the event.
    pub fn accepts(&self, event: &Value) -> Answer {
        if self.validator.is_valid(event) {
            Answer::Yes
        } else {
            Answer::No("the schema refuses the event".to_owned())
        }
    }

    /// Returns whether a lenient writer of this schema sends the event.
    pub fn sends(&self, event: &Value) -> Answer {
        let valid = self.validator.is_valid(event);
        if !valid {
            return Answer::No("the writer's schema refuses the event".to_owned());
        }
        self.in_every_interpretation(event, valid, |run| writer::sends(run, event))
    }

    /// Returns whether a reader of this schema accepts the event.
    pub fn reads(&self, event: &Value, model: ContentModel) -> Answer {
        let valid = self.validator.is_valid(event);
        if valid {
            return Answer::Yes;
        }
        match model {
            ContentModel::Strict | ContentModel::Lenient => {
                Answer::No("the reader's schema refuses the event".to_owned())
            }
            ContentModel::Tolerant => self.in_every_interpretation(event, valid, |run| {
                let stripped = reader::strip(run, event);
                if self.validator.is_valid(&stripped) {
                    Answer::Yes
                } else {
                    Answer::No(format!("the reader's schema refuses the rest after stripping: {stripped}"))
                }
            }),
        }
    }

    /// Evaluates an event with the usual answers to all doubts. Evaluates it again with the unusual answer to each
    /// doubt that mattered in the first evaluation. If the answers differ, returns [`Answer::Unknown`].
    fn in_every_interpretation(
        &self,
        event: &Value,
        valid: bool,
        evaluate: impl Fn(&Evaluation<'_, 'd>) -> Answer,
    ) -> Answer {
        let run = Evaluation::new(&self.compiled, None);
        if run.holds(self.compiled.documents.root(), event, false) != valid {
            return Answer::Unknown;
        }
        let answer = evaluate(&run);
        if run.is_confused() {
            return Answer::Unknown;
        }
        for doubt in Doubt::ALL.into_iter().filter(|doubt| run.met(*doubt)) {
            let other = evaluate(&Evaluation::new(&self.compiled, Some(doubt)));
            if std::mem::discriminant(&other) != std::mem::discriminant(&answer) {
                return Answer::Unknown;
            }
        }
        answer
    }
}
