//! stub
use crate::envelope::{Envelope, EnvelopeError};
pub(crate) fn read_message(body: &[u8]) -> Result<Envelope<'_>, EnvelopeError> {
    Envelope::from_structured(body)
}
pub(crate) fn read_event_bridge(body: &[u8]) -> Result<Envelope<'_>, EnvelopeError> {
    Envelope::from_structured(body)
}
