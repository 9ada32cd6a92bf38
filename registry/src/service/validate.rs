use std::sync::Arc;

use evschema_api::{EventVerdict, Validation};
use evschema_model::{Coordinates, Validator, parse_event};

use super::library::unreadable;
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

impl Registry {
    /// Decides events by a version.
    ///
    /// # Errors
    ///
    /// When there is no such version.
    pub(crate) async fn validate(
        &self,
        at: &Coordinates,
        framing: Framing,
        body: Arc<[u8]>,
    ) -> Result<Validation, Refusal> {
        // Also says when the version is not there.
        self.content(at).await?;
        let resolved = self.library.registered(at).await?;
        let formats = self.formats;
        let decided =
            self.workers.run(move || Ok(decide(&resolved.validator(formats)?, framing, &body))).await?;
        decided.map_err(|diagnostics| unreadable(at, &diagnostics))
    }
}

fn decide(validator: &Validator, framing: Framing, body: &[u8]) -> Validation {
    let mut answer = Validation { valid: true, checked: 0, refused: Vec::new() };
    let events: Box<dyn Iterator<Item = &[u8]>> = match framing {
        Framing::One => Box::new(std::iter::once(body)),
        Framing::Lines => Box::new(body.split(|byte| *byte == b'\n')),
    };
    for (number, event) in (1..).zip(events) {
        if framing == Framing::Lines && event.trim_ascii().is_empty() {
            continue;
        }
        answer.checked += 1;
        let is_told = answer.refused.len() < limits::REFUSED_EVENTS_MAX;
        let mut verdict =
            EventVerdict { line: number, unreadable: None, undecided: None, violations: Vec::new() };
        match parse_event(event) {
            Ok(event) if !validator.can_decide(&event) => {
                let why = "the schema and the event multiply to more steps than a validation may take";
                verdict.undecided = Some(why.to_owned());
            }
            Ok(event) if validator.is_valid(&event) => continue,
            // Why is found out for those that are told of: finding out takes longer than that it is so.
            Ok(event) if is_told => {
                verdict.violations = validator.first_violations(&event, limits::VIOLATIONS_MAX);
            }
            Ok(_) => {}
            Err(diagnostic) => verdict.unreadable = Some(diagnostic.to_string()),
        }
        answer.valid = false;
        if is_told {
            answer.refused.push(verdict);
        }
    }
    answer
}
