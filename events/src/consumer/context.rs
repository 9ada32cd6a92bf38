use crate::envelope::Envelope;
use crate::generated::evschema_event_deadlettered::v1::Origin;
use crate::message::Delivery;
use crate::sha256;
use crate::trace_parent::TraceParent;

/// The attributes of an event, for its handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    consumer: String,
    id: String,
    source: String,
    event_type: String,
    subject: Option<String>,
    time: Option<String>,
    traceparent: Option<TraceParent>,
    origin: Origin,
    attempt: u32,
    digest: [u8; 32],
}

impl Context {
    pub(crate) fn new(consumer: &str, envelope: &Envelope<'_>, delivery: &Delivery<'_>) -> Self {
        // A header of the transport belongs to the last hop, and the attribute to the first one.
        let header = delivery.headers().iter().find(|(name, _)| name.eq_ignore_ascii_case("traceparent"));
        let header = header.and_then(|(_, value)| std::str::from_utf8(value).ok());
        let traceparent = envelope.traceparent().and_then(TraceParent::parse);
        Self {
            consumer: consumer.to_owned(),
            id: envelope.id().to_owned(),
            source: envelope.source().to_owned(),
            event_type: envelope.event_type().to_owned(),
            subject: envelope.subject().map(str::to_owned),
            time: envelope.time().map(str::to_owned),
            traceparent: traceparent.or_else(|| header.and_then(TraceParent::parse)),
            origin: delivery.origin().clone(),
            attempt: delivery.attempt(),
            digest: sha256::of(envelope.data().unwrap_or_default()),
        }
    }

    /// Returns the name of the consumer.
    #[must_use]
    pub fn consumer(&self) -> &str {
        &self.consumer
    }

    /// Returns the attribute `id`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the attribute `source`.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the attribute `type`.
    #[must_use]
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// Returns the attribute `subject`.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// Returns the attribute `time` in the format of RFC 3339.
    #[must_use]
    pub fn time(&self) -> Option<&str> {
        self.time.as_deref()
    }

    /// Returns the `traceparent` of the envelope, or else of the transport's header. Pass it to
    /// [`EnvelopeBuilder::traceparent`](crate::envelope::EnvelopeBuilder::traceparent) for events that this event
    /// causes.
    #[must_use]
    pub fn traceparent(&self) -> Option<&TraceParent> {
        self.traceparent.as_ref()
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

    /// Returns the SHA-256 digest of the payload.
    #[must_use]
    pub fn payload_digest(&self) -> &[u8; 32] {
        &self.digest
    }
}
