use std::borrow::Cow;

use evschema_runtime::{Error, Event};
use serde_json::value::RawValue;

use super::assembly::Assembly;
use super::attribute::AttributeValue;
use super::cloud_event::{Data, Envelope, SPEC_VERSION};
use super::error::{EnvelopeError, EnvelopeProblem, Place};

/// Builds an envelope. [`EnvelopeBuilder::build`] reports the first invalid attribute.
///
/// ```
/// use evschema_events::Envelope;
///
/// let envelope = Envelope::builder("7", "/shop", "shop.sold")
///     .time("2026-05-20T08:00:00Z")
///     .extension("tenant", "north")
///     .json(br#"{"price": 1.50}"#)
///     .build()?;
/// assert_eq!(envelope.extension("tenant").map(|tenant| tenant.to_string()), Some("north".to_owned()));
/// # Ok::<(), evschema_events::EnvelopeError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct EnvelopeBuilder<'a> {
    assembly: Assembly<'a>,
    data: Data<'a>,
    error: Option<EnvelopeError>,
}

impl<'a> Envelope<'a> {
    /// Returns a builder for an envelope with these required attributes.
    pub fn builder(
        id: impl Into<Cow<'a, str>>,
        source: impl Into<Cow<'a, str>>,
        event_type: impl Into<Cow<'a, str>>,
    ) -> EnvelopeBuilder<'a> {
        EnvelopeBuilder { assembly: Assembly::default(), data: Data::None, error: None }
            .set("specversion", SPEC_VERSION)
            .set("id", id)
            .set("source", source)
            .set("type", event_type)
    }

    /// Returns a builder for the envelope of a generated event: `type`, `dataschema`, `datacontenttype` and payload.
    ///
    /// # Errors
    ///
    /// If the schema rejects the event. So an invalid event never gets an envelope.
    pub fn of_event<T: Event>(
        id: impl Into<Cow<'a, str>>,
        source: impl Into<Cow<'a, str>>,
        event: &T,
    ) -> Result<EnvelopeBuilder<'a>, Error> {
        let bytes = evschema_runtime::private::to_vec(event)?;
        let builder = Envelope::builder(id, source, T::SUBJECT)
            .dataschema(T::DATASCHEMA)
            .datacontenttype("application/json");
        Ok(EnvelopeBuilder { data: Data::Json(Cow::Owned(bytes)), ..builder })
    }
}

impl<'a> EnvelopeBuilder<'a> {
    /// Sets the attribute `subject`: the object in the source that the event describes.
    pub fn subject(self, subject: impl Into<Cow<'a, str>>) -> Self {
        self.set("subject", subject)
    }

    /// Sets the attribute `time`, in the format of RFC 3339.
    pub fn time(self, time: impl Into<Cow<'a, str>>) -> Self {
        self.set("time", time)
    }

    /// Sets the attribute `dataschema`, or replaces it, such as the path of a generated type by the URL of a registry.
    pub fn dataschema(mut self, url: impl Into<Cow<'a, str>>) -> Self {
        self.assembly.dataschema = None;
        self.set("dataschema", url)
    }

    /// Sets the attribute `datacontenttype`, or replaces it.
    pub fn datacontenttype(mut self, media_type: impl Into<Cow<'a, str>>) -> Self {
        self.assembly.datacontenttype = None;
        self.set("datacontenttype", media_type)
    }

    /// Sets the extension attribute `traceparent`, if a value exists.
    pub fn traceparent(self, traceparent: Option<impl Into<Cow<'a, str>>>) -> Self {
        match traceparent {
            Some(value) => self.set("traceparent", value),
            None => self,
        }
    }

    /// Sets an extension attribute. Its name has only the characters a-z and 0-9.
    pub fn extension(mut self, name: impl Into<Cow<'a, str>>, value: impl Into<AttributeValue<'a>>) -> Self {
        let name = name.into();
        if let Err(problem) = self.assembly.set(name.clone(), value.into()) {
            self.fail(&name, problem);
        }
        self
    }

    /// Sets a JSON payload.
    pub fn json(mut self, bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        let bytes = bytes.into();
        if let Err(error) = serde_json::from_slice::<&RawValue>(&bytes) {
            let place = Place::Json { pointer: String::new(), line: error.line(), column: error.column() };
            let error = EnvelopeError::new(place, EnvelopeProblem::NotJson(error.to_string()));
            self.error.get_or_insert(error);
        }
        Self { data: Data::Json(bytes), ..self }
    }

    /// Sets a payload of text whose `datacontenttype` is not JSON.
    pub fn text(self, text: impl Into<Cow<'a, str>>) -> Self {
        Self { data: Data::Text(text.into()), ..self }
    }

    /// Sets a payload of bytes.
    pub fn bytes(self, bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        Self { data: Data::Bytes(bytes.into()), ..self }
    }

    /// Returns the envelope.
    ///
    /// # Errors
    ///
    /// If an attribute is missing or invalid, if a JSON payload is not JSON, or if the payload is longer than
    /// [`Envelope::BYTES_MAX`].
    pub fn build(self) -> Result<Envelope<'a>, EnvelopeError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let envelope = self.assembly.finish(self.data)?;
        let (bytes, max) = (envelope.data().map_or(0, <[u8]>::len), Envelope::BYTES_MAX);
        if max < bytes {
            return Err(EnvelopeError::new(Place::Message, EnvelopeProblem::TooLong { bytes, max }));
        }
        let is_json = envelope.datacontenttype().is_none_or(super::media_type::is_json);
        if matches!(envelope.data, Data::Json(_)) != is_json
            && matches!(envelope.data, Data::Json(_) | Data::Text(_))
        {
            let place = Place::Attribute("datacontenttype".to_owned());
            let message = "the media type and the payload disagree about JSON".to_owned();
            return Err(EnvelopeError::new(place, EnvelopeProblem::Other(message)));
        }
        Ok(envelope)
    }

    fn set(mut self, name: &'static str, value: impl Into<Cow<'a, str>>) -> Self {
        if let Err(problem) = self.assembly.set(Cow::Borrowed(name), AttributeValue::Text(value.into())) {
            self.fail(name, problem);
        }
        self
    }

    fn fail(&mut self, name: &str, problem: EnvelopeProblem) {
        self.error.get_or_insert(EnvelopeError::new(Place::Attribute(name.to_owned()), problem));
    }
}
