//! Random numbers and strings.

use fastrand::Rng;
use serde_json::{Map, Value};

use super::hints::Hints;
use super::{largest, patterns, smallest};

/// Maximum length of a string.
const CHARS_MAX: u64 = 20_000;

/// Draws a number. `f64` is exact enough, because the validator decides.
pub(super) fn number(rules: &[&Map<String, Value>], integer: bool, hints: &Hints, rng: &mut Rng) -> Value {
    // A number from the documents keeps all its digits.
    if rng.u8(..4) == 0
        && let Some(number) = hints.number(rng)
    {
        return Value::Number(number.clone());
    }
    let read =
        |keyword: &str| rules.iter().filter_map(|rule| rule.get(keyword)?.as_f64()).collect::<Vec<_>>();
    let low = read("minimum").into_iter().chain(read("exclusiveMinimum")).reduce(f64::max);
    let high = read("maximum").into_iter().chain(read("exclusiveMaximum")).reduce(f64::min);
    let step = read("multipleOf").into_iter().next();
    let unit = step.unwrap_or(1.0);
    let far = 10_f64.powi(rng.i32(0..7));
    let (from, to) = match (low, high) {
        (Some(low), Some(high)) => (low, high),
        (Some(low), None) => (low, low + far),
        (None, Some(high)) => (high - far, high),
        (None, None) => (-far, far),
    };
    let mut drawn = match rng.u8(..8) {
        0 => from,
        1 => to,
        2 => from + unit * f64::from(rng.u8(..4)),
        3 => to - unit * f64::from(rng.u8(..4)),
        4 => f64::from(rng.i8(-3..4)) * unit,
        5 => hints.number(rng).and_then(serde_json::Number::as_f64).unwrap_or(0.0) + f64::from(rng.i8(-1..2)),
        _ => from + (to - from) * rng.f64(),
    };
    if let Some(step) = step {
        drawn = (drawn / step).round() * step;
    }
    if integer {
        drawn = drawn.round();
    } else if step.is_none() && rng.u8(..3) == 0 {
        drawn = (drawn * 4.0).round() / 4.0;
    }
    if drawn.fract() == 0.0 && drawn.abs() < 9e15 {
        // In all drafts except draft 4, `1.0` is an integer.
        if rng.u8(..16) == 0 { Value::from(drawn) } else { Value::from(drawn as i64) }
    } else {
        Value::from(drawn)
    }
}

/// Draws a string.
pub(super) fn string(rules: &[&Map<String, Value>], hints: &Hints, rng: &mut Rng) -> String {
    let all = |keyword: &str| rules.iter().filter_map(|rule| rule.get(keyword)?.as_str()).collect::<Vec<_>>();
    if rng.u8(..10) == 0 {
        return hints.text(rng);
    }
    if let Some(pattern) = rng.choice(all("pattern"))
        && let Some(text) = patterns::matching(pattern, rng)
    {
        return text;
    }
    if let Some(format) = rng.choice(all("format"))
        && let Some(text) = rng.choice(examples(format))
    {
        return (*text).to_owned();
    }
    let rules = rules.to_vec();
    let min = largest(&rules, "minLength").min(CHARS_MAX);
    let max = smallest(&rules, "maxLength").unwrap_or(min + 8).max(min);
    let length = match rng.u8(..4) {
        0 => min,
        1 if max < CHARS_MAX => max,
        _ => rng.u64(min..=max.min(min + 12)),
    };
    const LETTERS: [char; 14] = ['a', 'b', 'x', 'Z', '0', '7', '-', '_', ' ', 'é', '漢', '𝔸', '/', '.'];
    let plain = rng.bool();
    (0..length).map(|_| if plain { rng.lowercase() } else { rng.choice(LETTERS).unwrap_or('x') }).collect()
}

/// Returns strings of a format, in the variants that its grammar allows.
fn examples(format: &str) -> &'static [&'static str] {
    match format {
        "date-time" => &[
            "2024-01-31T12:00:00Z",
            "1999-12-31T23:59:59.999+14:00",
            "2024-02-29t00:00:00z",
            "0001-01-01T00:00:00-00:00",
        ],
        "date" => &["2024-01-31", "2024-02-29", "0001-01-01", "9999-12-31"],
        "time" => &["12:00:00Z", "23:59:59.5+01:00", "00:00:00-12:00"],
        "duration" => &["P1D", "PT36H", "P1Y2M3DT4H5M6S", "P4W"],
        "email" | "idn-email" => &["a@example.com", "first.last+tag@sub.example.org", "\"a b\"@example.com"],
        "hostname" | "idn-hostname" => &["example.com", "a", "xn--bcher-kva.example"],
        "ipv4" => &["192.0.2.1", "0.0.0.0", "255.255.255.255"],
        "ipv6" => &["::", "2001:db8::1", "::ffff:192.0.2.1"],
        "uri" | "iri" => &["https://example.com/a?b=c#d", "urn:example:1", "mailto:a@example.com"],
        "uri-reference" | "iri-reference" => &["", "a", "#f", "//host/path", "https://example.com/"],
        "uri-template" => &["", "a", "https://example.com/{id}"],
        "json-pointer" => &["", "/a", "/a~1b/0"],
        "relative-json-pointer" => &["0", "1/a", "2#"],
        "regex" => &["", "a", "^[a-z]+$"],
        "uuid" => &["00000000-0000-4000-8000-000000000000", "2F1B0DE6-0CFA-1B84-97D4-8A1B2C3D4E5F"],
        _ => &[],
    }
}
