//! Compares the answer of the engine about a pair of schemas with the answers of the validator about events.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use evschema_compat::{Containment, containment};
use evschema_model::{
    Catalog, Coordinates, Diagnostics, Dialects, Formats, Resolved, Schema, Subject, Version,
};
use serde_json::Value;

use crate::draw::Draw;

/// The figures of the events that were drawn for a pair of schemas.
#[derive(Debug, Default)]
pub struct Drawn {
    /// The number of drawn events.
    pub tried: usize,
    /// The number of events that the writer accepts. The reader validated each of these events.
    pub accepted: usize,
    /// An event that the writer accepts and the reader rejects.
    pub refused: Option<Value>,
}

/// Maximum number of draws to find one accepted event. If the writer accepts none of them, the trial of the pair ends.
const TRIES_PER_EVENT: usize = 20;

/// Maximum number of accepted events that the trial keeps. It draws variations of these events.
const KEPT_MAX: usize = 64;

/// Draws events until the writer has accepted the given number, or the reader rejects one of them.
///
/// # Errors
///
/// If a validator cannot be built.
pub fn draw_events(
    writer: &Resolved,
    reader: &Resolved,
    formats: Formats,
    events: usize,
    seed: u64,
) -> Result<Drawn, Diagnostics> {
    let (writes, reads) = (writer.validator(formats)?, reader.validator(formats)?);
    let mut draw = Draw::new(writer.schema().value(), reader.schema().value(), seed);
    let mut drawn = Drawn::default();
    let mut kept: Vec<Value> = Vec::new();
    while drawn.accepted < events && drawn.tried < events.saturating_mul(TRIES_PER_EVENT) {
        drawn.tried += 1;
        // A third of the events are variations of accepted events.
        let event = match kept.get(drawn.tried % KEPT_MAX) {
            Some(known) if drawn.tried % 3 == 0 => draw.beside(known),
            _ => draw.event(),
        };
        if !writes.is_valid(&event) {
            continue;
        }
        drawn.accepted += 1;
        if !reads.is_valid(&event) {
            drawn.refused = Some(event);
            break;
        }
        if kept.len() < KEPT_MAX {
            kept.push(event);
        } else {
            kept[drawn.accepted % KEPT_MAX] = event;
        }
    }
    Ok(drawn)
}

/// Reads a schema without references to other documents.
///
/// # Errors
///
/// If the text is not a schema, or refers to another document.
pub fn read_alone(name: &str, text: &str, dialects: &Dialects) -> Result<Resolved, String> {
    let at = Coordinates {
        subject: Subject::parse(name).map_err(|error| error.to_string())?,
        version: Version::new(1, 0, 0),
    };
    let first = |diagnostics: Diagnostics| diagnostics.first().map_or_else(String::new, ToString::to_string);
    let schema = Arc::new(Schema::read(at, text.as_bytes(), dialects).map_err(first)?);
    Catalog::default().resolve(&schema).map_err(first)
}

/// The result of a trial of one pair.
#[derive(Debug)]
pub struct Trial {
    /// The answer of the engine; `None` if the engine panicked.
    pub answer: Option<Containment>,
    /// The time until the answer.
    pub elapsed: Duration,
    /// The number of events drawn, if the engine answered that the writer is contained.
    pub events: usize,
    /// The fault, if the trial found one.
    pub fault: Option<Fault>,
}

/// A wrong result of the engine.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// The engine panicked, with this message.
    Panic(String),
    /// The witness is wrong: the writer rejects it, or the reader accepts it.
    Witness(Value),
    /// The engine answered that the writer is contained, but the reader rejects this event.
    Contained(Value),
}

/// Asks the engine about one pair, and tests its answer.
pub fn try_pair(writer: &Resolved, reader: &Resolved, formats: Formats, events: usize, seed: u64) -> Trial {
    let started = Instant::now();
    let answered = catch_unwind(AssertUnwindSafe(|| containment(writer, reader, formats)));
    let elapsed = started.elapsed();
    let answer = match answered {
        Ok(answer) => answer,
        Err(panic) => {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            let fault = Some(Fault::Panic(said.unwrap_or_default()));
            return Trial { answer: None, elapsed, events: 0, fault };
        }
    };
    let mut trial = Trial { answer: None, elapsed, events: 0, fault: None };
    match &answer {
        Containment::NotContained { witness } => {
            if !is_witness(writer, reader, formats, witness) {
                trial.fault = Some(Fault::Witness(witness.clone()));
            }
        }
        Containment::Contained => {
            if let Ok(drawn) = draw_events(writer, reader, formats, events, seed) {
                trial.events = drawn.accepted;
                trial.fault = drawn.refused.map(Fault::Contained);
            }
        }
        Containment::Undecided { .. } => {}
    }
    trial.answer = Some(answer);
    trial
}

/// Returns whether the validator accepts a value under the writer and rejects it under the reader.
pub fn is_witness(writer: &Resolved, reader: &Resolved, formats: Formats, value: &Value) -> bool {
    writer.validator(formats).is_ok_and(|writes| writes.is_valid(value))
        && reader.validator(formats).is_ok_and(|reads| !reads.is_valid(value))
}
