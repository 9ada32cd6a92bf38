//! The rules for attributes, which all readers and the builder share.

use std::borrow::Cow;

use super::attribute::{AttributeValue, check_name, check_text};
use super::cloud_event::{Data, Envelope, SPEC_VERSION};
use super::error::{EnvelopeError, EnvelopeProblem, Place};
use super::media_type::is_media_type;
use super::rfc3339::is_time;

/// An envelope whose attributes are not complete yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Assembly<'a> {
    has_specversion: bool,
    id: Option<Cow<'a, str>>,
    source: Option<Cow<'a, str>>,
    event_type: Option<Cow<'a, str>>,
    subject: Option<Cow<'a, str>>,
    time: Option<Cow<'a, str>>,
    pub(super) dataschema: Option<Cow<'a, str>>,
    pub(super) datacontenttype: Option<Cow<'a, str>>,
    extensions: Vec<(Cow<'a, str>, AttributeValue<'a>)>,
}

impl<'a> Assembly<'a> {
    /// Sets an attribute. The caller adds the place to the problem.
    pub(super) fn set(
        &mut self,
        name: Cow<'a, str>,
        value: AttributeValue<'a>,
    ) -> Result<(), EnvelopeProblem> {
        check_name(&name)?;
        if let AttributeValue::Text(text) = &value {
            if Envelope::VALUE_BYTES_MAX < text.len() {
                let max = Envelope::VALUE_BYTES_MAX;
                return Err(EnvelopeProblem::TooLong { bytes: text.len(), max });
            }
            check_text(text)?;
        }
        let slot = match name.as_ref() {
            "specversion" => return self.set_specversion(&value),
            "id" => &mut self.id,
            "source" => &mut self.source,
            "type" => &mut self.event_type,
            "subject" => &mut self.subject,
            "time" => &mut self.time,
            "dataschema" => &mut self.dataschema,
            "datacontenttype" => &mut self.datacontenttype,
            _ => return self.set_extension(name, value),
        };
        let AttributeValue::Text(text) = value else { return Err(EnvelopeProblem::NotAString) };
        if slot.is_some() {
            return Err(EnvelopeProblem::Duplicate);
        }
        match name.as_ref() {
            _ if text.is_empty() => return Err(EnvelopeProblem::Empty),
            "time" if !is_time(&text) => return Err(EnvelopeProblem::Time),
            "datacontenttype" if !is_media_type(&text) => return Err(EnvelopeProblem::MediaType),
            _ => {}
        }
        *slot = Some(text);
        Ok(())
    }

    fn set_specversion(&mut self, value: &AttributeValue<'_>) -> Result<(), EnvelopeProblem> {
        if self.has_specversion {
            return Err(EnvelopeProblem::Duplicate);
        }
        match value {
            AttributeValue::Text(text) if text == SPEC_VERSION => {
                self.has_specversion = true;
                Ok(())
            }
            AttributeValue::Text(_) | AttributeValue::Boolean(_) | AttributeValue::Integer(_) => {
                Err(EnvelopeProblem::SpecVersion(value.to_text().chars().take(20).collect()))
            }
        }
    }

    fn set_extension(
        &mut self,
        name: Cow<'a, str>,
        value: AttributeValue<'a>,
    ) -> Result<(), EnvelopeProblem> {
        if self.extensions.iter().any(|(known, _)| *known == name) {
            return Err(EnvelopeProblem::Duplicate);
        }
        if Envelope::ATTRIBUTES_MAX <= self.extensions.len() {
            return Err(EnvelopeProblem::TooManyAttributes(Envelope::ATTRIBUTES_MAX));
        }
        self.extensions.push((name, value));
        Ok(())
    }

    /// Returns the envelope if no required attribute is missing.
    pub(super) fn finish(self, data: Data<'a>) -> Result<Envelope<'a>, EnvelopeError> {
        let missing =
            |name: &str| EnvelopeError::new(Place::Attribute(name.to_owned()), EnvelopeProblem::Missing);
        if !self.has_specversion {
            return Err(missing("specversion"));
        }
        Ok(Envelope {
            id: self.id.ok_or_else(|| missing("id"))?,
            source: self.source.ok_or_else(|| missing("source"))?,
            event_type: self.event_type.ok_or_else(|| missing("type"))?,
            subject: self.subject,
            time: self.time,
            dataschema: self.dataschema,
            datacontenttype: self.datacontenttype,
            extensions: self.extensions,
            data,
        })
    }
}
