//! Headers of NATS messages.

use std::str::FromStr as _;

use async_nats::{HeaderMap, HeaderName, HeaderValue};

/// Returns the headers of a message as names and values.
pub(super) fn read(headers: Option<&HeaderMap>) -> Vec<(&str, &[u8])> {
    let Some(headers) = headers else { return Vec::new() };
    headers.iter().flat_map(|(name, values)| pairs(name, values)).collect()
}

fn pairs<'h>(name: &'h HeaderName, values: &'h [HeaderValue]) -> impl Iterator<Item = (&'h str, &'h [u8])> {
    values.iter().map(move |value| (name.as_ref(), value.as_ref()))
}

/// Returns headers for the client. The functions of the client panic if a name or value has invalid characters, so this
/// function checks them first.
pub(super) fn write<'h>(
    headers: impl IntoIterator<Item = (&'h str, &'h str)>,
) -> Result<HeaderMap, Box<dyn std::error::Error + Send + Sync>> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(HeaderName::from_str(name)?, HeaderValue::from_str(value)?);
    }
    Ok(map)
}
