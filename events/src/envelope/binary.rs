//! The binary mode: attributes as headers, the payload as body (bindings of HTTP, NATS and Kafka, section 3).

use std::borrow::Cow;

use super::assembly::Assembly;
use super::attribute::AttributeValue;
use super::cloud_event::{Data, Envelope};
use super::error::{EnvelopeError, EnvelopeProblem, Place};
use super::media_type::essence;
use super::percent;

/// The protocol that carries a message. It decides about the names and the encoding of headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Binding {
    /// HTTP: headers `ce-…`, percent-encoded, and `content-type`.
    Http,
    /// NATS 2.2 or newer: headers `ce-…`, percent-encoded, and `ce-datacontenttype`.
    Nats,
    /// Kafka: headers `ce_…` in UTF-8, and `content-type`.
    Kafka,
}

/// The mode of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// The body is a JSON envelope.
    Structured,
    /// The body is a JSON array of envelopes.
    Batch,
    /// The headers are the envelope, and the body is the payload.
    Binary,
}

/// A message in binary mode.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BinaryMessage<'e> {
    /// The headers, ready to send: names in lower case, values encoded.
    pub headers: Vec<(String, String)>,
    /// The payload. `None` if the event has no payload; in Kafka, this is a record without a value.
    pub body: Option<&'e [u8]>,
}

impl Mode {
    /// Returns the mode of a message.
    ///
    /// The content type decides. Without a content type, a message with a header for the attribute `specversion` is in
    /// binary mode. A NATS message without such headers is in structured mode, as before NATS 2.2.
    ///
    /// # Errors
    ///
    /// If the message is in an event format other than JSON, or if it is not a CloudEvent.
    pub fn of<'a>(
        binding: Binding,
        headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<Self, EnvelopeError> {
        let mut has_attributes = false;
        for (name, value) in headers {
            if name.eq_ignore_ascii_case("content-type") {
                let essence = essence(&String::from_utf8_lossy(value));
                let Some(format) = essence.strip_prefix("application/cloudevents") else { continue };
                return match format {
                    "" | "+json" => Ok(Self::Structured),
                    "-batch" | "-batch+json" => Ok(Self::Batch),
                    _ => Err(EnvelopeError::new(
                        Place::Header(name.to_owned()),
                        EnvelopeProblem::Format(essence.chars().take(80).collect()),
                    )),
                };
            }
            has_attributes |= binding.attribute_of(name).is_some_and(|name| name == "specversion");
        }
        match binding {
            _ if has_attributes => Ok(Self::Binary),
            Binding::Nats => Ok(Self::Structured),
            Binding::Http | Binding::Kafka => {
                Err(EnvelopeError::new(Place::Message, EnvelopeProblem::NotACloudEvent))
            }
        }
    }
}

impl Binding {
    fn prefix(self) -> &'static str {
        match self {
            Self::Http | Self::Nats => "ce-",
            Self::Kafka => "ce_",
        }
    }

    /// Returns the attribute of a header. Header names ignore case, except in Kafka.
    fn attribute_of(self, header: &str) -> Option<Cow<'_, str>> {
        let (prefix, name) = header.split_at_checked(self.prefix().len())?;
        match self {
            Self::Kafka => (prefix == self.prefix()).then_some(Cow::Borrowed(name)),
            Self::Http | Self::Nats => prefix.eq_ignore_ascii_case(self.prefix()).then(|| {
                if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                    Cow::Owned(name.to_ascii_lowercase())
                } else {
                    Cow::Borrowed(name)
                }
            }),
        }
    }

    fn decode(self, value: &[u8]) -> Result<Cow<'_, str>, EnvelopeProblem> {
        match self {
            Self::Http | Self::Nats => percent::decode(value),
            Self::Kafka => {
                std::str::from_utf8(value).map(Cow::Borrowed).map_err(|_| EnvelopeProblem::NotUtf8)
            }
        }
    }
}

impl<'a> Envelope<'a> {
    /// Reads an envelope from a message in structured or binary mode.
    ///
    /// # Errors
    ///
    /// If the message is a batch, or is not a valid CloudEvent. The error names the header, or the place in the JSON
    /// text.
    pub fn from_message(
        binding: Binding,
        headers: impl IntoIterator<Item = (&'a str, &'a [u8])> + Clone,
        body: &'a [u8],
    ) -> Result<Self, EnvelopeError> {
        match Mode::of(binding, headers.clone())? {
            Mode::Structured => Envelope::from_structured(body),
            Mode::Binary => Envelope::from_binary(binding, headers, body),
            Mode::Batch => Err(EnvelopeError::new(Place::Message, EnvelopeProblem::Batch)),
        }
    }

    /// Reads an envelope from headers. An empty body is an event without payload.
    ///
    /// Headers that belong to no attribute are ignored.
    ///
    /// # Errors
    ///
    /// If an attribute is missing, invalid or repeated, or if the body is longer than [`Envelope::BYTES_MAX`].
    pub fn from_binary(
        binding: Binding,
        headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
        body: &'a [u8],
    ) -> Result<Self, EnvelopeError> {
        let max = Envelope::BYTES_MAX;
        if max < body.len() {
            return Err(EnvelopeError::new(
                Place::Message,
                EnvelopeProblem::TooLong { bytes: body.len(), max },
            ));
        }
        let mut assembly = Assembly::default();
        let mut content_type = None;
        for (header, value) in headers {
            let failed = |problem| EnvelopeError::new(Place::Header(header.to_owned()), problem);
            if header.eq_ignore_ascii_case("content-type") {
                let text = std::str::from_utf8(value).map_err(|_| failed(EnvelopeProblem::NotUtf8))?;
                if content_type.replace(text.trim()).is_some() {
                    return Err(failed(EnvelopeProblem::Duplicate));
                }
            } else if let Some(name) = binding.attribute_of(header) {
                let text = binding.decode(value).map_err(failed)?;
                assembly.set(name, AttributeValue::Text(text)).map_err(failed)?;
            }
        }
        if let (Some(content_type), None) = (content_type, &assembly.datacontenttype) {
            assembly
                .set(Cow::Borrowed("datacontenttype"), AttributeValue::Text(Cow::Borrowed(content_type)))
                .map_err(|problem| EnvelopeError::new(Place::Header("content-type".to_owned()), problem))?;
        }
        assembly.finish(if body.is_empty() { Data::None } else { Data::Bytes(Cow::Borrowed(body)) })
    }

    /// Writes the envelope in binary mode.
    #[must_use]
    pub fn to_binary(&self, binding: Binding) -> BinaryMessage<'_> {
        let mut headers = Vec::with_capacity(8 + self.extensions.len());
        self.for_each_attribute(|name, value| {
            let text = value.to_text();
            let encoded = match binding {
                Binding::Http | Binding::Nats => percent::encode(&text),
                Binding::Kafka => text.clone(),
            };
            headers.push((format!("{}{name}", binding.prefix()), encoded.into_owned()));
        });
        if let Some(media_type) = self.implied_content_type() {
            let name = match binding {
                Binding::Http | Binding::Kafka => "content-type",
                Binding::Nats => "ce-datacontenttype",
            };
            let encoded = match binding {
                Binding::Http | Binding::Kafka => Cow::Borrowed(media_type),
                Binding::Nats => percent::encode(media_type),
            };
            headers.push((name.to_owned(), encoded.into_owned()));
        }
        BinaryMessage { headers, body: self.data() }
    }
}
