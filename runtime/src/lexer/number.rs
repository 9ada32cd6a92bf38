//! Reads numbers.

use std::cmp::Ordering;

use super::Lexer;
use crate::decimal::Decimal;
use crate::kinds::Kinds;
use crate::reject::{Reason, Reject};

/// A number in the spelling of the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NumberToken<'a> {
    pub(crate) text: &'a str,
    /// Whether the number has neither a fraction nor an exponent.
    pub(crate) has_integer_syntax: bool,
    /// The value, if the number has at most 18 digits and no exponent.
    pub(crate) small_decimal: Option<SmallDecimal>,
    has_exponent: bool,
    /// Whether the fraction has a digit other than zero.
    has_fraction: bool,
}

/// A number of at most 18 digits without an exponent: `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SmallDecimal {
    pub(crate) mantissa: i64,
    /// The number of digits behind the point: at most 17, because one digit is before the point.
    pub(crate) scale: u8,
}

impl SmallDecimal {
    /// Maximum length of the text: 18 digits, a sign and a point.
    pub(crate) const BYTES_MAX: usize = 20;

    /// Compares the value with an integer.
    #[inline]
    pub(crate) fn compare(self, integer: i64) -> Ordering {
        if self.scale == 0 {
            return self.mantissa.cmp(&integer);
        }
        i128::from(self.mantissa).cmp(&(i128::from(integer) * i128::from(self.power_of_ten())))
    }

    /// Returns the nearest float.
    pub(crate) fn to_f64(self) -> f64 {
        /// Floats can represent all integers up to this one.
        const EXACT_MAX: u64 = 1 << 53;
        if self.mantissa.unsigned_abs() <= EXACT_MAX {
            // Both operands are exact (powers of ten are, up to 10^22), so the quotient is the nearest float.
            return self.mantissa as f64 / self.power_of_ten() as f64;
        }
        self.format(&mut [0; Self::BYTES_MAX]).parse().unwrap_or(f64::NAN)
    }

    /// Returns the number in the spelling in which it was read.
    pub(crate) fn format(self, bytes: &mut [u8; Self::BYTES_MAX]) -> &str {
        let mut left = self.mantissa.unsigned_abs();
        let mut at = bytes.len();
        let mut digits = 0;
        // At least one digit is before the point.
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

    /// Returns `10^scale`.
    #[inline]
    pub(crate) fn power_of_ten(self) -> i64 {
        10i64.pow(u32::from(self.scale))
    }
}

/// Any number with at most this many digits fits 64 bits.
const SMALL_DIGITS_MAX: usize = 18;

impl NumberToken<'_> {
    /// Returns the value, if the number is an integer without fraction and exponent, of at most 18 digits.
    #[inline]
    pub(crate) fn small_integer(&self) -> Option<i64> {
        self.small_decimal.filter(|_| self.has_integer_syntax).map(|small_decimal| small_decimal.mantissa)
    }

    /// Returns the kind of the number, as a set that contains only this kind.
    pub(crate) fn kind(&self) -> Kinds {
        let is_whole = !self.has_fraction && !self.has_exponent
            || Decimal::parse(self.text).is_some_and(|d| d.is_integer());
        match (self.has_integer_syntax, is_whole) {
            (true, _) => Kinds::INTEGER,
            (false, true) => Kinds::WHOLE,
            (false, false) => Kinds::FRACTION,
        }
    }
}

impl<'a> Lexer<'a> {
    /// Reads an integer of at most 18 digits, without fraction and exponent. If another value follows, or `-0`, returns
    /// `None` and does not move.
    #[inline]
    pub(crate) fn small_integer(&mut self) -> Option<i64> {
        let bytes = self.text.as_bytes();
        let negative = bytes.get(self.position) == Some(&b'-');
        let first = self.position + usize::from(negative);
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
        self.position = at;
        Some(if negative { -value } else { value })
    }

    /// Reads a number.
    // Always inlined: the result is large, and the caller takes it apart immediately.
    #[inline(always)]
    pub(crate) fn number(&mut self) -> Result<NumberToken<'a>, Reject> {
        let bytes = self.text.as_bytes();
        let start = self.position;
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
            return self.reject(Reason::BadNumber);
        }
        let mut has_integer_syntax = true;
        let mut has_fraction = false;
        let mut has_exponent = false;
        let mut scale = 0;
        if bytes.get(at) == Some(&b'.') {
            has_integer_syntax = false;
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
                return self.reject(Reason::BadNumber);
            }
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            has_integer_syntax = false;
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
                return self.reject(Reason::BadNumber);
            }
        }
        self.position = at;
        let small_decimal = (!has_exponent && length <= SMALL_DIGITS_MAX)
            .then(|| {
                let value = i64::try_from(value).ok()?;
                let mantissa = if negative { -value } else { value };
                Some(SmallDecimal { mantissa, scale: u8::try_from(scale).ok()? })
            })
            .flatten();
        Ok(NumberToken {
            text: &self.text[start..at],
            has_integer_syntax,
            small_decimal,
            has_exponent,
            has_fraction,
        })
    }
}
