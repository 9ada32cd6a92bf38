use std::cmp::Ordering;

use super::Cursor;
use crate::decimal::Decimal;
use crate::kinds::Kinds;
use crate::program::Node;
use crate::reject::{Reject, Why};

/// A number as it is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Digits<'a> {
    pub(crate) text: &'a str,
    /// Whether there is neither a fraction nor an exponent.
    pub(crate) is_plain: bool,
    /// The value of a number of few digits, without an exponent.
    pub(crate) scaled: Option<Scaled>,
    has_exponent: bool,
    /// Whether the fraction has another digit than zero.
    has_fraction: bool,
}

/// A number without an exponent, as its digits: `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scaled {
    pub(crate) mantissa: i64,
    /// How many of the digits are behind the point; 17 at most, for one is before it.
    pub(crate) scale: u8,
}

impl Scaled {
    /// Most bytes of what is written: 18 digits, a sign and a point.
    pub(crate) const BYTES_MAX: usize = 20;

    /// Compares the value with an integer.
    #[inline]
    pub(crate) fn compare(self, integer: i64) -> Ordering {
        if self.scale == 0 {
            return self.mantissa.cmp(&integer);
        }
        i128::from(self.mantissa).cmp(&(i128::from(integer) * i128::from(self.unit())))
    }

    /// Returns the nearest float.
    pub(crate) fn to_f64(self) -> f64 {
        /// Integers up to this one are floats.
        const EXACT_MAX: u64 = 1 << 53;
        if self.mantissa.unsigned_abs() <= EXACT_MAX {
            // Both are exact, powers of ten up to 10^22, so that the quotient is the nearest float to the value.
            return self.mantissa as f64 / self.unit() as f64;
        }
        self.written(&mut [0; Self::BYTES_MAX]).parse().unwrap_or(f64::NAN)
    }

    /// Returns the digits as they were read.
    pub(crate) fn written(self, bytes: &mut [u8; Self::BYTES_MAX]) -> &str {
        let mut left = self.mantissa.unsigned_abs();
        let mut at = bytes.len();
        let mut digits = 0;
        // A digit before the point there always is.
        while left != 0 || digits <= self.scale {
            if digits == self.scale && digits != 0 {
                at -= 1;
                bytes[at] = b'.';
            }
            at -= 1;
            bytes[at] = b'0' + u8::try_from(left % 10).unwrap_or(0);
            left /= 10;
            digits += 1;
        }
        if self.mantissa < 0 {
            at -= 1;
            bytes[at] = b'-';
        }
        std::str::from_utf8(&bytes[at..]).unwrap_or_default()
    }

    /// Returns what one is in the unit of the mantissa: a power of ten.
    #[inline]
    pub(crate) fn unit(self) -> i64 {
        10i64.pow(u32::from(self.scale))
    }
}

/// So many digits fit 64 bits whatever they are.
const SMALL_DIGITS_MAX: usize = 18;

impl Digits<'_> {
    /// Returns the value of a plain number that is not large.
    #[inline]
    pub(crate) fn small(&self) -> Option<i64> {
        self.scaled.filter(|_| self.is_plain).map(|scaled| scaled.mantissa)
    }

    /// Returns the one kind that the number is of.
    pub(crate) fn kind(&self) -> Kinds {
        let is_whole = !self.has_fraction && !self.has_exponent
            || Decimal::parse(self.text).is_some_and(|d| d.is_integer());
        match (self.is_plain, is_whole) {
            (true, _) => Kinds::INTEGER,
            (false, true) => Kinds::WHOLE,
            (false, false) => Kinds::FRACTION,
        }
    }
}

impl<'a> Cursor<'a> {
    /// Reads an integer that is short and plain; does nothing at any other value, `-0` among them.
    #[inline]
    pub(crate) fn small_integer(&mut self) -> Option<i64> {
        let bytes = self.text.as_bytes();
        let negative = bytes.get(self.at) == Some(&b'-');
        let first = self.at + usize::from(negative);
        let (mut at, mut value) = (first, 0i64);
        while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
            value = value.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'));
            at += 1;
        }
        let is_short = (1..=SMALL_DIGITS_MAX).contains(&(at - first));
        let is_zero_led = bytes.get(first) == Some(&b'0') && (negative || at - first != 1);
        if !is_short || is_zero_led || matches!(bytes.get(at), Some(b'.' | b'e' | b'E')) {
            return None;
        }
        self.at = at;
        Some(if negative { -value } else { value })
    }

    /// Reads such an integer if a node is easily seen to take it; does nothing at any other value.
    #[inline]
    pub(crate) fn small_under(&mut self, node: &Node) -> Option<i64> {
        let start = self.at;
        let small = self.small_integer()?;
        let is_taken = node.kinds.meets(Kinds::INTEGER)
            && node.number.as_ref().is_none_or(|number| number.takes_small(small));
        if !is_taken {
            self.at = start;
        }
        is_taken.then_some(small)
    }

    /// Reads a number.
    // Always: what it returns is large, and taken apart at once.
    #[inline(always)]
    pub(crate) fn digits(&mut self) -> Result<Digits<'a>, Reject> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let negative = bytes.get(start) == Some(&b'-');
        let mut at = start + usize::from(negative);
        let first = at;
        let mut value = 0u64;
        while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            at += 1;
        }
        let mut length = at - first;
        if length == 0 || (1 < length && bytes.get(first) == Some(&b'0')) {
            return self.reject(Why::BadNumber);
        }
        let mut is_plain = true;
        let mut has_fraction = false;
        let mut has_exponent = false;
        let mut scale = 0;
        if bytes.get(at) == Some(&b'.') {
            is_plain = false;
            let from = at + 1;
            at = from;
            while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
                value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
                has_fraction |= *digit != b'0';
                at += 1;
            }
            scale = at - from;
            length += scale;
            if scale == 0 {
                return self.reject(Why::BadNumber);
            }
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            is_plain = false;
            has_exponent = true;
            at += 1;
            if matches!(bytes.get(at), Some(b'+' | b'-')) {
                at += 1;
            }
            let from = at;
            while matches!(bytes.get(at), Some(b'0'..=b'9')) {
                at += 1;
            }
            if at == from {
                return self.reject(Why::BadNumber);
            }
        }
        self.at = at;
        let scaled = (!has_exponent && length <= SMALL_DIGITS_MAX)
            .then(|| {
                let value = i64::try_from(value).ok()?;
                let mantissa = if negative { -value } else { value };
                Some(Scaled { mantissa, scale: u8::try_from(scale).ok()? })
            })
            .flatten();
        Ok(Digits { text: &self.text[start..at], is_plain, scaled, has_exponent, has_fraction })
    }
}
