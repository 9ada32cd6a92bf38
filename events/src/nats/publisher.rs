use async_nats::jetstream::Context;
use async_nats::jetstream::message::PublishMessage;
use bytes::Bytes;

use super::headers;
use crate::envelope::{Binding, Envelope};
use crate::publish::{Outgoing, PublishError, Published, Publisher};

/// The mode of the messages that a publisher sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PublishMode {
    /// The attributes are headers, and the payload is the body.
    #[default]
    Binary,
    /// The body is a JSON envelope.
    Structured,
}

/// Publishes events to JetStream, and waits for the acknowledgement of each event.
///
/// The message id (`Nats-Msg-Id`) is the source and the id of the event. A stream stores an id only once within its
/// `duplicate_window`, which is two minutes by default. Set it to the longest time for which a relay may stand still.
#[derive(Debug, Clone)]
pub struct JetStreamPublisher {
    context: Context,
    mode: PublishMode,
}

impl JetStreamPublisher {
    /// Returns a publisher for the binary mode.
    #[must_use]
    pub fn new(context: Context) -> Self {
        Self { context, mode: PublishMode::default() }
    }

    /// Sets the mode of the messages.
    #[must_use]
    pub fn mode(self, mode: PublishMode) -> Self {
        Self { mode, ..self }
    }

    fn message(&self, event: &Outgoing<'_>) -> Result<PublishMessage, PublishError> {
        let envelope = event.envelope;
        let message_id = event.message_id();
        let binary = envelope.to_binary(Binding::Nats);
        let (body, attributes) = match self.mode {
            PublishMode::Binary => {
                (Bytes::copy_from_slice(binary.body.unwrap_or_default()), binary.headers.as_slice())
            }
            PublishMode::Structured => (Bytes::from(envelope.to_structured()), &[][..]),
        };
        let format =
            (self.mode == PublishMode::Structured).then_some(("Content-Type", Envelope::CONTENT_TYPE));
        let trace = envelope.traceparent().map(|parent| ("traceparent", parent));
        let all = attributes
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(format)
            .chain(trace)
            .chain([("Nats-Msg-Id", message_id.as_str())]);
        let headers = headers::write(all).map_err(|cause| PublishError::new(event, cause))?;
        Ok(PublishMessage::build().payload(body).headers(headers))
    }
}

impl Publisher for JetStreamPublisher {
    async fn publish(&self, events: &[Outgoing<'_>]) -> Result<Vec<Published>, PublishError> {
        let mut acknowledgements = Vec::with_capacity(events.len());
        for event in events {
            let sent = self.context.send_publish(event.destination.to_owned(), self.message(event)?).await;
            acknowledgements.push(sent.map_err(|cause| PublishError::new(event, cause))?);
        }
        let mut published = Vec::with_capacity(events.len());
        for (event, acknowledgement) in events.iter().zip(acknowledgements) {
            let answer = acknowledgement.await.map_err(|cause| PublishError::new(event, cause))?;
            published.push(if answer.duplicate { Published::Duplicate } else { Published::New });
        }
        Ok(published)
    }
}
