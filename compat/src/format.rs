//! Knowledge about formats: the lengths of their strings, and examples.
//!
//! A proof may depend on a length, so the table has only lengths that the validator enforces. The examples need not be
//! exact, because the validator confirms every witness.

mod language;

use std::sync::{Arc, Mutex, PoisonError};

use evschema_model::formats::PLAIN_HOSTNAME;
use evschema_model::{Draft, Formats, formats};
use foldhash::HashMap;
use serde_json::{Value, json};

pub(crate) use language::language;

use crate::truth::Truth;

/// Returns a lower and an upper bound for the length of all strings of a format, in characters.
pub(crate) fn lengths(format: &str) -> (u64, Option<u64>) {
    match format {
        "date" => (10, Some(10)),
        "uuid" => (36, Some(36)),
        "ipv4" => (7, Some(15)),
        "ipv6" => (2, Some(45)),
        // RFC 1123, section 2.1. The bound also leaves room for an optional dot at the end.
        "hostname" | "plain-hostname" => (1, Some(255)),
        // RFC 5321, section 4.5.3.1: 64 characters, an `@`, and a domain of 255.
        "email" => (3, Some(320)),
        "time" => (9, None),
        "date-time" => (20, None),
        _ => (0, None),
    }
}

/// Returns plausible strings of a format, the short strings first. The last strings have the format, but patterns that
/// authors write for the format often do not match them.
pub(crate) fn examples(format: &str) -> &'static [&'static str] {
    match format {
        "date-time" => &[
            "2024-01-31T12:00:00Z",
            "2024-01-31T12:00:00.5+01:00",
            "2024-01-31T12:00:00+01:00",
            "2024-01-31T12:00:00.5Z",
            "2024-01-31T12:00:00-05:00",
        ],
        "date" => &["2024-01-31", "1999-12-31", "2024-02-29"],
        "time" => &["12:00:00Z", "12:00:00+01:00", "12:00:00-05:00", "12:00:00.5Z"],
        "duration" => &["P1D", "PT1H", "P1W", "P1Y2M3DT4H5M6S"],
        "email" | "idn-email" => &["a@example.com", "a.b+c@example.com", "A@EXAMPLE.COM", "a@localhost"],
        "hostname" | "plain-hostname" | "idn-hostname" => {
            &["example.com", "localhost", "EXAMPLE.COM", "192.0.2.1"]
        }
        "ipv4" => &["192.0.2.1", "0.0.0.0", "255.255.255.255"],
        "ipv6" => &["2001:db8::1", "::", "2001:DB8::1", "::ffff:192.0.2.1"],
        "uri" | "iri" => {
            &["https://example.com/", "urn:example:1", "http://example.com/", "mailto:a@example.com"]
        }
        "uri-reference" | "iri-reference" => &["a", "https://example.com/", "../a", "#a", "/a?b=c"],
        "uri-template" => &["a", "https://example.com/{id}", "{a}"],
        "json-pointer" => &["/a", "", "/a/0", "/~0"],
        "relative-json-pointer" => &["0", "1/a", "0#"],
        "regex" => &["a"],
        "uuid" => &[
            "00000000-0000-4000-8000-000000000000",
            "00000000-0000-4000-8000-000000000001",
            "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "00000000-0000-0000-0000-000000000000",
        ],
        "contentEncoding=base64" => &["YQ==", ""],
        "contentMediaType=application/json" => &["{}"],
        "contentEncoding=base64,contentMediaType=application/json" => &["e30="],
        _ => &["x"],
    }
}

/// Returns strings that nearly have a format, and strings of other formats. They are candidates if a reader asserts the
/// format.
pub(crate) fn near_misses(format: &str) -> &'static [&'static str] {
    match format {
        "date" => &["2024-02-30", "2024-01-31T12:00:00Z"],
        "time" => &["12:00:00", "12:00"],
        "date-time" => &["2024-01-31", "2024-01-31T12:00:00"],
        "hostname" | "plain-hostname" => &["a_b", "xn--a", "a.", "b\u{fc}cher.example"],
        // Upper-case letters: the validator decodes them for `hostname`, and rejects them for `idn-hostname`.
        "idn-hostname" => &["a_b", "xn--bca", "a."],
        "email" => &["a", "\u{e9}@example.com", "a@b\u{fc}cher.example"],
        "idn-email" => &["a", "a@b_c"],
        "uri" => &["a", "/a", "https://example.com/\u{e9}", "https://example.com/a b"],
        "uri-reference" => &["\u{e9}", "a b", "https://example.com/\u{e9}", "1:"],
        "iri" => &["a", "/a", "https://example.com/a b"],
        "iri-reference" => &["a b", "1:"],
        "ipv4" => &["256.0.0.1", "::1"],
        "ipv6" => &["192.0.2.1", "::1%eth0"],
        _ => &[],
    }
}

/// Returns whether a string has a format. The function uses the validator of the `jsonschema` library.
pub(crate) fn accepts(format: &str, text: &str) -> Truth {
    /// The maximum number of validators that stay in memory. If the cache is full, the function compiles the validator
    /// of another format at each call.
    const KEPT_MAX: usize = 64;
    static KEPT: Mutex<Option<HashMap<String, Option<Arc<jsonschema::Validator>>>>> = Mutex::new(None);
    let lock = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let known = lock().as_ref().and_then(|kept| kept.get(format).cloned());
    let validator = known.unwrap_or_else(|| {
        let compiled = validator(format).map(Arc::new);
        let mut kept = lock();
        let kept = kept.get_or_insert_default();
        if kept.len() < KEPT_MAX {
            kept.insert(format.to_owned(), compiled.clone());
        }
        compiled
    });
    validator.map_or(Truth::Unknown, |validator| Truth::of(validator.is_valid(&Value::from(text))))
}

/// Returns whether a string has all of these formats.
pub(crate) fn all_accept(formats: &[String], text: &str) -> Truth {
    formats.iter().fold(Truth::Yes, |truth, format| truth.and(accepts(format, text)))
}

/// Compiles the validator of a format; returns `None` if no draft has this format.
fn validator(format: &str) -> Option<jsonschema::Validator> {
    let (draft, mut schema) = (Draft::Draft202012, json!({}));
    let draft = if let Some(content) = format.strip_prefix("content") {
        for part in format!("content{content}").split(',') {
            let (keyword, value) = part.split_once('=')?;
            schema[keyword] = Value::from(value);
        }
        Draft::Draft7
    } else if format == PLAIN_HOSTNAME {
        schema["format"] = Value::from("hostname");
        Draft::Draft4
    } else {
        schema["format"] = Value::from(format);
        draft
    };
    let is_known = schema.get("format").is_none_or(|name| {
        name.as_str().is_some_and(|name| jsonschema::options().is_known_format(draft.to_library(), name))
    });
    let options = jsonschema::options().with_draft(draft.to_library());
    let options = formats::checking(options, Formats::Assert);
    is_known.then(|| options.build(&schema).ok()).flatten()
}

/// Returns the name of a format as it appears in schemas.
pub(crate) fn written(format: &str) -> &str {
    if format == PLAIN_HOSTNAME { "hostname" } else { format }
}

/// Returns a string of a format with this number of characters, if one is easy to make.
pub(crate) fn of_length(format: &str, length: usize) -> Option<String> {
    let filled = |before: &str, filling: &str, after: &str| {
        let missing = length.checked_sub(before.len() + after.len()).filter(|missing| 0 < *missing)?;
        Some(format!("{before}{}{after}", filling.repeat(missing)))
    };
    match format {
        "date-time" => filled("2024-01-31T12:00:00.", "1", "Z"),
        "time" => filled("12:00:00.", "1", "Z"),
        "duration" => filled("P", "1", "D"),
        "email" | "idn-email" => match length {
            0..=5 => None,
            6..=12 => filled("", "x", "@b.co"),
            13..=76 => filled("", "x", "@example.com"),
            _ => Some(format!("{}@{}", "x".repeat(64), hostname(length - 65)?)),
        },
        "hostname" | "plain-hostname" | "idn-hostname" => hostname(length),
        "uri" | "iri" if length < 21 => filled("a:", "x", ""),
        "uri" | "iri" => filled("https://example.com/", "x", ""),
        "uri-reference" | "iri-reference" | "uri-template" | "regex" => filled("", "x", ""),
        "json-pointer" => filled("/", "x", ""),
        "relative-json-pointer" => filled("0/", "x", ""),
        _ => None,
    }
}

/// Returns a host name of this length, in labels of at most 63 characters (RFC 1035, section 2.3.4).
fn hostname(length: usize) -> Option<String> {
    const LENGTH_MAX: usize = 253;
    // The last character must not be a dot.
    let every = if length.is_multiple_of(64) { 63 } else { 64 };
    let character = |at: usize| if (at + 1).is_multiple_of(every) { '.' } else { 'x' };
    (0 < length && length <= LENGTH_MAX).then(|| (0..length).map(character).collect())
}

#[cfg(test)]
mod tests {
    use super::{Truth, examples, lengths, of_length};

    fn accepts(format: &str, text: &str) -> bool {
        super::accepts(format, text) != Truth::No
    }

    const FORMATS: [&str; 20] = [
        "date-time",
        "date",
        "time",
        "duration",
        "email",
        "idn-email",
        "hostname",
        "idn-hostname",
        "ipv4",
        "ipv6",
        "uri",
        "iri",
        "uri-reference",
        "iri-reference",
        "uri-template",
        "json-pointer",
        "relative-json-pointer",
        "regex",
        "uuid",
        "unknown",
    ];

    #[test]
    fn strings_are_of_their_format_and_as_long_as_asked() {
        for format in FORMATS {
            let (min, max) = lengths(format);
            let within = |text: &str| {
                let length = text.chars().count() as u64;
                min <= length && max.is_none_or(|max| length <= max)
            };
            for text in examples(format) {
                assert!(accepts(format, text) && within(text), "{format}: {text}");
            }
            for length in (1..330).chain([2_049, 65_536]) {
                if let Some(text) = of_length(format, length) {
                    assert_eq!(text.chars().count(), length);
                    let is_one = accepts(format, &text);
                    assert!(!is_one || within(&text), "{format}: {text}");
                    let is_usual = (21..=250).contains(&length);
                    assert!(is_one || !is_usual, "{format} of {length}: {text}");
                }
            }
        }
    }

    #[test]
    fn no_string_of_a_format_exceeds_its_lengths() {
        let label = "x".repeat(63);
        let host = [label.as_str(); 4].join(".");
        for local in [63, 64, 65] {
            for domain in 1..=host.len() {
                let address = format!("{}@{}", "x".repeat(local), &host[..domain]);
                assert!(!accepts("email", &address) || address.len() <= 320, "{address}");
            }
        }
        for length in 250..=host.len() {
            for name in [host[..length].to_owned(), format!("{}.", &host[..length - 1])] {
                assert!(!accepts("hostname", &name) || name.len() <= 255, "{name}");
            }
        }
        for (format, text) in [
            ("ipv6", "0000:0000:0000:0000:0000:ffff:255.255.255.255"),
            ("ipv4", "255.255.255.255"),
            ("ipv6", "::"),
            ("date-time", "2024-01-31T12:00:00Z"),
        ] {
            let (min, max) = lengths(format);
            let length = text.len() as u64;
            assert!(accepts(format, text) && (length == min || Some(length) == max), "{format}");
        }
        for (format, text) in [
            ("ipv4", "0255.255.255.255"),
            ("date", "02024-01-31"),
            ("uuid", "{00000000-0000-4000-8000-000000000000}"),
        ] {
            assert!(!accepts(format, text), "{format}: {text}");
        }
    }
}
