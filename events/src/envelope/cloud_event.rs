use std::borrow::Cow;
use std::fmt;

use evschema_runtime::Hint;

use super::attribute::AttributeValue;

/// The version of CloudEvents that this crate reads and writes.
pub(super) const SPEC_VERSION: &str = "1.0";

/// One event of CloudEvents 1.0: its attributes and its payload.
///
/// A value always has a valid `id`, `source` and `type`. The attribute `specversion` is always `1.0`.
///
/// ```
/// use evschema_events::Envelope;
///
/// let message = br#"{"specversion":"1.0","id":"7","source":"/shop","type":"shop.sold","data":{"price": 1.50}}"#;
/// let envelope = Envelope::from_structured(message)?;
/// assert_eq!(envelope.event_type(), "shop.sold");
/// assert_eq!(envelope.data(), Some(&br#"{"price": 1.50}"#[..]));
/// # Ok::<(), evschema_events::EnvelopeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope<'a> {
    pub(super) id: Cow<'a, str>,
    pub(super) source: Cow<'a, str>,
    pub(super) event_type: Cow<'a, str>,
    pub(super) subject: Option<Cow<'a, str>>,
    pub(super) time: Option<Cow<'a, str>>,
    pub(super) dataschema: Option<Cow<'a, str>>,
    pub(super) datacontenttype: Option<Cow<'a, str>>,
    pub(super) extensions: Vec<(Cow<'a, str>, AttributeValue<'a>)>,
    pub(super) data: Data<'a>,
}

/// The payload of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Data<'a> {
    None,
    /// A JSON text that was parsed once.
    Json(Cow<'a, [u8]>),
    /// The text of a payload that is not JSON.
    Text(Cow<'a, str>),
    /// Bytes of any content type.
    Bytes(Cow<'a, [u8]>),
}

impl<'a> Envelope<'a> {
    /// Media type of the structured mode (JSON format, section 3).
    pub const CONTENT_TYPE: &'static str = "application/cloudevents+json";

    /// Media type of a batch (JSON format, section 4.2).
    pub const BATCH_CONTENT_TYPE: &'static str = "application/cloudevents-batch+json";

    /// Maximum size of an envelope with its payload, in bytes. The brokers that this crate supports accept less by
    /// default.
    pub const BYTES_MAX: usize = 16 * 1024 * 1024;

    /// Maximum number of attributes, so that a hostile sender cannot make the search for duplicates slow.
    pub const ATTRIBUTES_MAX: usize = 128;

    /// Maximum size of an attribute's value, in bytes.
    pub const VALUE_BYTES_MAX: usize = 16 * 1024;

    /// Maximum number of events in a batch.
    pub const BATCH_MAX: usize = 10_000;

    /// Returns the attribute `id`. `source` and `id` together identify an event.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the attribute `source`: the context in which the event happened.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the attribute `type`: the subject of the schema, such as `commerce.order.placed`, or the subject with a
    /// line, such as `commerce.order.placed.v2`.
    #[must_use]
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// Returns the attribute `subject`: the object in the source that the event describes. This is not the subject of
    /// a schema.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// Returns the attribute `time` in the format of RFC 3339.
    #[must_use]
    pub fn time(&self) -> Option<&str> {
        self.time.as_deref()
    }

    /// Returns the attribute `dataschema`: the URL of the version's schema.
    #[must_use]
    pub fn dataschema(&self) -> Option<&str> {
        self.dataschema.as_deref()
    }

    /// Returns the attribute `datacontenttype`: the media type of the payload.
    #[must_use]
    pub fn datacontenttype(&self) -> Option<&str> {
        self.datacontenttype.as_deref()
    }

    /// Returns the extension attributes, in the order of the input.
    pub fn extensions(&self) -> impl Iterator<Item = (&str, &AttributeValue<'a>)> {
        self.extensions.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// Returns an extension attribute.
    #[must_use]
    pub fn extension(&self, name: &str) -> Option<&AttributeValue<'a>> {
        self.extensions.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Returns the extension attribute `traceparent` (extension "Distributed Tracing").
    #[must_use]
    pub fn traceparent(&self) -> Option<&str> {
        match self.extension("traceparent")? {
            AttributeValue::Text(text) => Some(text),
            AttributeValue::Boolean(_) | AttributeValue::Integer(_) => None,
        }
    }

    /// Returns the bytes of the payload, or `None` if the event has no payload.
    ///
    /// For a JSON payload, these are the bytes of the input, with all white space and digits.
    #[must_use]
    pub fn data(&self) -> Option<&[u8]> {
        match &self.data {
            Data::None => None,
            Data::Json(bytes) | Data::Bytes(bytes) => Some(bytes),
            Data::Text(text) => Some(text.as_bytes()),
        }
    }

    /// Returns the attributes that name the version of the event, for `AnyOrderPlaced::decode`.
    #[must_use]
    pub fn hint(&self) -> Hint<'_> {
        Hint::new(self.dataschema(), Some(self.event_type()))
    }

    /// Returns the envelope with copies of everything that it borrows.
    #[must_use]
    pub fn into_owned(self) -> Envelope<'static> {
        fn owned<T: ?Sized + ToOwned + 'static>(value: Cow<'_, T>) -> Cow<'static, T> {
            Cow::Owned(value.into_owned())
        }
        let extensions = self.extensions.into_iter();
        Envelope {
            id: owned(self.id),
            source: owned(self.source),
            event_type: owned(self.event_type),
            subject: self.subject.map(owned),
            time: self.time.map(owned),
            dataschema: self.dataschema.map(owned),
            datacontenttype: self.datacontenttype.map(owned),
            extensions: extensions.map(|(name, value)| (owned(name), value.into_owned())).collect(),
            data: match self.data {
                Data::None => Data::None,
                Data::Json(bytes) => Data::Json(owned(bytes)),
                Data::Text(text) => Data::Text(owned(text)),
                Data::Bytes(bytes) => Data::Bytes(owned(bytes)),
            },
        }
    }

    /// Returns the media type of the payload. A JSON payload without a `datacontenttype` is `application/json` (JSON
    /// format, section 3.1.1).
    pub(super) fn implied_content_type(&self) -> Option<&str> {
        match (&self.datacontenttype, &self.data) {
            (Some(declared), _) => Some(declared),
            (None, Data::Json(_)) => Some("application/json"),
            (None, Data::None | Data::Text(_) | Data::Bytes(_)) => None,
        }
    }

    /// Calls `visit` for each attribute except `datacontenttype`, in the order of the specification.
    pub(super) fn for_each_attribute(&self, mut visit: impl FnMut(&str, &AttributeValue<'_>)) {
        let mut text = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                visit(name, &AttributeValue::Text(Cow::Borrowed(value)));
            }
        };
        text("specversion", Some(SPEC_VERSION));
        text("id", Some(&self.id));
        text("source", Some(&self.source));
        text("type", Some(&self.event_type));
        text("subject", self.subject());
        text("time", self.time());
        text("dataschema", self.dataschema());
        for (name, value) in &self.extensions {
            visit(name, value);
        }
    }
}

impl<'e> From<&'e Envelope<'_>> for Hint<'e> {
    fn from(envelope: &'e Envelope<'_>) -> Self {
        envelope.hint()
    }
}

/// Names the event: its type, source and id.
impl fmt::Display for Envelope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` `{}` of `{}`", self.event_type, self.id, self.source)
    }
}
