use std::fmt;

/// The header `traceparent` of W3C Trace Context, version 00. CloudEvents has an extension attribute of the same name.
///
/// ```
/// use evschema_events::TraceParent;
///
/// let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/// let parent = TraceParent::parse(text).unwrap();
/// assert_eq!(parent.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
/// assert_eq!(parent.to_string(), text);
/// assert_eq!(TraceParent::parse("00-0-0-01"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TraceParent(String);

impl TraceParent {
    const BYTES: usize = 55;

    /// Parses a header. Returns `None` if its format is invalid, or if an id has only zeros. W3C Trace Context tells
    /// receivers to ignore such a header.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // A later version may append fields, so only the first 55 bytes count.
        let known = text.get(..Self::BYTES)?;
        let rest = text.get(Self::BYTES..)?;
        let mut parts = known.split('-');
        let mut part = |length: usize| {
            let is_hex = |text: &&str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            parts.next().filter(|part| part.len() == length).filter(is_hex)
        };
        let (version, trace, span, _flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
        let is_zero = |text: &str| text.bytes().all(|byte| byte == b'0');
        let is_open = rest.is_empty() || (version != "00" && rest.starts_with('-'));
        let is_valid = version != "ff" && is_open && !is_zero(trace) && !is_zero(span);
        is_valid.then(|| Self(known.to_owned()))
    }

    /// Returns the id of the trace: 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> &str {
        self.0.get(3..35).unwrap_or_default()
    }

    /// Returns the id of the parent span: 16 hexadecimal digits.
    #[must_use]
    pub fn span_id(&self) -> &str {
        self.0.get(36..52).unwrap_or_default()
    }

    /// Returns the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
