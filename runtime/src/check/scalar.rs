use std::cmp::Ordering;

use super::Memory;
use crate::Json;
use crate::cursor::{Cursor, Digits};
use crate::format::is_encoded;
use crate::kinds::Kinds;
use crate::program::{Bound, Literals, Node, Numeric, Text};
use crate::reject::{Reject, Why};

impl Text {
    /// Checks a text; lengths are in characters, and the length in bytes mostly settles them.
    pub(crate) fn check(&self, text: &str, memory: &mut Memory) -> Result<(), Why> {
        if let Some(max) = self.max
            && max < text.len()
            && max < text.chars().count()
        {
            return Err(Why::MaxLength);
        }
        if text.len() < self.min.saturating_mul(4) && text.chars().count() < self.min {
            return Err(Why::MinLength);
        }
        if let Some(pattern) = &self.pattern
            && !pattern.is_match(text, memory)?
        {
            return Err(Why::Pattern);
        }
        if self.format.is_some_and(|format| !format.accepts(text)) {
            return Err(Why::Format);
        }
        self.check_content(text)
    }

    fn check_content(&self, text: &str) -> Result<(), Why> {
        let decoded = match &self.encoding {
            None if !self.is_json => return Ok(()),
            None => None,
            Some(encoding) => match is_encoded(text, encoding) {
                Some(bytes) => Some(bytes),
                None => return Err(Why::ContentEncoding),
            },
        };
        let content = match &decoded {
            None => text,
            Some(bytes) => std::str::from_utf8(bytes).map_err(|_| Why::ContentEncoding)?,
        };
        if self.is_json && Json::parse(content).is_err() {
            return Err(Why::ContentMediaType);
        }
        Ok(())
    }
}

impl Node {
    /// Checks a number.
    #[inline]
    pub(crate) fn check_number(&self, digits: &Digits<'_>) -> Result<(), Why> {
        if !self.kinds.has(Kinds::NUMBERS) && !self.kinds.meets(digits.kind()) {
            return Err(Why::Type);
        }
        self.number.as_ref().map_or(Ok(()), |number| number.check(digits))
    }
}

impl Numeric {
    /// Tells whether a number is in bounds that are small integers themselves; other bounds are looked at with all
    /// digits.
    pub(crate) fn takes_small(&self, number: i64) -> bool {
        let holds = |bound: &Option<Bound>, holds: fn(&i64, &i64) -> bool| {
            bound.as_ref().is_none_or(|bound| bound.small().is_some_and(|bound| holds(&bound, &number)))
        };
        self.step.is_none()
            && holds(&self.min, i64::le)
            && holds(&self.max, i64::ge)
            && holds(&self.above, i64::lt)
            && holds(&self.below, i64::gt)
    }

    fn check(&self, digits: &Digits<'_>) -> Result<(), Why> {
        if self.min.as_ref().is_some_and(|bound| bound.compare(digits) == Ordering::Less) {
            return Err(Why::Minimum);
        }
        if self.max.as_ref().is_some_and(|bound| bound.compare(digits) == Ordering::Greater) {
            return Err(Why::Maximum);
        }
        if self.above.as_ref().is_some_and(|bound| bound.compare(digits) != Ordering::Greater) {
            return Err(Why::ExclusiveMinimum);
        }
        if self.below.as_ref().is_some_and(|bound| bound.compare(digits) != Ordering::Less) {
            return Err(Why::ExclusiveMaximum);
        }
        if self.step.as_ref().is_some_and(|step| !step.divides(digits)) {
            return Err(Why::MultipleOf);
        }
        Ok(())
    }
}

impl Cursor<'_> {
    /// Checks that a value that is no text is one of these, and steps over it.
    pub(super) fn literal(&mut self, literals: &Literals) -> Result<(), Reject> {
        let start = self.position();
        let value = self.json()?;
        if literals.contain(&value) { Ok(()) } else { Err(Reject::new(start, Why::Enum)) }
    }
}
