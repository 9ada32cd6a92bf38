use std::sync::Arc;
use std::time::{Duration, Instant};

use evschema_api::{EventVerdict, Validation};
use evschema_model::{Coordinates, Diagnostics, Formats, Resolved, Stop, Validator, parse_event};

use super::library::unreadable;
use super::workers::{Client, Workers};
use super::{Refusal, Registry};
use crate::limits;

/// How the events stand in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// One JSON text.
    One,
    /// One JSON text a line; empty lines are passed over.
    Lines,
}

/// Events of one request, one a line, of which some are decided and the others are still to be.
#[derive(Debug)]
pub(crate) struct Lines {
    workers: Workers,
    client: Client,
    resolved: Arc<Resolved>,
    formats: Formats,
    body: Arc<[u8]>,
    /// Where the next line begins; nothing after the last.
    next: Option<usize>,
    /// The number of the next line.
    number: u32,
    /// The time that is left.
    left: Duration,
    listed: usize,
}

/// What a slice of the time for a request decided.
#[derive(Debug, Default)]
pub(crate) struct Slice {
    /// How many events it looked at.
    pub(crate) checked: u32,
    /// How many of them are not accepted.
    pub(crate) refused: u32,
    /// Those of them that are told of.
    pub(crate) listed: Vec<EventVerdict>,
    /// The first line that will not be looked at, because the time is used up.
    pub(crate) unchecked_from: Option<u32>,
}

impl Registry {
    /// Decides one event by a version.
    ///
    /// # Errors
    ///
    /// When there is no such version.
    pub(crate) async fn validate(&self, at: &Coordinates, body: Arc<[u8]>) -> Result<Validation, Refusal> {
        let resolved = self.to_validate(at).await?;
        let formats = self.formats;
        let work = move || {
            let verdict = decide(&resolved.validator(formats)?, 1, &body, true);
            let refused: Vec<EventVerdict> = verdict.into_iter().flatten().collect();
            let valid = refused.is_empty();
            Ok(Validation { valid, checked: 1, refused, unchecked_from: None })
        };
        self.workers.run(work).await?.map_err(|diagnostics| unreadable(at, &diagnostics))
    }

    /// Prepares to decide events by a version, one a line.
    ///
    /// # Errors
    ///
    /// When there is no such version.
    pub(crate) async fn validate_lines(&self, at: &Coordinates, body: Arc<[u8]>) -> Result<Lines, Refusal> {
        let resolved = self.to_validate(at).await?;
        let formats = self.formats;
        let compiling = Arc::clone(&resolved);
        let compiled = self.workers.run(move || compiling.validator(formats).map(drop)).await?;
        compiled.map_err(|diagnostics| unreadable(at, &diagnostics))?;
        Ok(Lines {
            workers: self.workers.clone(),
            client: Client::current(),
            resolved,
            formats,
            body,
            next: Some(0),
            number: 1,
            left: limits::VALIDATION_TIME_MAX,
            listed: 0,
        })
    }

    async fn to_validate(&self, at: &Coordinates) -> Result<Arc<Resolved>, Refusal> {
        // Also says when the version is not there.
        self.content(at).await?;
        self.library.registered(at).await
    }
}

impl Lines {
    /// Decides as many events as fit a slice of time, in the client's turn; nothing when all are done.
    ///
    /// # Errors
    ///
    /// When too much work waits already.
    pub(crate) async fn next_slice(&mut self) -> Result<Option<Slice>, Refusal> {
        let Some(start) = self.next else { return Ok(None) };
        if self.left.is_zero() {
            self.next = None;
            return Ok(Some(Slice { unchecked_from: Some(self.number), ..Slice::default() }));
        }
        let (body, resolved, formats) = (Arc::clone(&self.body), Arc::clone(&self.resolved), self.formats);
        let (number, room) = (self.number, limits::REFUSED_EVENTS_MAX.saturating_sub(self.listed));
        let work = move || -> Result<_, Diagnostics> {
            let since = Instant::now();
            let validator = resolved.validator(formats)?;
            let mut slice = Slice::default();
            let (mut next, mut number) = (Some(start), number);
            while let Some(at) = next {
                let rest = &body[at..];
                let length = rest.iter().position(|byte| *byte == b'\n');
                let line = &rest[..length.unwrap_or(rest.len())];
                next = length.map(|length| at + length + 1);
                slice.add(&validator, number, line, room);
                number = number.saturating_add(1);
                if limits::VALIDATION_SLICE <= since.elapsed() || Stop::is_current_requested() {
                    break;
                }
            }
            Ok((slice, next, number, since.elapsed()))
        };
        let done = self.workers.run_for(self.client.clone(), work).await?;
        let at = self.resolved.schema().at();
        let (slice, next, number, took) = done.map_err(|diagnostics| unreadable(at, &diagnostics))?;
        self.next = next;
        self.number = number;
        self.left = self.left.saturating_sub(took);
        self.listed += slice.listed.len();
        Ok(Some(slice))
    }

    /// Returns the number of the first line that is not looked at yet.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }
}

impl Slice {
    fn add(&mut self, validator: &Validator, number: u32, line: &[u8], room: usize) {
        if line.trim_ascii().is_empty() {
            return;
        }
        self.checked += 1;
        let is_told = self.listed.len() < room;
        if let Some(verdict) = decide(validator, number, line, is_told) {
            self.refused += 1;
            self.listed.extend(verdict);
        }
    }
}

/// Decides an event. Nothing when it is accepted; a verdict in the answer if it is to be told of.
fn decide(validator: &Validator, line: u32, event: &[u8], is_told: bool) -> Option<Option<EventVerdict>> {
    let mut verdict = EventVerdict { line, unreadable: None, undecided: None, violations: Vec::new() };
    match parse_event(event) {
        Ok(event) if !validator.can_decide(&event) => {
            let why = "the validation of this event would take too many steps";
            verdict.undecided = Some(why.to_owned());
        }
        Ok(event) if validator.is_valid(&event) => return None,
        // Why is found out for those that are told of: finding out takes longer than that it is so.
        Ok(event) if is_told => {
            verdict.violations = validator.first_violations(&event, limits::VIOLATIONS_MAX);
        }
        Ok(_) => {}
        Err(diagnostic) => verdict.unreadable = Some(diagnostic.to_string()),
    }
    Some(is_told.then_some(verdict))
}
