/// A JSON number as sign, digits and exponent: `digits · 10^exponent`, in one form per value.
///
/// No digit is lost and nothing is ever expanded, so `1e999999999` costs no more than its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decimal {
    negative: bool,
    /// Without leading or trailing zeros; empty for zero.
    digits: String,
    exponent: i128,
}

impl Decimal {
    /// Reads a number of RFC 8259; `None` when the text is none.
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

    /// Tells whether the value has no fraction.
    pub(crate) fn is_integer(&self) -> bool {
        0 <= self.exponent
    }

    /// Returns the value, if it is an integer in this range.
    pub(crate) fn to_i64(&self) -> Option<i64> {
        let zeros = u32::try_from(self.exponent).ok()?;
        if self.digits.is_empty() {
            return Some(0);
        }
        let magnitude = self.digits.parse::<i128>().ok()?.checked_mul(10i128.checked_pow(zeros)?)?;
        i64::try_from(if self.negative { -magnitude } else { magnitude }).ok()
    }
}

// An exponent of so many digits that it fits no integer is as good as the largest.
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
    fn one_form_per_value() {
        let same = |a: &str, b: &str| Decimal::parse(a) == Decimal::parse(b);
        assert!(same("1.0", "1") && same("1e2", "100") && same("0.10", "1e-1") && same("-0", "0.0e9"));
        assert!(!same("1", "-1") && !same("9007199254740993", "9007199254740992"));
        for bad in ["", "-", "01", "1.", ".5", "1e", "+1", "1e+", "0x1", "1_0", "NaN"] {
            assert_eq!(Decimal::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn integers_however_written() {
        let value = |text: &str| Decimal::parse(text).and_then(|d| d.to_i64());
        assert_eq!(value("1.0"), Some(1));
        assert_eq!(value("1e2"), Some(100));
        assert_eq!(value("0"), Some(0));
        assert_eq!(value("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(value("9223372036854775808"), None);
        assert_eq!(value("1.5"), None);
        assert_eq!(value("1e999999999999999999999"), None);
    }
}
