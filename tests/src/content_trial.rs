//! Compares the engine's answers under a content model with the oracle's answers about events.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use evschema_compat::{Diff, Direction, Settings, Verdict, diff};
use evschema_model::{
    Catalog, ContentModel, Coordinates, Diagnostics, Dialects, Formats, Mode, Resolved, Schema, Subject,
    SubjectPolicy, Version,
};
use serde_json::Value;

use crate::draw::Draw;
use crate::oracle::{Answer, Oracle};

/// How a pair is tried.
#[derive(Debug, Clone, Copy)]
pub struct ContentSettings {
    /// The content model that the engine decides by.
    pub model: ContentModel,
    /// Whether formats refuse values.
    pub formats: Formats,
    /// Events that the writer sends, drawn for each compatible answer.
    pub events: usize,
    /// Seed of the draws.
    pub seed: u64,
}

/// What the trial of one direction showed.
#[derive(Debug)]
pub struct ContentTrial {
    /// The direction.
    pub direction: Direction,
    /// The engine's answer.
    pub verdict: Verdict,
    /// Events of the writer that the reader was given.
    pub events: usize,
    /// Witnesses of the findings.
    pub witnesses: usize,
    /// Those about which the oracle does not know whether the writer sends them, or the reader accepts
    /// them.
    pub unknown: usize,
    /// The first broken promise.
    pub fault: Option<ContentFault>,
}

/// A promise of the engine that it did not keep.
#[derive(Debug, Clone, PartialEq)]
pub enum ContentFault {
    /// It panicked.
    Panic,
    /// It answered compatible; the writer sends this event and the reader refuses it.
    Refuted(Value),
    /// The writer does not send this witness.
    NotSent(Value, String),
    /// The reader accepts this witness.
    Accepted(Value),
    /// It answered incompatible and showed no event.
    NoWitness,
}

impl ContentFault {
    /// Returns a word for the kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Panic => "panic",
            Self::Refuted(_) => "refuted",
            Self::NotSent(..) => "not-sent",
            Self::Accepted(_) => "accepted",
            Self::NoWitness => "no-witness",
        }
    }

    /// Returns the event that shows it.
    pub fn event(&self) -> Option<&Value> {
        match self {
            Self::Refuted(event) | Self::NotSent(event, _) | Self::Accepted(event) => Some(event),
            Self::Panic | Self::NoWitness => None,
        }
    }
}

/// Reads two versions of one subject, each by itself.
///
/// # Errors
///
/// When one of them is not a schema, or refers to another document.
pub fn read_versions(old: &str, new: &str, dialects: &Dialects) -> Result<[Resolved; 2], String> {
    let first = |diagnostics: Diagnostics| diagnostics.first().map_or_else(String::new, ToString::to_string);
    let read = |text: &str, version: Version| {
        let subject = Subject::parse("tried").map_err(|error| error.to_string())?;
        let at = Coordinates { subject, version };
        let schema = Arc::new(Schema::read(at, text.as_bytes(), dialects).map_err(first)?);
        Catalog::default().resolve(&schema).map_err(first)
    };
    Ok([read(old, Version::new(901, 0, 0))?, read(new, Version::new(901, 1, 0))?])
}

/// Asks the engine about two versions in both directions, and compares its answers with the oracles';
/// `None` if an oracle cannot be built.
pub fn try_content(old: &Resolved, new: &Resolved, how: ContentSettings) -> Option<[ContentTrial; 2]> {
    let oracles = [Oracle::new(old, how.formats)?, Oracle::new(new, how.formats)?];
    let policy = SubjectPolicy { mode: Mode::Full, content_model: how.model };
    let settings = Settings { policy, formats: how.formats, ..Settings::default() };
    let answer = catch_unwind(AssertUnwindSafe(|| diff(old, new, &settings))).ok();
    let [old_oracle, new_oracle] = &oracles;
    let backward = Side { writer: old, reader: new, sends: old_oracle, reads: new_oracle };
    let forward = Side { writer: new, reader: old, sends: new_oracle, reads: old_oracle };
    Some([
        backward.try_one(Direction::Backward, answer.as_ref(), how),
        forward.try_one(Direction::Forward, answer.as_ref(), how),
    ])
}

/// One direction of a pair.
struct Side<'s> {
    writer: &'s Resolved,
    reader: &'s Resolved,
    sends: &'s Oracle,
    reads: &'s Oracle,
}

impl Side<'_> {
    fn try_one(&self, direction: Direction, answer: Option<&Diff>, how: ContentSettings) -> ContentTrial {
        let mut trial = ContentTrial {
            direction,
            verdict: Verdict::Undecided,
            events: 0,
            witnesses: 0,
            unknown: 0,
            fault: None,
        };
        let Some(answer) = answer else {
            trial.fault = Some(ContentFault::Panic);
            return trial;
        };
        trial.verdict = match direction {
            Direction::Backward => answer.backward,
            Direction::Forward => answer.forward,
        };
        match trial.verdict {
            Verdict::Compatible => self.draw(&mut trial, how),
            Verdict::Incompatible => self.check_witnesses(&mut trial, answer, how.model),
            Verdict::Undecided => {}
        }
        trial
    }

    fn check_witnesses(&self, trial: &mut ContentTrial, answer: &Diff, model: ContentModel) {
        let findings = answer.findings.iter().filter(|finding| finding.direction == trial.direction);
        for witness in findings.filter_map(|finding| finding.witness.as_ref()) {
            trial.witnesses += 1;
            let fault = match (self.sends.sends(witness), self.reads.reads(witness, model)) {
                (Answer::No { at }, _) => ContentFault::NotSent(witness.clone(), at),
                (_, Answer::Yes) => ContentFault::Accepted(witness.clone()),
                (Answer::Unknown { .. }, _) | (_, Answer::Unknown { .. }) => {
                    trial.unknown += 1;
                    continue;
                }
                (Answer::Yes, Answer::No { .. }) => continue,
            };
            trial.fault.get_or_insert(fault);
        }
        if trial.witnesses == 0 {
            trial.fault = Some(ContentFault::NoWitness);
        }
    }

    /// Draws events that the writer sends, and stops at one that the reader refuses.
    fn draw(&self, trial: &mut ContentTrial, how: ContentSettings) {
        /// Most draws for one event, before the pair is given up.
        const TRIES_PER_EVENT: usize = 8;
        /// Events that are kept to draw beside.
        const KEPT_MAX: usize = 64;
        let mut draw = Draw::new(self.writer.schema().value(), self.reader.schema().value(), how.seed);
        let mut kept: Vec<Value> = Vec::new();
        for turn in 0..how.events.saturating_mul(TRIES_PER_EVENT) {
            if how.events <= trial.events {
                break;
            }
            let event = match kept.get(turn % KEPT_MAX) {
                Some(known) if turn % 2 == 0 => draw.beside(known),
                _ => draw.event(),
            };
            if kept.len() < KEPT_MAX && self.sends.is_valid(&event) {
                kept.push(event.clone());
            }
            let Some(sent) = self.sent(event) else { continue };
            trial.events += 1;
            if matches!(self.reads.reads(&sent, how.model), Answer::No { .. }) {
                trial.fault = Some(ContentFault::Refuted(sent));
                break;
            }
        }
    }

    /// Returns an event that the writer sends: the given one, or the declared part of it.
    fn sent(&self, event: Value) -> Option<Value> {
        if self.sends.sends(&event) == Answer::Yes {
            return Some(event);
        }
        let part = self.sends.declared_part(&event);
        (self.sends.sends(&part) == Answer::Yes).then_some(part)
    }
}
