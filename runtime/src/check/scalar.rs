//! Checks strings, numbers and the values of an `enum`.

use std::cmp::Ordering;

use super::Checker;
use crate::json::Json;
use crate::kinds::Kinds;
use crate::lexer::NumberToken;
use crate::program::{Bound, EnumValues, Node, NumberKeywords, StringKeywords};
use crate::reject::{Reason, Reject};
use crate::step_budget::StepBudget;

impl StringKeywords {
    /// Checks a string. Lengths are numbers of characters, but often the number of bytes is enough to check them.
    pub(crate) fn check(&self, text: &str, budget: &mut StepBudget) -> Result<(), Reason> {
        if let Some(max) = self.max_length
            && max < text.len()
            && max < text.chars().count()
        {
            return Err(Reason::MaxLength);
        }
        if text.len() < self.min_length.saturating_mul(4) && text.chars().count() < self.min_length {
            return Err(Reason::MinLength);
        }
        if let Some(pattern) = &self.pattern
            && !pattern.is_match(text, budget)?
        {
            return Err(Reason::Pattern);
        }
        if self.format.is_some_and(|format| !format.accepts(text)) {
            return Err(Reason::Format);
        }
        self.check_content(text)
    }

    pub(crate) fn check_content(&self, text: &str) -> Result<(), Reason> {
        let decoded = match self.content_encoding {
            None if !self.content_is_json => return Ok(()),
            None => None,
            Some(encoding) => match encoding.decode(text) {
                Some(bytes) => Some(bytes),
                None => return Err(Reason::ContentEncoding),
            },
        };
        let content = match &decoded {
            None => text,
            Some(bytes) => std::str::from_utf8(bytes).map_err(|_| Reason::ContentEncoding)?,
        };
        if self.content_is_json && Json::parse(content).is_err() {
            return Err(Reason::ContentMediaType);
        }
        Ok(())
    }
}

impl Node {
    /// Checks a number.
    #[inline]
    pub(crate) fn check_number(&self, number: &NumberToken<'_>) -> Result<(), Reason> {
        if !self.kinds.contains(Kinds::NUMBERS) && !self.kinds.meets(number.kind()) {
            return Err(Reason::Type);
        }
        self.number.as_ref().map_or(Ok(()), |keywords| keywords.check(number))
    }
}

impl NumberKeywords {
    /// Returns whether all bounds are small integers, and the number is between them. Other bounds need a comparison
    /// of all digits.
    fn accepts_small_integer(&self, number: i64) -> bool {
        let holds = |bound: &Option<Bound>, holds: fn(&i64, &i64) -> bool| {
            bound.as_ref().is_none_or(|bound| bound.small().is_some_and(|bound| holds(&bound, &number)))
        };
        self.multiple_of.is_none()
            && holds(&self.minimum, i64::le)
            && holds(&self.maximum, i64::ge)
            && holds(&self.exclusive_minimum, i64::lt)
            && holds(&self.exclusive_maximum, i64::gt)
    }

    fn check(&self, number: &NumberToken<'_>) -> Result<(), Reason> {
        if self.minimum.as_ref().is_some_and(|bound| bound.compare(number) == Ordering::Less) {
            return Err(Reason::Minimum);
        }
        if self.maximum.as_ref().is_some_and(|bound| bound.compare(number) == Ordering::Greater) {
            return Err(Reason::Maximum);
        }
        if self.exclusive_minimum.as_ref().is_some_and(|bound| bound.compare(number) != Ordering::Greater) {
            return Err(Reason::ExclusiveMinimum);
        }
        if self.exclusive_maximum.as_ref().is_some_and(|bound| bound.compare(number) != Ordering::Less) {
            return Err(Reason::ExclusiveMaximum);
        }
        if self.multiple_of.as_ref().is_some_and(|divisor| !divisor.divides(number)) {
            return Err(Reason::MultipleOf);
        }
        Ok(())
    }
}

impl Checker<'_> {
    /// Reads a small integer that the node accepts for a simple reason. If another value follows, returns `None` and
    /// does not move.
    #[inline]
    pub(crate) fn small_integer_under(&mut self, node: &Node) -> Option<i64> {
        let start = self.lexer.position();
        let small = self.lexer.small_integer()?;
        let is_accepted = node.kinds.meets(Kinds::INTEGER)
            && node.number.as_ref().is_none_or(|keywords| keywords.accepts_small_integer(small));
        if !is_accepted {
            self.lexer.rewind(start);
        }
        is_accepted.then_some(small)
    }

    /// Checks a string against the keywords for strings.
    #[inline]
    pub(crate) fn check_string(
        &mut self,
        keywords: &StringKeywords,
        text: &str,
        start: usize,
    ) -> Result<(), Reject> {
        keywords.check(text, &mut self.state.budget).map_err(|reason| Reject::new(start, reason))
    }

    /// Checks that a value other than a string is one of the values of an `enum`, and moves behind the value.
    pub(super) fn check_enum(&mut self, values: &EnumValues) -> Result<(), Reject> {
        let start = self.lexer.position();
        let value = Json::read_from(&mut self.lexer)?;
        if values.contains(&value) { Ok(()) } else { Err(Reject::new(start, Reason::Enum)) }
    }
}
