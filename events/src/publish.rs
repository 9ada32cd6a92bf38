//! Publishers: the way from an envelope to a broker.

use std::future::Future;

use crate::envelope::{Envelope, percent_encode};

/// An event on its way to a broker.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Outgoing<'e> {
    /// The destination, such as a subject of NATS or a topic of Kafka.
    pub destination: &'e str,
    /// The envelope.
    pub envelope: &'e Envelope<'e>,
}

impl<'e> Outgoing<'e> {
    /// Returns an event with its destination.
    #[must_use]
    pub fn new(destination: &'e str, envelope: &'e Envelope<'e>) -> Self {
        Self { destination, envelope }
    }

    /// Returns the id by which a broker recognizes a second copy: the source and the id of the event. Both are
    /// percent-encoded, so the space between them is unambiguous.
    #[must_use]
    pub fn message_id(&self) -> String {
        format!("{} {}", percent_encode(self.envelope.source()), percent_encode(self.envelope.id()))
    }
}

/// An acknowledgement of a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Published {
    /// The broker has stored the event.
    New,
    /// The broker already had an event with this message id.
    Duplicate,
}

/// Sends events to a broker.
pub trait Publisher: Send + Sync {
    /// Sends events in order, and returns after the broker has acknowledged all of them. The answers are in the same
    /// order.
    ///
    /// # Errors
    ///
    /// If the broker did not acknowledge an event. It may have stored any of the events nevertheless.
    fn publish(
        &self,
        events: &[Outgoing<'_>],
    ) -> impl Future<Output = Result<Vec<Published>, PublishError>> + Send;
}

impl<P: Publisher> Publisher for &P {
    async fn publish(&self, events: &[Outgoing<'_>]) -> Result<Vec<Published>, PublishError> {
        (**self).publish(events).await
    }
}

impl<P: Publisher> Publisher for std::sync::Arc<P> {
    async fn publish(&self, events: &[Outgoing<'_>]) -> Result<Vec<Published>, PublishError> {
        (**self).publish(events).await
    }
}

/// A broker did not acknowledge an event.
#[derive(Debug, thiserror::Error)]
#[error("the broker did not acknowledge event `{message_id}` for `{destination}`: {cause}")]
#[non_exhaustive]
pub struct PublishError {
    /// The destination of the event.
    pub destination: String,
    /// The message id of the event.
    pub message_id: String,
    /// The error of the client.
    pub cause: Box<dyn std::error::Error + Send + Sync>,
}

impl PublishError {
    /// Returns the error for an event.
    pub fn new(event: &Outgoing<'_>, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            destination: event.destination.to_owned(),
            message_id: event.message_id(),
            cause: cause.into(),
        }
    }
}
