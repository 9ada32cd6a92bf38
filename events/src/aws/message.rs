//! The body of a message of SQS or SNS.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::event_bridge;
use crate::envelope::{Envelope, EnvelopeError, Place};

/// The members by which the form of a body is known.
#[derive(Deserialize)]
struct Probe<'a> {
    #[serde(borrow)]
    specversion: Option<&'a RawValue>,
    #[serde(borrow, rename = "detail-type")]
    detail_type: Option<&'a RawValue>,
    #[serde(borrow, rename = "Type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow, rename = "Message")]
    message: Option<&'a RawValue>,
}

/// Reads a body: a CloudEvent in structured mode, an event of EventBridge, or a notification of SNS that contains one
/// of them.
///
/// Only the text of a notification is copied, because its quotation marks are escaped.
pub(crate) fn read(body: &[u8]) -> Result<Envelope<'_>, EnvelopeError> {
    let Ok(probe) = serde_json::from_slice::<Probe<'_>>(body) else { return Envelope::from_structured(body) };
    if let (Some(message), Some(r#""Notification""#)) = (probe.message, probe.kind.map(RawValue::get))
        && let Ok(text) = serde_json::from_str::<Cow<'_, str>>(message.get())
    {
        let position = message.get().as_ptr().addr().saturating_sub(body.as_ptr().addr());
        let place = || Place::in_json(body, position, "/Message".to_owned());
        // A notification contains no further notification.
        let read = read_plain(text.as_bytes()).map(Envelope::into_owned);
        return read.map_err(|error| EnvelopeError::new(place(), error.problem));
    }
    read_probed(&probe, body)
}

fn read_plain(body: &[u8]) -> Result<Envelope<'_>, EnvelopeError> {
    match serde_json::from_slice::<Probe<'_>>(body) {
        Ok(probe) => read_probed(&probe, body),
        Err(_) => Envelope::from_structured(body),
    }
}

fn read_probed<'a>(probe: &Probe<'_>, body: &'a [u8]) -> Result<Envelope<'a>, EnvelopeError> {
    if probe.specversion.is_none() && probe.detail_type.is_some() {
        event_bridge::read(body)
    } else {
        Envelope::from_structured(body)
    }
}
