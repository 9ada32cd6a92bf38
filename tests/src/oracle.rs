//! An oracle of content models, independent of the compatibility engine.
//!
//! It evaluates a schema against one event, place by place, as the definition of the content models
//! demands. It shares no code with the engine, so that a mistake of one shows against the other. The
//! `jsonschema` validator evaluates the assertions of single values; the oracle itself walks the
//! applicators. If the walk and the validator disagree about a whole event, the answer is unknown.
//!
//! Not handled, and therefore unknown: `$dynamicRef`, `$recursiveRef`, embedded `$id`s and dialects,
//! and most questions whether a place without its undeclared members would be empty.

mod applied;
mod declared;
mod documents;
mod holds;
mod keywords;
mod reader;
mod vacuous;
mod writer;

use std::cell::RefCell;
use std::collections::HashMap;

use evschema_model::{ContentModel, Formats, Resolved, Validator};
use serde_json::Value;

use documents::Documents;
use holds::Run;

/// An answer of the oracle about one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The writer sends the event, or the reader accepts it.
    Yes,
    /// It does not, for this reason.
    No(String),
    /// The oracle cannot decide.
    Unknown,
}

/// Decides events of one schema under the content models.
#[derive(Debug)]
pub struct Oracle<'d> {
    documents: Documents<'d>,
    formats: Formats,
    validator: Validator,
    /// Validators of single keywords, by the address of their schema.
    assertions: RefCell<HashMap<usize, Option<jsonschema::Validator>>>,
    /// Validators of patterns of names.
    patterns: RefCell<HashMap<String, Option<jsonschema::Validator>>>,
    /// Whether places are empty under the content model, and how many events examined that.
    vacuous: RefCell<HashMap<vacuous::PlaceKey, (Option<bool>, usize)>>,
}

/// A choice that the definition leaves open; the oracle answers only if the choice makes no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Doubt {
    /// Whether an `if` inside a branch that fails declares names.
    FailedBranchIf,
    /// Whether a pattern for every name, with a schema that is not real, ends a map.
    CatchAllEndsMap,
    /// Whether the tuple of a failed `if` limits an array.
    FailedIfTuple,
    /// Whether an enumeration without objects ends a map.
    ScalarEnumEndsMap,
    /// Whether a tolerant reader strips the members of a closed object that declares nothing.
    ClosedMap,
}

impl Doubt {
    const ALL: [Self; 5] = [
        Self::FailedBranchIf,
        Self::CatchAllEndsMap,
        Self::FailedIfTuple,
        Self::ScalarEnumEndsMap,
        Self::ClosedMap,
    ];
}

impl<'d> Oracle<'d> {
    /// Returns the oracle of a schema, or `None` if the schema uses something that the oracle does
    /// not evaluate.
    pub fn new(resolved: &'d Resolved, formats: Formats) -> Option<Self> {
        Some(Self {
            documents: Documents::of(resolved)?,
            formats,
            validator: resolved.validator(formats).ok()?,
            assertions: RefCell::default(),
            patterns: RefCell::default(),
            vacuous: RefCell::default(),
        })
    }

    /// Whether the schema accepts the event.
    pub fn accepts(&self, event: &Value) -> Answer {
        if self.validator.is_valid(event) {
            Answer::Yes
        } else {
            Answer::No("the schema refuses the event".to_owned())
        }
    }

    /// Whether a lenient writer of this schema sends the event.
    pub fn sends(&self, event: &Value) -> Answer {
        let valid = self.validator.is_valid(event);
        if !valid {
            return Answer::No("the writer's schema refuses the event".to_owned());
        }
        self.in_every_reading(event, valid, |run| writer::sends(run, event))
    }

    /// Whether a reader of this schema accepts the event.
    pub fn reads(&self, event: &Value, model: ContentModel) -> Answer {
        let valid = self.validator.is_valid(event);
        if valid {
            return Answer::Yes;
        }
        match model {
            ContentModel::Strict | ContentModel::Lenient => {
                Answer::No("the reader's schema refuses the event".to_owned())
            }
            ContentModel::Tolerant => self.in_every_reading(event, valid, |run| {
                let stripped = reader::strip(run, event);
                if self.validator.is_valid(&stripped) {
                    Answer::Yes
                } else {
                    Answer::No(format!("the reader's schema refuses the rest after stripping: {stripped}"))
                }
            }),
        }
    }

    /// Asks under the usual reading of the definition, then under the others that matter.
    fn in_every_reading(&self, event: &Value, valid: bool, ask: impl Fn(&Run<'_, 'd>) -> Answer) -> Answer {
        let run = Run::new(self, None);
        if run.holds(self.documents.root(), event, false) != valid {
            return Answer::Unknown;
        }
        let answer = ask(&run);
        if run.is_confused() {
            return Answer::Unknown;
        }
        for doubt in Doubt::ALL.into_iter().filter(|doubt| run.met(*doubt)) {
            let other = ask(&Run::new(self, Some(doubt)));
            if std::mem::discriminant(&other) != std::mem::discriminant(&answer) {
                return Answer::Unknown;
            }
        }
        answer
    }
}
