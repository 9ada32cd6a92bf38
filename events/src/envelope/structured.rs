//! The JSON format of CloudEvents, sections 2 and 3.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::assembly::Assembly;
use super::attribute::AttributeValue;
use super::cloud_event::{Data, Envelope};
use super::error::{EnvelopeError, EnvelopeProblem, Place};
use super::media_type::is_json;

impl<'a> Envelope<'a> {
    /// Reads an envelope in structured mode: a JSON object.
    ///
    /// The payload stays a slice of the input. Only `data_base64`, and strings with escapes, are copied.
    ///
    /// # Errors
    ///
    /// If the text is not JSON, is longer than [`Envelope::BYTES_MAX`], or breaks a rule of CloudEvents 1.0. The error
    /// names the JSON Pointer, the line and the column.
    pub fn from_structured(bytes: &'a [u8]) -> Result<Self, EnvelopeError> {
        let max = Envelope::BYTES_MAX;
        if max < bytes.len() {
            return Err(EnvelopeError::new(
                Place::Message,
                EnvelopeProblem::TooLong { bytes: bytes.len(), max },
            ));
        }
        let text = Text(bytes);
        text.check_start(b'{', EnvelopeProblem::NotAnObject)?;
        let members: Members<'a> = serde_json::from_slice(bytes).map_err(|error| not_json(&error))?;
        if members.is_too_many {
            let problem = EnvelopeProblem::TooManyAttributes(Envelope::ATTRIBUTES_MAX);
            return Err(EnvelopeError::new(Place::Message, problem));
        }
        text.assemble(members.list)
    }

    /// Writes the envelope in structured mode. Send it with the media type [`Envelope::CONTENT_TYPE`].
    ///
    /// A payload of bytes becomes `data` if its `datacontenttype` is JSON and the bytes are JSON. Otherwise, it becomes
    /// `data_base64`.
    #[must_use]
    pub fn to_structured(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256 + self.data().map_or(0, <[u8]>::len));
        self.write_structured(&mut out);
        out
    }

    pub(super) fn write_structured(&self, out: &mut Vec<u8>) {
        let mut separator = b'{';
        let mut name = |out: &mut Vec<u8>, name: &str| {
            out.push(separator);
            separator = b',';
            write_string(out, name);
            out.push(b':');
        };
        self.for_each_attribute(|attribute, value| {
            name(out, attribute);
            match value {
                AttributeValue::Text(text) => write_string(out, text),
                AttributeValue::Boolean(_) | AttributeValue::Integer(_) => {
                    out.extend_from_slice(value.to_text().as_bytes());
                }
            }
        });
        if let Some(datacontenttype) = self.datacontenttype() {
            name(out, "datacontenttype");
            write_string(out, datacontenttype);
        }
        match &self.data {
            Data::None => {}
            Data::Json(json) => {
                name(out, "data");
                out.extend_from_slice(json);
            }
            Data::Text(text) => {
                name(out, "data");
                write_string(out, text);
            }
            Data::Bytes(bytes) => match self.json_of(bytes) {
                Some(json) => {
                    name(out, "data");
                    out.extend_from_slice(json.as_bytes());
                }
                None => {
                    name(out, "data_base64");
                    write_string(out, &STANDARD.encode(bytes));
                }
            },
        }
        out.push(b'}');
    }

    /// Returns bytes as JSON, if the envelope declares JSON and the bytes are JSON.
    fn json_of<'b>(&self, bytes: &'b [u8]) -> Option<&'b str> {
        let raw: &RawValue = self
            .datacontenttype()
            .is_some_and(is_json)
            .then(|| serde_json::from_slice(bytes).ok())
            .flatten()?;
        Some(raw.get())
    }
}

/// Writes a JSON string.
fn write_string(out: &mut Vec<u8>, text: &str) {
    // Writing a string to a vector cannot fail.
    let _ = serde_json::to_writer(out, text);
}

/// Returns the error for a text that is not JSON.
pub(super) fn not_json(error: &serde_json::Error) -> EnvelopeError {
    let place = Place::Json { pointer: String::new(), line: error.line(), column: error.column().max(1) };
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    EnvelopeError::new(place, EnvelopeProblem::NotJson(message))
}

/// The input. It computes the places of values.
#[derive(Clone, Copy)]
pub(super) struct Text<'a>(pub(super) &'a [u8]);

impl<'a> Text<'a> {
    /// Checks the first character, so that JSON of another kind gets a clear error.
    pub(super) fn check_start(self, start: u8, problem: EnvelopeProblem) -> Result<(), EnvelopeError> {
        let first = self.0.iter().position(|byte| !byte.is_ascii_whitespace());
        match first.and_then(|at| Some((at, self.0.get(at)?))) {
            Some((at, found)) if *found != start && b"{[\"-0123456789tfn".contains(found) => {
                match serde_json::from_slice::<IgnoredAny>(self.0) {
                    Ok(_) => Err(EnvelopeError::new(Place::in_json(self.0, at, String::new()), problem)),
                    Err(error) => Err(not_json(&error)),
                }
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Returns the position of a slice of the input.
    pub(super) fn position(self, part: &str) -> usize {
        let (start, part) = (self.0.as_ptr().addr(), part.as_ptr().addr());
        part.saturating_sub(start)
    }

    fn error(self, name: &str, raw: &RawValue, problem: EnvelopeProblem) -> EnvelopeError {
        let cut: String = name.chars().take(80).collect();
        let pointer = format!("/{}", cut.replace('~', "~0").replace('/', "~1"));
        EnvelopeError::new(Place::in_json(self.0, self.position(raw.get()), pointer), problem)
    }

    fn assemble(self, members: Vec<(Cow<'a, str>, &'a RawValue)>) -> Result<Envelope<'a>, EnvelopeError> {
        let mut assembly = Assembly::default();
        let (mut data, mut base64) = (None, None);
        for (name, raw) in members {
            let payload = match name.as_ref() {
                "data" => &mut data,
                "data_base64" => &mut base64,
                _ => {
                    if let Some(value) = value_of(raw).map_err(|problem| self.error(&name, raw, problem))? {
                        assembly
                            .set(name.clone(), value)
                            .map_err(|problem| self.error(&name, raw, problem))?;
                    }
                    continue;
                }
            };
            if payload.replace(raw).is_some() {
                return Err(self.error(&name, raw, EnvelopeProblem::Duplicate));
            }
        }
        // A payload in Base64 may be `null`, because senders write `null` for unset members.
        let base64 = base64.filter(|raw| raw.get() != "null");
        let data = match (data, base64) {
            (None, None) => Data::None,
            (Some(_), Some(raw)) => {
                return Err(self.error("data_base64", raw, EnvelopeProblem::TwoPayloads));
            }
            (Some(raw), None) if assembly.datacontenttype.as_deref().is_none_or(is_json) => {
                Data::Json(Cow::Borrowed(raw.get().as_bytes()))
            }
            (Some(raw), None) => match string_of(raw) {
                Some(text) => Data::Text(text),
                None => return Err(self.error("data", raw, EnvelopeProblem::DataNotAString)),
            },
            (None, Some(raw)) => {
                let bytes = string_of(raw).and_then(|text| STANDARD.decode(text.as_bytes()).ok());
                let bytes = bytes.ok_or_else(|| self.error("data_base64", raw, EnvelopeProblem::Base64))?;
                Data::Bytes(Cow::Owned(bytes))
            }
        };
        assembly.finish(data)
    }
}

/// Returns the value of an attribute, or `None` if it is `null`.
fn value_of(raw: &RawValue) -> Result<Option<AttributeValue<'_>>, EnvelopeProblem> {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'"') => string_of(raw).map(AttributeValue::Text).map(Some).ok_or(EnvelopeProblem::NotUtf8),
        Some(b't') => Ok(Some(AttributeValue::Boolean(true))),
        Some(b'f') => Ok(Some(AttributeValue::Boolean(false))),
        Some(b'n') => Ok(None),
        _ => match text.parse() {
            Ok(number) => Ok(Some(AttributeValue::Integer(number))),
            Err(_) => Err(EnvelopeProblem::Value),
        },
    }
}

/// A string that is borrowed if it has no escapes.
#[derive(Deserialize)]
pub(super) struct JsonString<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

fn string_of(raw: &RawValue) -> Option<Cow<'_, str>> {
    serde_json::from_str::<JsonString<'_>>(raw.get()).ok().map(|string| string.0)
}

/// The members of an object, in order.
struct Members<'a> {
    list: Vec<(Cow<'a, str>, &'a RawValue)>,
    is_too_many: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an envelope")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        // The payload is a member, too.
        let members_max = Envelope::ATTRIBUTES_MAX + 2;
        let mut members = Members { list: Vec::with_capacity(12), is_too_many: false };
        while let Some(name) = map.next_key::<JsonString<'de>>()? {
            if members_max <= members.list.len() {
                members.is_too_many = true;
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            members.list.push((name.0, map.next_value()?));
        }
        Ok(members)
    }
}
