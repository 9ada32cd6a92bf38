use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use evschema_runtime::Error;

use crate::decode::{DecodeError, FromEnvelope};
use crate::envelope::{Envelope, EnvelopeError};
use crate::generated::evschema_event_deadlettered::v1::EventDeadlettered;
use crate::message::{Headers, Transport};

/// A dead letter with its id. The id is the same after every attempt to store it, so a store keeps it once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    id: String,
    event: EventDeadlettered,
}

/// Why a dead letter cannot be read, written or replayed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeadLetterError {
    /// The message is not a CloudEvent.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The message is not an event `evschema.event.deadlettered`.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A value of the dead letter breaks its schema.
    #[error("the dead letter breaks its own schema: {0}")]
    Invalid(#[from] Error),
    /// The payload was longer than [`DeadLetter::PAYLOAD_BYTES_MAX`], so the dead letter has only its beginning.
    #[error("the dead letter has {kept} of the message's {bytes} bytes; get the message from its origin")]
    Cut {
        /// The number of bytes that the dead letter has.
        kept: usize,
        /// The size of the message in bytes.
        bytes: u64,
    },
    /// The payload is not Base64.
    #[error("`payload_base64` of dead letter `{id}` is not Base64")]
    Base64 {
        /// The id of the dead letter.
        id: String,
    },
}

impl DeadLetter {
    /// Maximum number of bytes of the original message that a dead letter keeps. In Base64, they take 597 KiB. With
    /// escaped headers, attributes and violations, the dead letter fits into a message of 1 MiB, the default limit of
    /// NATS.
    pub const PAYLOAD_BYTES_MAX: usize = 448 * 1024;

    /// Maximum number of bytes of all headers that a dead letter keeps.
    pub const HEADER_BYTES_MAX: usize = 32 * 1024;

    pub(crate) fn new(id: String, event: EventDeadlettered) -> Self {
        Self { id, event }
    }

    /// Returns the id: 32 hexadecimal digits.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the event, with the class, the reasons and the origin.
    #[must_use]
    pub fn event(&self) -> &EventDeadlettered {
        &self.event
    }

    /// Returns the unchanged bytes of the original message.
    ///
    /// # Errors
    ///
    /// If the dead letter has only the beginning of the message.
    pub fn payload(&self) -> Result<Vec<u8>, DeadLetterError> {
        let bytes = STANDARD
            .decode(self.event.payload_base64.as_bytes())
            .map_err(|_| DeadLetterError::Base64 { id: self.id.clone() })?;
        let size = u64::try_from(&self.event.payload_bytes).unwrap_or(u64::MAX);
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) < size {
            return Err(DeadLetterError::Cut { kept: bytes.len(), bytes: size });
        }
        Ok(bytes)
    }

    /// Returns the headers of the original message, for a replay.
    ///
    /// Headers that tell a NATS server how to store one message are left out. For example, with the original
    /// `Nats-Msg-Id`, the server would drop a replayed event as a duplicate.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> + Clone {
        let headers = self.event.headers.as_deref().unwrap_or_default();
        let headers = headers.iter().filter(|header| !is_for_nats(&header.name));
        headers.map(|header| (header.name.as_str(), header.value.as_bytes()))
    }

    /// Reads the original envelope again from the payload and the headers.
    ///
    /// # Errors
    ///
    /// If the message is not a CloudEvent.
    pub fn original<'p>(&'p self, payload: &'p [u8]) -> Result<Envelope<'p>, EnvelopeError> {
        let headers: Headers<'_> = self.headers().collect();
        Transport::parse(&self.event.origin.transport).read(&headers, payload)
    }

    /// Returns the dead letter as an envelope, with the consumer as its source.
    ///
    /// # Errors
    ///
    /// If a value breaks the schema of dead letters.
    pub fn to_envelope(&self) -> Result<Envelope<'_>, DeadLetterError> {
        let source = format!("/consumers/{}", crate::envelope::percent_encode(&self.event.consumer));
        let builder = Envelope::of_event(self.id.as_str(), source, &self.event)?;
        Ok(builder.time(self.event.at.as_str()).build()?)
    }

    /// Reads a dead letter from the structured form of [`DeadLetter::to_envelope`].
    ///
    /// # Errors
    ///
    /// If the bytes are not an envelope of a valid dead letter.
    pub fn from_structured(bytes: &[u8]) -> Result<Self, DeadLetterError> {
        let envelope = Envelope::from_structured(bytes)?;
        let event = EventDeadlettered::from_envelope(&envelope)?;
        Ok(Self { id: envelope.id().to_owned(), event })
    }
}

/// Returns whether a header is an instruction to a NATS server about one message.
fn is_for_nats(name: &str) -> bool {
    name.get(.."nats-".len()).is_some_and(|start| start.eq_ignore_ascii_case("nats-"))
}

#[cfg(test)]
mod tests {
    use super::is_for_nats;

    #[test]
    fn instructions_to_nats_are_not_repeated() {
        assert!(["Nats-Msg-Id", "nats-expected-last-sequence"].into_iter().all(is_for_nats));
        assert!(!["ce-id", "traceparent", "nats", "é-nats-x"].into_iter().any(is_for_nats));
    }
}
