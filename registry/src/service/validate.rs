use std::sync::Arc;
use std::time::{Duration, Instant};

use evschema_api::{EventVerdict, Validation};
use evschema_model::{Coordinates, Diagnostics, Formats, Resolved, Stop, Validator, parse_event};

use super::refusal::Refusal;
use super::registry::Registry;
use super::schema_cache::unreadable;
use super::workers::{Client, Workers};
use crate::limits;

/// The format of the events in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// One JSON text.
    One,
    /// One JSON text on each line. Empty lines do not count.
    Lines,
}

/// The validation of the events of one request, one event on each line.
#[derive(Debug)]
pub(crate) struct Lines {
    workers: Workers,
    client: Client,
    resolved: Arc<Resolved>,
    formats: Formats,
    body: Arc<[u8]>,
    /// The offset of the next line; `None` after the last line.
    next: Option<usize>,
    /// The number of the next line.
    number: u32,
    /// The remaining time for the validation of this request.
    left: Duration,
    listed: usize,
}

/// The result of one time slice.
#[derive(Debug, Default)]
pub(crate) struct Slice {
    /// The number of validated events.
    pub(crate) checked: u32,
    /// The number of events that are not valid.
    pub(crate) refused: u32,
    /// The invalid events that the answer lists.
    pub(crate) listed: Vec<EventVerdict>,
    /// The first line that the registry does not validate, because no time remains.
    pub(crate) unchecked_from: Option<u32>,
}

impl Registry {
    /// Validates one event against a version.
    ///
    /// # Errors
    ///
    /// If the version does not exist.
    pub(crate) async fn validate(&self, at: &Coordinates, body: Arc<[u8]>) -> Result<Validation, Refusal> {
        let resolved = self.schema_to_validate(at).await?;
        let formats = self.formats;
        let work = move || {
            let verdict = validate_event(&resolved.validator(formats)?, 1, &body, true);
            let refused: Vec<EventVerdict> = verdict.into_iter().flatten().collect();
            let valid = refused.is_empty();
            Ok(Validation { valid, checked: 1, refused, unchecked_from: None })
        };
        self.workers.run(work).await?.map_err(|diagnostics| unreadable(at, &diagnostics))
    }

    /// Prepares the validation of events against a version, with one event on each line.
    ///
    /// # Errors
    ///
    /// If the version does not exist.
    pub(crate) async fn validate_lines(&self, at: &Coordinates, body: Arc<[u8]>) -> Result<Lines, Refusal> {
        let resolved = self.schema_to_validate(at).await?;
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

    async fn schema_to_validate(&self, at: &Coordinates) -> Result<Arc<Resolved>, Refusal> {
        // If the version does not exist, this call returns the error.
        self.content(at).await?;
        self.schemas.registered(at).await
    }
}

impl Lines {
    /// Waits for the client's turn, and then validates events for one time slice. Returns `None` after the last event.
    ///
    /// # Errors
    ///
    /// If too many checks are waiting.
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

    /// Returns the number of the next line.
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
        let is_listed = self.listed.len() < room;
        if let Some(verdict) = validate_event(validator, number, line, is_listed) {
            self.refused += 1;
            self.listed.extend(verdict);
        }
    }
}

/// Validates an event. Returns `None` if the event is valid. If the event is not valid, returns its verdict, or
/// `Some(None)` if the answer does not list the event.
fn validate_event(
    validator: &Validator,
    line: u32,
    event: &[u8],
    is_listed: bool,
) -> Option<Option<EventVerdict>> {
    let mut verdict = EventVerdict { line, unreadable: None, undecided: None, violations: Vec::new() };
    match parse_event(event) {
        Ok(event) if !validator.can_decide(&event) => {
            let why = "the validation of this event would take too many steps";
            verdict.undecided = Some(why.to_owned());
        }
        Ok(event) if validator.is_valid(&event) => return None,
        // It takes longer to list the violations than to reject the event. So the registry lists them only if the
        // answer lists the event.
        Ok(event) if is_listed => {
            verdict.violations = validator.first_violations(&event, limits::VIOLATIONS_MAX);
        }
        Ok(_) => {}
        Err(diagnostic) => verdict.unreadable = Some(diagnostic.to_string()),
    }
    Some(is_listed.then_some(verdict))
}
