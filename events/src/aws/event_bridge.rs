//! The event of EventBridge: `detail-type`, `source`, `detail` and more.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::envelope::{Envelope, EnvelopeError, EnvelopeProblem, Place};

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    source: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "detail-type")]
    detail_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    time: Option<Cow<'a, str>>,
    #[serde(borrow)]
    account: Option<Cow<'a, str>>,
    #[serde(borrow)]
    region: Option<Cow<'a, str>>,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
}

/// The member by which a `detail` is known to be a CloudEvent.
#[derive(Deserialize)]
struct Probe<'a> {
    #[serde(borrow)]
    specversion: Option<&'a RawValue>,
}

/// Reads an event of EventBridge. If its `detail` is a CloudEvent in structured mode, returns that CloudEvent.
///
/// Otherwise, `detail-type` becomes `type`, and `detail` becomes the payload. The account and the region become the
/// extension attributes `awsaccount` and `awsregion`.
pub(crate) fn read(body: &[u8]) -> Result<Envelope<'_>, EnvelopeError> {
    let (bytes, max) = (body.len(), Envelope::BYTES_MAX);
    if max < bytes {
        return Err(EnvelopeError::new(Place::Message, EnvelopeProblem::TooLong { bytes, max }));
    }
    let event: Event<'_> = serde_json::from_slice(body).map_err(|error| {
        let place = Place::Json { pointer: String::new(), line: error.line(), column: error.column().max(1) };
        let text = error.to_string();
        let problem = match error.classify() {
            serde_json::error::Category::Data => {
                EnvelopeProblem::Other(format!("not an event of EventBridge: {text}"))
            }
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof => EnvelopeProblem::NotJson(text),
        };
        EnvelopeError::new(place, problem)
    })?;
    let required = |value: Option<Cow<'_, str>>, name: &str| {
        let place = || Place::Attribute(name.to_owned());
        let problem = "the event of EventBridge lacks this property";
        value
            .map(|value| value.into_owned())
            .ok_or_else(|| EnvelopeError::new(place(), EnvelopeProblem::Other(problem.to_owned())))
    };
    if let Some(detail) = event.detail
        && serde_json::from_str::<Probe<'_>>(detail.get()).is_ok_and(|probe| probe.specversion.is_some())
    {
        let position = detail.get().as_ptr().addr().saturating_sub(body.as_ptr().addr());
        return Envelope::from_structured(detail.get().as_bytes()).map_err(|error| {
            EnvelopeError::new(error.place.below(body, position, "/detail"), error.problem)
        });
    }
    let mut builder = Envelope::builder(
        required(event.id, "id")?,
        required(event.source, "source")?,
        required(event.detail_type, "detail-type")?,
    )
    .datacontenttype("application/json");
    if let Some(time) = event.time {
        builder = builder.time(time);
    }
    for (name, value) in [("awsaccount", event.account), ("awsregion", event.region)] {
        if let Some(value) = value {
            builder = builder.extension(name, value.into_owned());
        }
    }
    match event.detail {
        Some(detail) => builder.json(detail.get().as_bytes()).build(),
        None => builder.build(),
    }
}
