use std::cmp::Ordering;

/// A JSON number as sign, digits and exponent: `digits · 10^exponent`. Each value has exactly one representation.
///
/// Keeps all digits and expands no exponent, so `1e999999999` needs little memory.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Decimal {
    negative: bool,
    /// The digits without leading or trailing zeros; empty for zero.
    digits: String,
    exponent: i128,
}

impl Decimal {
    /// Parses a number of RFC 8259. Returns `None` for any other text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let leading_zero = 1 < whole.len() && whole.starts_with('0');
        if whole.is_empty() || leading_zero || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let written = format!("{whole}{fraction}");
        let significant = written.trim_start_matches('0');
        let digits = significant.trim_end_matches('0');
        if digits.is_empty() {
            return Some(Self { negative: false, digits: String::new(), exponent: 0 });
        }
        let trailing = significant.len() - digits.len();
        let exponent = exponent - length(fraction.len()) + length(trailing);
        Some(Self { negative, digits: digits.to_owned(), exponent })
    }

    /// Returns whether the value has no fraction.
    pub(crate) fn is_integer(&self) -> bool {
        0 <= self.exponent
    }

    /// Returns whether the value is larger than zero.
    pub(crate) fn is_positive(&self) -> bool {
        !self.negative && !self.digits.is_empty()
    }

    /// Compares two values.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.digits.is_empty(), number.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        sign(self).cmp(&sign(other)).then_with(|| {
            // Compares the power of ten of the first digit first, then the digits one by one.
            let first = |number: &Self| number.exponent.saturating_add(length(number.digits.len()));
            let order = first(self).cmp(&first(other)).then_with(|| self.digits.cmp(&other.digits));
            if self.negative { order.reverse() } else { order }
        })
    }

    /// Returns whether the value is a multiple of a divisor, which is not zero.
    pub(crate) fn is_multiple_of(&self, divisor: &Self) -> bool {
        if self.digits.is_empty() {
            return true;
        }
        // The digits of neither number end in a zero. If the exponent of the divisor is larger, the value is no
        // multiple.
        let Ok(zeros) = u64::try_from(self.exponent.saturating_sub(divisor.exponent)) else { return false };
        match divisor.digits.parse::<u64>() {
            Ok(divisor) if divisor != 0 => {
                let divisor = u128::from(divisor);
                let rest = self
                    .digits
                    .bytes()
                    .fold(0, |rest, digit| (rest * 10 + u128::from(digit - b'0')) % divisor);
                (rest * power_of_ten(zeros, divisor)).is_multiple_of(divisor)
            }
            Ok(_) | Err(_) => remainder_is_zero(&self.digits, zeros, &divisor.digits),
        }
    }

    /// Returns the value as an integer type, if it fits.
    pub(crate) fn to_integer<T: TryFrom<i128> + TryFrom<u128>>(&self) -> Option<T> {
        let zeros = u32::try_from(self.exponent).ok()?;
        if self.digits.is_empty() {
            return T::try_from(0u128).ok();
        }
        let magnitude = self.digits.parse::<u128>().ok()?.checked_mul(10u128.checked_pow(zeros)?)?;
        if self.negative {
            T::try_from(0i128.checked_sub_unsigned(magnitude)?).ok()
        } else {
            T::try_from(magnitude).ok()
        }
    }

    /// Returns the value, if it is an integer of 64 bits.
    pub(crate) fn to_i64(&self) -> Option<i64> {
        self.to_integer()
    }
}

/// Returns 10 to a power, modulo a number of 64 bits.
fn power_of_ten(mut power: u64, modulus: u128) -> u128 {
    let (mut result, mut base) = (1 % modulus, 10 % modulus);
    while power != 0 {
        if power % 2 == 1 {
            result = result * base % modulus;
        }
        base = base * base % modulus;
        power /= 2;
    }
    result
}

/// Returns whether a long division leaves no remainder. Used for divisors of more than 19 digits.
fn remainder_is_zero(digits: &str, zeros: u64, divisor: &str) -> bool {
    /// Maximum number of zeros. No float has more. A number with more zeros counts as no multiple of the divisor.
    const ZEROS_MAX: u64 = 1_000;
    if ZEROS_MAX < zeros {
        return false;
    }
    let divisor: Vec<u8> = divisor.bytes().map(|digit| digit - b'0').collect();
    let zeros = std::iter::repeat_n(b'0', usize::try_from(zeros).unwrap_or(0));
    let mut rest: Vec<u8> = Vec::new();
    for digit in digits.bytes().chain(zeros) {
        if !rest.is_empty() || digit != b'0' {
            rest.push(digit - b'0');
        }
        while (divisor.len(), divisor.as_slice()) <= (rest.len(), rest.as_slice()) {
            subtract(&mut rest, &divisor);
        }
    }
    rest.is_empty()
}

/// Subtracts a number that is not larger, digit by digit, and removes leading zeros.
fn subtract(from: &mut Vec<u8>, number: &[u8]) {
    let mut borrow = 0;
    for (at, digit) in from.iter_mut().rev().enumerate() {
        let less = number.len().checked_sub(at + 1).map_or(0, |at| number[at]) + borrow;
        borrow = u8::from(*digit < less);
        *digit = *digit + 10 * borrow - less;
    }
    let leading = from.iter().take_while(|digit| **digit == 0).count();
    from.drain(..leading);
}

/// Parses an exponent. An exponent that fits no integer becomes the largest one.
fn parse_exponent(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let magnitude = digits.parse::<i64>().map_or(i128::from(i64::MAX), i128::from);
    Some(if negative { -magnitude } else { magnitude })
}

fn length(bytes: usize) -> i128 {
    i128::try_from(bytes).unwrap_or(i128::MAX >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_one_representation() {
        let same = |a: &str, b: &str| Decimal::parse(a) == Decimal::parse(b);
        assert!(same("1.0", "1") && same("1e2", "100") && same("0.10", "1e-1") && same("-0", "0.0e9"));
        assert!(!same("1", "-1") && !same("9007199254740993", "9007199254740992"));
        for bad in ["", "-", "01", "1.", ".5", "1e", "+1", "1e+", "0x1", "1_0", "NaN"] {
            assert_eq!(Decimal::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn integers_in_every_spelling() {
        let value = |text: &str| Decimal::parse(text).and_then(|d| d.to_i64());
        assert_eq!(value("1.0"), Some(1));
        assert_eq!(value("1e2"), Some(100));
        assert_eq!(value("0"), Some(0));
        assert_eq!(value("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(value("9223372036854775808"), None);
        assert_eq!(value("1.5"), None);
        assert_eq!(value("1e999999999999999999999"), None);
        let wide = |text: &str| Decimal::parse(text).and_then(|d| d.to_integer::<i128>());
        assert_eq!(wide("-170141183460469231731687303715884105728"), Some(i128::MIN));
        assert_eq!(wide("170141183460469231731687303715884105728"), None);
        assert_eq!(Decimal::parse("-1").and_then(|d| d.to_integer::<u128>()), None);
        assert_eq!(Decimal::parse("34e37").and_then(|d| d.to_integer::<u128>()), Some(34 * 10u128.pow(37)));
    }
}
