use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use sha2::{Digest as _, Sha256};

/// The SHA-256 hash of a document's canonical form (RFC 8785): `sha256:` and hexadecimal digits.
///
/// Two documents with the same digest are the same schema. The order of properties, white space, escapes and the
/// spelling of numbers make no difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// Returns the digest of a JSON value.
    pub fn of(value: &Value) -> Self {
        let hash = Sha256::digest(canonical_json(value).as_bytes());
        let mut text = String::with_capacity("sha256:".len() + 2 * hash.len());
        text.push_str("sha256:");
        for byte in hash {
            for digit in [byte >> 4, byte & 0xf] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        Self(text)
    }

    /// Returns a digest from its text, which is not checked.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text, such as `sha256:3b5d…`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns the canonical form of a value by RFC 8785 (JSON Canonicalization Scheme).
///
/// The RFC defines the form only of numbers that an IEEE 754 double can represent exactly (its section 3.2.2.3 refers
/// to I-JSON). Here, an integer that a double cannot represent keeps its digits, and so does a fraction with more than
/// 17 digits. If they were rounded, two schemas with different bounds could have the same digest.
pub fn canonical_json(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, &mut out);
    out
}

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(number, out),
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if 0 < at {
                    out.push(',');
                }
                write_value(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            // RFC 8785, section 3.2.3, sorts by UTF-16 code units, which is not the order of Rust's strings.
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
            out.push('{');
            for (at, (name, member)) in sorted.into_iter().enumerate() {
                if 0 < at {
                    out.push(',');
                }
                write_text(name, out);
                out.push(':');
                write_value(member, out);
            }
            out.push('}');
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    let is_plain = |byte| !matches!(byte, b'"' | b'\\' | 0..0x20);
    if text.bytes().all(is_plain) {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        // serde_json escapes the same characters as RFC 8785, section 3.2.2.2, in the same short forms.
        out.push_str(&Value::from(text).to_string());
    }
}

fn write_number(number: &Number, out: &mut String) {
    /// Every integer up to this one is exactly a double, so it is written unchanged.
    const EXACT_MAX: u64 = 1 << 53;
    if let Some(small) = number.as_i64().filter(|integer| integer.unsigned_abs() <= EXACT_MAX) {
        out.push_str(&small.to_string());
        return;
    }
    let decimal = Decimal::of(&number.to_string());
    let double = number.to_string().parse::<f64>().unwrap_or(f64::INFINITY);
    let rounded = Decimal::of(&format!("{double:e}"));
    // The text of a double needs at most 17 digits, so a fraction with at most 17 digits probably means a double.
    let is_double = rounded == decimal || (decimal.exponent < 0 && decimal.digits.len() <= 17);
    if double.is_finite() && is_double {
        out.push_str(&ecmascript(&rounded));
    } else {
        out.push_str(&decimal.plain());
    }
}

/// A number: its significant digits, and the power of ten of the last digit.
#[derive(Debug, PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    fn of(text: &str) -> Self {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let mut exponent: i64 = exponent.parse().unwrap_or(0);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        exponent = exponent.saturating_sub(i64::try_from(fraction.len()).unwrap_or(0));
        let digits = format!("{whole}{fraction}");
        let digits = digits.trim_start_matches('0');
        let short = digits.trim_end_matches('0');
        exponent = exponent.saturating_add(i64::try_from(digits.len() - short.len()).unwrap_or(0));
        if short.is_empty() {
            return Self { negative: false, digits: "0".to_owned(), exponent: 0 };
        }
        Self { negative, digits: short.to_owned(), exponent }
    }

    fn plain(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        match self.exponent {
            0 => format!("{sign}{}", self.digits),
            exponent => format!("{sign}{}e{exponent}", self.digits),
        }
    }
}

/// Returns the text that ECMAScript's `Number::toString` returns (RFC 8785, section 3.2.2.3).
fn ecmascript(decimal: &Decimal) -> String {
    let digits = &decimal.digits;
    let count = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    // The names `k` and `n` are those of ECMA-262: the value is digits × 10^(n - k).
    let (k, n) = (count, decimal.exponent.saturating_add(count));
    let zeros = |many: i64| "0".repeat(usize::try_from(many).unwrap_or(0));
    let sign = if decimal.negative { "-" } else { "" };
    let body = if (k..=21).contains(&n) {
        format!("{digits}{}", zeros(n - k))
    } else if (1..=21).contains(&n) {
        let (whole, fraction) = digits.split_at(usize::try_from(n).unwrap_or(0));
        format!("{whole}.{fraction}")
    } else if (-5..=0).contains(&n) {
        format!("0.{}{digits}", zeros(-n))
    } else {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        format!("{first}{dot}{rest}e{}{}", if n < 1 { '-' } else { '+' }, (n - 1).abs())
    };
    format!("{sign}{body}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        canonical_json(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn the_example_of_rfc_8785() {
        let text = r#"{
            "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
            "literals": [null, true, false]
        }"#;
        assert_eq!(
            canonical(text),
            r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#
        );
    }

    #[test]
    fn properties_are_sorted_by_utf_16() {
        // The test data of RFC 8785, section 3.2.3.
        let text =
            r#"{"\u20ac":"e","\r":"a","\ufb33":"g","1":"b","\ud83d\ude00":"f","\u0080":"c","\u00f6":"d"}"#;
        let values: Vec<Value> = serde_json::from_str::<serde_json::Map<String, Value>>(&canonical(text))
            .unwrap()
            .into_iter()
            .map(|m| m.1)
            .collect();
        assert_eq!(values, ["a", "b", "c", "d", "e", "f", "g"]);
    }

    #[test]
    fn equal_numbers_have_one_form_with_all_digits() {
        for (text, form) in [
            ("1.0", "1"),
            ("1e2", "100"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("0.10", "0.1"),
            ("123456789012345678901", "123456789012345678901"),
            ("1e21", "1e+21"),
            ("1e-7", "1e-7"),
            ("0.000001", "0.000001"),
            ("9007199254740993", "9007199254740993"),
            ("1e400", "1e400"),
        ] {
            assert_eq!(canonical(text), form, "{text}");
        }
    }
}
