//! Compares the answer of the engine about a pair of schemas with the answers of the oracle, under a content model.

use std::panic::{AssertUnwindSafe, catch_unwind};

use evschema_compat::{Direction, Settings, Verdict, diff};
use evschema_model::{ContentModel, Formats, Mode, Resolved, SubjectPolicy};
use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::draw::Draw;
use crate::oracle::{Answer, Oracle};

/// Maximum number of draws to find one event that the writer sends. If none of them is such an event, the trial of the
/// direction ends.
const TRIES_PER_EVENT: usize = 12;

/// Maximum number of sent events that the trial keeps. It draws variations of these events.
const KEPT_MAX: usize = 32;

/// The figures and faults of one direction of a pair.
#[derive(Debug, Default)]
pub struct ContentTrial {
    /// The answer of the engine; `None` if the engine panicked.
    pub verdict: Option<Verdict>,
    /// The number of drawn events that the writer sends. The oracle evaluated the reader for each of them.
    pub events: usize,
    /// The number of events for which the oracle has no answer.
    pub unknown_events: usize,
    /// The number of witnesses in findings.
    pub witnesses: usize,
    /// The number of witnesses for which the oracle has no answer.
    pub unknown_witnesses: usize,
    /// Whether the oracle cannot evaluate one of the schemas.
    pub is_beyond: bool,
    /// The faults of the engine or of the oracle.
    pub faults: Vec<ContentFault>,
}

/// A disagreement between the engine and the oracle.
#[derive(Debug, Clone, PartialEq)]
pub struct ContentFault {
    /// `refuted`, `bad-witness` or `panic`.
    pub kind: &'static str,
    /// The event about which the engine and the oracle disagree.
    pub event: Value,
    /// The reason that the oracle gives.
    pub why: String,
}

/// The settings of a trial.
#[derive(Debug, Clone, Copy)]
pub struct ContentSettings {
    /// The content model.
    pub model: ContentModel,
    /// Whether formats reject values.
    pub formats: Formats,
    /// The number of events to draw for each compatible direction.
    pub events: usize,
    /// The seed of the random numbers.
    pub seed: u64,
}

/// Compares both versions with the engine, and compares each answer of the engine with the oracle. The first result is
/// the backward direction.
pub fn try_content(old: &Resolved, new: &Resolved, how: ContentSettings) -> [ContentTrial; 2] {
    let policy = SubjectPolicy { mode: Mode::Full, content_model: how.model };
    let settings = Settings::new(policy).with_formats(how.formats);
    let answered = catch_unwind(AssertUnwindSafe(|| diff(old, new, &settings)));
    let oracles = (Oracle::new(old, how.formats), Oracle::new(new, how.formats));
    let (Some(old_oracle), Some(new_oracle)) = &oracles else {
        let verdict = |of: fn(&evschema_compat::Diff) -> Verdict| answered.as_ref().ok().map(of);
        return [verdict(|diff| diff.backward), verdict(|diff| diff.forward)].map(|verdict| ContentTrial {
            verdict,
            is_beyond: true,
            ..ContentTrial::default()
        });
    };
    let Ok(answer) = answered else {
        let why = "the engine panicked".to_owned();
        let fault = ContentFault { kind: "panic", event: Value::Null, why };
        return [vec![fault], Vec::new()].map(|faults| ContentTrial { faults, ..ContentTrial::default() });
    };
    let backward = Side { writer: old, sends: old_oracle, reader: new, reads: new_oracle };
    let forward = Side { writer: new, sends: new_oracle, reader: old, reads: old_oracle };
    [(backward, Direction::Backward, answer.backward), (forward, Direction::Forward, answer.forward)].map(
        |(side, direction, verdict)| {
            let mut trial = ContentTrial { verdict: Some(verdict), ..ContentTrial::default() };
            for finding in answer.findings.iter().filter(|finding| finding.direction == direction) {
                if let Some(witness) = &finding.witness {
                    side.try_witness(witness, how.model, &mut trial);
                }
            }
            if verdict == Verdict::Compatible {
                side.refute(how, &mut trial);
            }
            trial
        },
    )
}

/// A direction of a pair.
struct Side<'s> {
    writer: &'s Resolved,
    sends: &'s Oracle<'s>,
    reader: &'s Resolved,
    reads: &'s Oracle<'s>,
}

impl Side<'_> {
    fn sends(&self, event: &Value, model: ContentModel) -> Answer {
        match model {
            ContentModel::Strict => self.sends.accepts(event),
            ContentModel::Lenient | ContentModel::Tolerant => self.sends.sends(event),
        }
    }

    fn try_witness(&self, witness: &Value, model: ContentModel, trial: &mut ContentTrial) {
        trial.witnesses += 1;
        let mut fault = |why: String| {
            trial.faults.push(ContentFault { kind: "bad-witness", event: witness.clone(), why });
        };
        match (self.sends(witness, model), self.reads.reads(witness, model)) {
            (Answer::No(why), _) => fault(format!("the writer does not send it: {why}")),
            (_, Answer::Yes) => fault("the reader accepts it".to_owned()),
            (Answer::Unknown, _) | (_, Answer::Unknown) => trial.unknown_witnesses += 1,
            (Answer::Yes, Answer::No(_)) => {}
        }
    }

    /// Draws events that the writer sends, until the reader rejects one.
    fn refute(&self, how: ContentSettings, trial: &mut ContentTrial) {
        let (writer, reader) = (self.writer.schema().value(), self.reader.schema().value());
        let mut rng = Rng::with_seed(how.seed);
        let mut draw = Draw::new(writer, reader, how.seed);
        let mentioned = Mentioned::of([writer, reader]);
        let mut kept: Vec<Value> = Vec::new();
        for _ in 0..how.events.saturating_mul(TRIES_PER_EVENT) {
            if how.events <= trial.events {
                return;
            }
            let event = match rng.choice(&kept) {
                Some(known) if rng.u8(..4) == 0 => draw.beside(known),
                Some(known) if rng.bool() => mentioned.vary(known, &mut rng),
                Some(_) | None => draw.event(),
            };
            let event = if rng.u8(..3) == 0 { mentioned.vary(&event, &mut rng) } else { event };
            match self.sends(&event, how.model) {
                Answer::Yes => {}
                Answer::No(_) => continue,
                Answer::Unknown => {
                    trial.unknown_events += 1;
                    continue;
                }
            }
            trial.events += 1;
            match self.reads.reads(&event, how.model) {
                Answer::Yes => {}
                Answer::No(why) => {
                    trial.faults.push(ContentFault { kind: "refuted", event, why });
                    return;
                }
                Answer::Unknown => trial.unknown_events += 1,
            }
            if kept.len() < KEPT_MAX {
                kept.push(event);
            } else {
                let at = rng.usize(..kept.len());
                kept[at] = event;
            }
        }
    }
}

/// The names and values that two schemas contain anywhere.
struct Mentioned {
    names: Vec<String>,
    values: Vec<Value>,
}

impl Mentioned {
    fn of<'v>(schemas: impl IntoIterator<Item = &'v Value>) -> Self {
        let values = vec![
            json!(""),
            json!(0),
            json!(1.5),
            json!(true),
            Value::Null,
            json!({}),
            json!([]),
            json!(["", 0]),
        ];
        let mut mentioned = Self { names: Vec::new(), values };
        for schema in schemas {
            mentioned.collect(schema, "");
        }
        mentioned.names.sort();
        mentioned.names.dedup();
        mentioned
    }

    fn collect(&mut self, value: &Value, keyword: &str) {
        const HOLDERS: [&str; 5] =
            ["properties", "dependentRequired", "dependentSchemas", "dependencies", "const"];
        match value {
            Value::Object(members) => {
                if HOLDERS.contains(&keyword) || keyword == "enum" {
                    self.names.extend(members.keys().cloned());
                }
                if keyword == "const" {
                    self.values.push(value.clone());
                }
                for (name, member) in members {
                    self.collect(member, name);
                }
            }
            Value::Array(items) => {
                if keyword == "enum" {
                    self.values.extend(items.iter().cloned());
                }
                items.iter().for_each(|item| self.collect(item, keyword));
            }
            Value::String(text) if keyword != "type" && keyword != "$schema" => {
                self.names.push(text.clone());
                self.values.push(value.clone());
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// Removes, adds or exchanges one member or item.
    fn vary(&self, event: &Value, rng: &mut Rng) -> Value {
        let mut varied = event.clone();
        let mut place = &mut varied;
        // Follows a random path through the event, and stops at a random place.
        while rng.u8(..3) != 0 {
            let deeper = match place {
                Value::Object(members) => !members.is_empty(),
                Value::Array(items) => !items.is_empty(),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
            };
            if !deeper {
                break;
            }
            let Some(next) = random_child(place, rng) else { return event.clone() };
            place = next;
        }
        let value = match rng.u8(..6) {
            0 => json!({ self.name(rng): self.value(rng) }),
            1 => json!([self.value(rng)]),
            _ => self.value(rng),
        };
        let is_kept = rng.u8(..4) != 0;
        if let Value::Object(members) = &mut *place
            && is_kept
        {
            self.vary_object(members, value, rng);
        } else if let Value::Array(items) = &mut *place
            && is_kept
        {
            if rng.bool() {
                items.push(value);
            } else {
                items.pop();
            }
        } else {
            *place = value;
        }
        varied
    }

    fn vary_object(&self, members: &mut Map<String, Value>, value: Value, rng: &mut Rng) {
        if rng.u8(..3) == 0
            && let Some(name) = rng.choice(members.keys()).cloned()
        {
            members.shift_remove(&name);
        } else {
            members.insert(self.name(rng), value);
        }
    }

    fn name(&self, rng: &mut Rng) -> String {
        rng.choice(&self.names).cloned().unwrap_or_else(|| "other".to_owned())
    }

    fn value(&self, rng: &mut Rng) -> Value {
        rng.choice(&self.values).cloned().unwrap_or(Value::Null)
    }
}

fn random_child<'v>(place: &'v mut Value, rng: &mut Rng) -> Option<&'v mut Value> {
    match place {
        Value::Object(members) => {
            let at = rng.usize(..members.len());
            members.values_mut().nth(at)
        }
        Value::Array(items) => {
            let at = rng.usize(..items.len());
            items.get_mut(at)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
