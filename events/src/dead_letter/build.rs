//! Builds dead letters. All texts are cut to the limits of the schema.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use evschema_runtime::Integer;

use super::letter::DeadLetter;
use crate::decode::DecodeError;
use crate::envelope::{Envelope, EnvelopeError, Place};
use crate::generated::evschema_event_deadlettered::v1::{
    Class, EventDeadlettered, Header, Origin, Violation, event_deadlettered, header, violation,
};
use crate::message::Delivery;
use crate::sha256;

/// Why a consumer gives up an event.
#[derive(Debug, Clone)]
pub(crate) struct Reason {
    pub(crate) class: Class,
    pub(crate) text: String,
    pub(crate) violations: Vec<Violation>,
}

/// A failure of a consumer, with its times in the format of RFC 3339.
#[derive(Debug)]
pub(crate) struct Failure<'f> {
    pub(crate) consumer: &'f str,
    pub(crate) reason: Reason,
    pub(crate) first_failed_at: String,
    pub(crate) at: String,
}

/// The limits of the schema, in characters.
const REASON_MAX: usize = 2000;
const KEYWORD_MAX: usize = 128;
const ORIGIN_MAX: usize = 1000;
const ATTRIBUTE_MAX: usize = 16_384;
const HEADERS_MAX: usize = 256;
const HEADER_NAME_MAX: usize = 1000;

impl Reason {
    pub(crate) fn new(class: Class, text: impl Into<String>) -> Self {
        Self { class, text: text.into(), violations: Vec::new() }
    }

    pub(crate) fn of_envelope(error: &EnvelopeError) -> Self {
        let class = if error.is_not_json() { Class::NotJson } else { Class::Invalid };
        let (instance, line, column) = match &error.place {
            Place::Json { pointer, line, column } => (pointer.clone(), *line, *column),
            Place::Header(name) | Place::Attribute(name) => (name.clone(), 1, 1),
            Place::Message => (String::new(), 1, 1),
        };
        let violation = Violation::new(violation::Required {
            instance: cut(&instance, REASON_MAX),
            keyword: "cloudevents".to_owned(),
            line: integer(line),
            column: integer(column),
            message: cut(&error.problem.to_string(), REASON_MAX),
        });
        Self { class, text: error.to_string(), violations: vec![violation] }
    }

    pub(crate) fn of_decoding(error: &DecodeError) -> Self {
        let mut violations: Vec<Violation> = error.violations().iter().map(violation_of).collect();
        if let Some(evschema_runtime::Error::NotJson { message, line, column }) = error.event_error() {
            violations.push(Violation::new(violation::Required {
                instance: String::new(),
                keyword: "json".to_owned(),
                line: integer(*line),
                column: integer(*column),
                message: cut(message, REASON_MAX),
            }));
        }
        Self { class: error.class(), text: error.to_string(), violations }
    }
}

fn violation_of(violation: &evschema_runtime::Violation) -> Violation {
    let built = Violation::new(violation::Required {
        instance: cut(&violation.pointer, REASON_MAX),
        keyword: cut(&violation.keyword, KEYWORD_MAX),
        line: integer(violation.line),
        column: integer(violation.column),
        message: cut(&violation.message, REASON_MAX),
    });
    if violation.schema_pointer.is_empty() {
        return built;
    }
    built.with_schema(cut(&violation.schema_pointer, REASON_MAX))
}

impl DeadLetter {
    /// Returns the dead letter for a delivery.
    pub(crate) fn of(delivery: &Delivery<'_>, failure: Failure<'_>) -> Self {
        let body = delivery.body();
        let kept = body.get(..Self::PAYLOAD_BYTES_MAX).unwrap_or(body);
        let origin = delivery.origin();
        let short = |text: &Option<String>| text.as_deref().map(|text| cut(text, ORIGIN_MAX));
        let mut place = Origin::of(cut(&origin.transport, 64));
        place.stream = short(&origin.stream);
        place.partition = short(&origin.partition);
        place.sequence = short(&origin.sequence);
        let mut event = EventDeadlettered::new(event_deadlettered::Required {
            consumer: cut(failure.consumer, 128),
            class: failure.reason.class,
            reason: cut(&failure.reason.text, REASON_MAX),
            violations: failure.reason.violations,
            origin: place,
            attempts: i64::from(delivery.attempt()),
            first_failed_at: failure.first_failed_at,
            at: failure.at,
            payload_base64: STANDARD.encode(kept),
            payload_bytes: integer(body.len()),
        });
        event.violations.truncate(100);
        event.payload_digest = Some(format!("sha256:{}", sha256::hex(&sha256::of(body))));
        if let Ok(envelope) = delivery.envelope() {
            let short = |text: &str| Some(cut(text, ATTRIBUTE_MAX));
            event.id = short(envelope.id());
            event.source = short(envelope.source());
            event.r#type = short(envelope.event_type());
            event.dataschema = envelope.dataschema().and_then(short);
        }
        event.headers = headers_of(delivery);
        Self::new(letter_id(failure.consumer, delivery), event)
    }
}

/// Returns the headers up to the limits. A value that is not UTF-8 is left out.
fn headers_of(delivery: &Delivery<'_>) -> Option<Vec<Header>> {
    let mut bytes_left = DeadLetter::HEADER_BYTES_MAX;
    let mut headers = Vec::new();
    for (name, value) in delivery.headers().iter().take(HEADERS_MAX) {
        let Ok(value) = std::str::from_utf8(value) else { continue };
        let size = name.len() + value.len();
        if bytes_left < size || HEADER_NAME_MAX < name.len() {
            continue;
        }
        bytes_left -= size;
        headers.push(Header::new(header::Required { name: (*name).to_owned(), value: value.to_owned() }));
    }
    (!headers.is_empty()).then_some(headers)
}

/// Returns the id of the dead letter: the same for every delivery of one message to one consumer.
fn letter_id(consumer: &str, delivery: &Delivery<'_>) -> String {
    let origin = delivery.origin();
    let part = |text: &Option<String>| text.clone().unwrap_or_default().into_bytes();
    let mut parts = vec![consumer.as_bytes().to_vec(), origin.transport.clone().into_bytes()];
    if origin.sequence.is_some() {
        parts.extend([part(&origin.stream), part(&origin.partition), part(&origin.sequence)]);
    } else {
        let name = delivery.envelope().map(Envelope::to_string).unwrap_or_default();
        parts.extend([name.into_bytes(), delivery.body().to_vec()]);
    }
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    sha256::hex(&sha256::of_parts(&parts)).chars().take(32).collect()
}

fn integer(number: usize) -> Integer {
    Integer::from(u64::try_from(number).unwrap_or(u64::MAX))
}

/// Returns the first characters of a text.
pub(crate) fn cut(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).collect()
}
