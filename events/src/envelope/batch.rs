//! The JSON batch format of CloudEvents, section 4.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::cloud_event::Envelope;
use super::error::{EnvelopeError, EnvelopeProblem, Place};
use super::structured::{Text, not_json};

/// Reads a batch: a JSON array of envelopes.
///
/// An invalid element does not affect the other elements. Its error names the place in the whole text.
///
/// # Errors
///
/// If the text is not a JSON array, is longer than [`Envelope::BYTES_MAX`], or has more than
/// [`Envelope::BATCH_MAX`] elements.
///
/// ```
/// use evschema_events::envelope::read_batch;
///
/// let batch = br#"[{"specversion":"1.0","id":"1","source":"/shop","type":"shop.sold"}, {"id":"2"}]"#;
/// let events = read_batch(batch)?;
/// assert!(events[0].is_ok());
/// let error = events[1].as_ref().unwrap_err().to_string();
/// assert_eq!(error, "attribute `specversion`: the attribute is missing, and CloudEvents requires it");
/// # Ok::<(), evschema_events::EnvelopeError>(())
/// ```
pub fn read_batch(bytes: &[u8]) -> Result<Vec<Result<Envelope<'_>, EnvelopeError>>, EnvelopeError> {
    let max = Envelope::BYTES_MAX;
    if max < bytes.len() {
        let problem = EnvelopeProblem::TooLong { bytes: bytes.len(), max };
        return Err(EnvelopeError::new(Place::Message, problem));
    }
    let text = Text(bytes);
    text.check_start(b'[', EnvelopeProblem::NotAnArray)?;
    let elements: Elements<'_> = serde_json::from_slice(bytes).map_err(|error| not_json(&error))?;
    if elements.is_too_many {
        let problem = EnvelopeProblem::TooManyEvents(Envelope::BATCH_MAX);
        return Err(EnvelopeError::new(Place::Message, problem));
    }
    let events = elements.list.into_iter().enumerate().map(|(index, raw)| {
        Envelope::from_structured(raw.get().as_bytes()).map_err(|error| EnvelopeError {
            place: error.place.below(bytes, text.position(raw.get()), &format!("/{index}")),
            problem: error.problem,
        })
    });
    Ok(events.collect())
}

/// Writes a batch. Send it with the media type [`Envelope::BATCH_CONTENT_TYPE`].
#[must_use]
pub fn write_batch<'e, 'a: 'e>(envelopes: impl IntoIterator<Item = &'e Envelope<'a>>) -> Vec<u8> {
    let mut out = vec![b'['];
    for (index, envelope) in envelopes.into_iter().enumerate() {
        if 0 < index {
            out.push(b',');
        }
        envelope.write_structured(&mut out);
    }
    out.push(b']');
    out
}

struct Elements<'a> {
    list: Vec<&'a RawValue>,
    is_too_many: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for Elements<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ElementsVisitor)
    }
}

struct ElementsVisitor;

impl<'de> Visitor<'de> for ElementsVisitor {
    type Value = Elements<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a batch of envelopes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Elements<'de>, A::Error> {
        let mut elements = Elements { list: Vec::new(), is_too_many: false };
        loop {
            if Envelope::BATCH_MAX <= elements.list.len() {
                while sequence.next_element::<IgnoredAny>()?.is_some() {
                    elements.is_too_many = true;
                }
                return Ok(elements);
            }
            let Some(element) = sequence.next_element()? else { return Ok(elements) };
            elements.list.push(element);
        }
    }
}
