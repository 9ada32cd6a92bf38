//! Holds an answer about a pair of schemas to what the validator says of events.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use evschema_compat::{Containment, containment};
use evschema_model::{
    Catalog, Coordinates, Diagnostics, Dialects, Formats, Resolved, Schema, Subject, Version,
};
use serde_json::Value;

use crate::draw::Draw;

/// What came of drawing events for a pair.
#[derive(Debug, Default)]
pub struct Drawn {
    /// Events drawn.
    pub tried: usize,
    /// Those that the writer accepts, each put to the reader.
    pub accepted: usize,
    /// One that the writer accepts and the reader refuses.
    pub refused: Option<Value>,
}

/// Most draws for one event that is accepted, before the pair is given up.
const TRIES_PER_EVENT: usize = 20;

/// Accepted events that are kept to draw beside.
const KEPT_MAX: usize = 64;

/// Draws events until the writer has accepted so many; stops at one that the reader refuses.
///
/// # Errors
///
/// When a validator cannot be built.
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
        // A third of them stands beside one that is accepted.
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

/// Reads a schema that stands alone.
///
/// # Errors
///
/// When it is not a schema, or refers to what is not in it.
pub fn read_alone(name: &str, text: &str, dialects: &Dialects) -> Result<Resolved, String> {
    let at = Coordinates {
        subject: Subject::parse(name).map_err(|error| error.to_string())?,
        version: Version::new(1, 0, 0),
    };
    let first = |diagnostics: Diagnostics| diagnostics.first().map_or_else(String::new, ToString::to_string);
    let schema = Arc::new(Schema::read(at, text.as_bytes(), dialects).map_err(first)?);
    Catalog::default().resolve(&schema).map_err(first)
}

/// What a trial of one pair showed.
#[derive(Debug)]
pub struct Trial {
    /// What the engine answered; nothing when it broke down.
    pub answer: Option<Containment>,
    /// How long it took.
    pub elapsed: Duration,
    /// Events that a contained writer was drawn.
    pub events: usize,
    /// What is wrong, when something is.
    pub fault: Option<Fault>,
}

/// A promise of the engine that it did not keep.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// It panicked, with this message.
    Panic(String),
    /// Its witness is no witness: the writer refuses it, or the reader accepts it.
    Witness(Value),
    /// It answered contained, and this event breaks the reader.
    Contained(Value),
}

/// Puts one pair to the engine and holds it to its promises.
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

/// Tells whether the validator accepts a value under the writer and refuses it under the reader.
pub fn is_witness(writer: &Resolved, reader: &Resolved, formats: Formats, value: &Value) -> bool {
    writer.validator(formats).is_ok_and(|writes| writes.is_valid(value))
        && reader.validator(formats).is_ok_and(|reads| !reads.is_valid(value))
}
