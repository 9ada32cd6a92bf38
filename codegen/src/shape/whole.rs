//! Reads the numbers of schemas as integers, without rounding.

use serde_json::{Number, Value};

/// Returns the largest integer that is not above a number, and the smallest integer that is not below it. Returns `None`
/// for a number beyond 128 bits.
pub(super) fn floor_and_ceiling(number: &Number) -> Option<(i128, i128)> {
    let text = number.to_string();
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(positive) => (true, positive),
        None => (false, text.as_str()),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{before}{after}");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some((0, 0));
    }
    let point = i32::try_from(digits.len()).ok()? - i32::try_from(after.len()).ok()?;
    let (whole, has_fraction) = match usize::try_from(point.checked_add(exponent)?) {
        // Longer numbers do not fit 128 bits.
        Ok(length) if 39 < length => return None,
        Ok(length) if digits.len() <= length => (format!("{digits:0<length$}"), false),
        Ok(length) => (digits[..length].to_owned(), digits[length..].contains(|digit| digit != '0')),
        // The point is before the first digit.
        Err(_) => (String::new(), true),
    };
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let beyond = whole + i128::from(has_fraction);
    Some(if is_negative { (-beyond, -whole) } else { (whole, beyond) })
}

/// Returns the value of a number without a fraction, such as `200` or `2e2`, if it fits 64 bits.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    let (floor, ceiling) = floor_and_ceiling(value.as_number()?)?;
    if floor == ceiling { i64::try_from(floor).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_not_rounded() {
        for (text, expected) in [
            ("0", Some((0, 0))),
            ("-0.0", Some((0, 0))),
            ("1.0", Some((1, 1))),
            ("1e2", Some((100, 100))),
            ("100e-2", Some((1, 1))),
            ("1e-400", Some((0, 1))),
            ("-0.5", Some((-1, 0))),
            ("-2.5e0", Some((-3, -2))),
            ("254.99999999999999999999999", Some((254, 255))),
            ("9007199254740993.0", Some((9_007_199_254_740_993, 9_007_199_254_740_993))),
            ("18446744073709551615", Some((18_446_744_073_709_551_615, 18_446_744_073_709_551_615))),
            ("1e39", None),
            ("1e99999999999", None),
        ] {
            let number: Number = serde_json::from_str(text).unwrap();
            assert_eq!(floor_and_ceiling(&number), expected, "{text}");
        }
        assert_eq!(whole(&serde_json::json!("1")), None);
        assert_eq!(whole(&serde_json::json!(9_223_372_036_854_775_808_u64)), None);
    }
}
