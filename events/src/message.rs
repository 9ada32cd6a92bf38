//! A message of a transport, before a consumer handles it.

use crate::envelope::{Binding, Envelope, EnvelopeError};
use crate::generated::evschema_event_deadlettered::v1::Origin;

/// The headers of a message: names, and values that should be UTF-8.
pub(crate) type Headers<'m> = Vec<(&'m str, &'m [u8])>;

/// The transport of a message. It decides how the envelope is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// NATS.
    Nats,
    /// Kafka.
    Kafka,
    /// HTTP.
    Http,
    /// A queue of Amazon SQS, whose messages are CloudEvents, SNS notifications or EventBridge events.
    Sqs,
    /// A topic of Amazon SNS, with the same messages as a queue.
    Sns,
    /// An event of Amazon EventBridge.
    EventBridge,
    /// A transport without headers. The body is a CloudEvent in structured mode.
    Structured,
}

impl Transport {
    /// Returns the name in dead letters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nats => "nats",
            Self::Kafka => "kafka",
            Self::Http => "http",
            Self::Sqs => "sqs",
            Self::Sns => "sns",
            Self::EventBridge => "eventbridge",
            Self::Structured => "structured",
        }
    }

    /// Returns the transport with this name. An unknown transport has no headers.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        let all = [Self::Nats, Self::Kafka, Self::Http, Self::Sqs, Self::Sns, Self::EventBridge];
        all.into_iter().find(|transport| transport.as_str() == name).unwrap_or(Self::Structured)
    }

    /// Reads the envelope of a message.
    ///
    /// # Errors
    ///
    /// If the message is not a CloudEvent, or cannot be converted to one.
    pub fn read<'m>(
        self,
        headers: &[(&'m str, &'m [u8])],
        body: &'m [u8],
    ) -> Result<Envelope<'m>, EnvelopeError> {
        let read = |binding| Envelope::from_message(binding, headers.iter().copied(), body);
        match self {
            Self::Nats => read(Binding::Nats),
            Self::Kafka => read(Binding::Kafka),
            Self::Http => read(Binding::Http),
            Self::Sqs | Self::Sns => crate::aws::read_message(body),
            Self::EventBridge => crate::aws::read_event_bridge(body),
            Self::Structured => Envelope::from_structured(body),
        }
    }
}

/// One delivery of a message to a consumer.
#[derive(Debug)]
pub struct Delivery<'m> {
    envelope: Result<Envelope<'m>, EnvelopeError>,
    headers: Headers<'m>,
    body: &'m [u8],
    origin: Origin,
    attempt: u32,
}

impl<'m> Delivery<'m> {
    /// Reads the envelope of a message. A broken envelope is no error here, because the consumer makes a dead letter
    /// of it.
    ///
    /// `attempt` is the number of deliveries of this message, including this one; it begins at one.
    #[must_use]
    pub fn new(
        transport: Transport,
        headers: impl IntoIterator<Item = (&'m str, &'m [u8])>,
        body: &'m [u8],
        attempt: u32,
    ) -> Self {
        let headers: Headers<'m> = headers.into_iter().collect();
        let envelope = transport.read(&headers, body);
        Self { envelope, headers, body, origin: Origin::of(transport.as_str()), attempt: attempt.max(1) }
    }

    /// Sets the place of the message in its transport. The transport stays the same.
    #[must_use]
    pub fn with_place(
        mut self,
        stream: impl Into<String>,
        partition: impl Into<String>,
        sequence: impl Into<String>,
    ) -> Self {
        self.origin.stream = Some(stream.into());
        self.origin.partition = Some(partition.into());
        self.origin.sequence = Some(sequence.into());
        self
    }

    /// Returns the envelope, or the reason why the message has none.
    ///
    /// # Errors
    ///
    /// If the message is not a CloudEvent.
    pub fn envelope(&self) -> Result<&Envelope<'m>, &EnvelopeError> {
        self.envelope.as_ref()
    }

    /// Returns the headers of the message.
    #[must_use]
    pub fn headers(&self) -> &[(&'m str, &'m [u8])] {
        &self.headers
    }

    /// Returns the whole body of the message.
    #[must_use]
    pub fn body(&self) -> &'m [u8] {
        self.body
    }

    /// Returns the place of the message in its transport.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns the number of deliveries, including this one.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }
}
