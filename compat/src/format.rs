//! What is known of formats: how long their strings are, and strings of them.
//!
//! A length is a fact that a proof may rest on, so it is said only where the validator holds to it. Strings
//! are put to the validator in any case.

use evschema_model::Draft;
use serde_json::{Value, json};

/// Returns lengths in characters between which all strings of a format are.
pub(crate) fn lengths(format: &str) -> (u64, Option<u64>) {
    match format {
        "date" => (10, Some(10)),
        "uuid" => (36, Some(36)),
        "ipv4" => (7, Some(15)),
        "ipv6" => (2, Some(45)),
        // RFC 1123, section 2.1, with the dot that some write at the end, and a little more.
        "hostname" => (1, Some(255)),
        // RFC 5321, section 4.5.3.1: 64 characters, an `@`, and a domain of 255.
        "email" => (3, Some(320)),
        "date-time" => (20, None),
        _ => (0, None),
    }
}

/// Returns plausible strings of a format, the shortest first where there is a choice.
pub(crate) fn examples(format: &str) -> &'static [&'static str] {
    match format {
        "date-time" => &["2024-01-31T12:00:00Z", "2024-01-31T12:00:00.5+01:00"],
        "date" => &["2024-01-31"],
        "time" => &["12:00:00Z"],
        "duration" => &["P1D"],
        "email" | "idn-email" => &["a@example.com"],
        "hostname" | "idn-hostname" => &["example.com"],
        "ipv4" => &["192.0.2.1"],
        "ipv6" => &["2001:db8::1"],
        "uri" | "iri" => &["https://example.com/", "urn:example:1"],
        "uri-reference" | "iri-reference" => &["a", "https://example.com/"],
        "uri-template" => &["a"],
        "json-pointer" => &["/a", ""],
        "relative-json-pointer" => &["0"],
        "regex" => &["a"],
        "uuid" => &["00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000001"],
        "contentEncoding=base64" => &["YQ==", ""],
        "contentMediaType=application/json" => &["{}"],
        "contentEncoding=base64,contentMediaType=application/json" => &["e30="],
        _ => &["x"],
    }
}

/// Tells whether a string may be of a format: what the validator says by the latest draft, since drafts differ in
/// what they call a format, and little in what it is. Good enough to choose what is tried, not to prove by.
pub(crate) fn may_accept(format: &str, text: &str) -> bool {
    let schema = json!({"$schema": Draft::Draft202012.uri(), "format": format});
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&schema).map_or(true, |validator| validator.is_valid(&Value::from(text)))
}

/// Returns a string of a format that has so many characters, where one is easily made.
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
        "hostname" | "idn-hostname" => hostname(length),
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
    // The last character is no dot.
    let every = if length.is_multiple_of(64) { 63 } else { 64 };
    let character = |at: usize| if (at + 1).is_multiple_of(every) { '.' } else { 'x' };
    (0 < length && length <= LENGTH_MAX).then(|| (0..length).map(character).collect())
}

#[cfg(test)]
mod tests {
    use super::{examples, lengths, may_accept as accepts, of_length};

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
    fn nothing_of_a_format_is_longer_than_said() {
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
