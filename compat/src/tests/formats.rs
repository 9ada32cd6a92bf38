//! Tests of formats together with patterns and other formats: the answers, and the witnesses.

use serde_json::{Value, json};

use super::{contained, resolved};
use crate::check::{Settings, diff};

/// A writer, a reader, and the answer; `None` if the test expects no answer.
type Pair = (Value, Value, Option<bool>);

fn check(pairs: impl IntoIterator<Item = Pair>) {
    let wrong: Vec<String> = pairs
        .into_iter()
        .filter_map(|(writer, reader, expected)| {
            let answer = contained(&writer.to_string(), &reader.to_string());
            (answer != expected).then(|| format!("{writer} in {reader}: {answer:?}, not {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn of(format: &str) -> Value {
    json!({"type": "string", "format": format})
}

fn matching(pattern: &str) -> Value {
    json!({"type": "string", "pattern": pattern})
}

#[test]
fn a_format_against_a_pattern() {
    let pairs = [
        ("uuid", r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", true),
        ("uuid", r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", false),
        ("uuid", r"^[0-9a-fA-F-]{36}$", true),
        ("uuid", r"^[^-]+-[^-]+-4", false),
        ("date", r"^\d{4}-\d{2}-\d{2}$", true),
        ("date", r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$", true),
        ("date", r"^\d{4}-\d{2}-(0[1-9]|[12]\d|30)$", false),
        ("date", "^[12]", false),
        ("date", "^(?!.*-02-29)", false),
        ("time", r"^\d{2}:\d{2}:\d{2}", true),
        ("time", "(Z|z|[+-][0-9:]{5})$", true),
        ("time", "Z$", false),
        ("time", r"^\d{2}:[0-5]\d:[0-5]\d", false),
        ("date-time", "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]", true),
        ("date-time", "^[0-9]{4}-[0-9]{2}-[0-9]{2}T", false),
        ("date-time", "Z$", false),
        ("duration", "^P[0-9YMWDTHS]+$", true),
        ("duration", "^P[0-9]+[YMWD]$", false),
        ("ipv4", r"^(\d{1,3}\.){3}\d{1,3}$", true),
        ("ipv4", r"^(\d{1,2}\.){3}\d{1,3}$", false),
        ("ipv6", "^[0-9A-Fa-f:.]+$", true),
        ("ipv6", "^[0-9A-Fa-f:]+$", false),
        ("hostname", "^[A-Za-z0-9.-]+$", true),
        ("hostname", "^[a-z0-9.-]+$", false),
        ("hostname", r"\.", false),
        (
            "hostname",
            r"^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)*[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$",
            true,
        ),
        ("email", "@", true),
        ("email", r"^[^@\s]+@[^@\s]+$", false),
        ("email", r"^\S+@\S+\.\S+$", false),
        ("idn-email", "@", true),
        ("uri", "^[A-Za-z][A-Za-z0-9+.-]*:", true),
        ("uri", "^https?://", false),
        ("uri", r"^\S+$", true),
        ("iri", r"^[^ ]+$", true),
        ("json-pointer", "^(/|$)", true),
        ("relative-json-pointer", "^[0-9]+(#|/|$)", true),
        ("uri-template", "^[^ ]*$", true),
    ];
    check(pairs.map(|(format, pattern, answer)| (of(format), matching(pattern), Some(answer))));
}

#[test]
fn a_pattern_against_a_format() {
    let pairs = [
        ("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", "uuid", true),
        ("^[0-9a-f-]{36}$", "uuid", false),
        ("^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$", "date", true),
        ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "date", false),
        ("^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$", "time", true),
        ("^[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$", "time", false),
        (r"^10\.[0-9]\.[0-9]\.[0-9]$", "ipv4", true),
        (r"^10(\.[0-9]{1,3}){3}$", "ipv4", false),
        ("^[a-z]{1,20}$", "hostname", true),
        ("^[a-z-]{1,20}$", "hostname", false),
        (r"^[a-z]{1,20}@example\.com$", "email", true),
        (r"^[a-z]{1,80}@example\.com$", "email", false),
        (r"^https://example\.com/[a-z]*$", "uri", true),
        (r"^https://example\.com/", "uri", false),
        ("^(/[a-z]+)*$", "json-pointer", true),
        ("^/[a-z~]+$", "json-pointer", false),
        ("^P[1-9]D$", "duration", true),
    ];
    check(pairs.map(|(pattern, format, answer)| (matching(pattern), of(format), Some(answer))));
}

#[test]
fn a_format_against_a_format() {
    let pairs = [
        ("uri", "uri-reference", true),
        ("uri-reference", "uri", false),
        ("uri", "iri", true),
        ("iri", "uri", false),
        ("uri", "iri-reference", true),
        ("uri-reference", "iri-reference", true),
        ("iri", "iri-reference", true),
        ("iri-reference", "iri", false),
        ("email", "idn-email", true),
        ("idn-email", "email", false),
        ("ipv4", "hostname", true),
        ("hostname", "ipv4", false),
        // The validator decodes the labels of the second more strictly: `xn--bca` is an upper-case letter.
        ("hostname", "idn-hostname", false),
        ("idn-hostname", "hostname", false),
        ("uuid", "hostname", true),
        ("date", "date-time", false),
        ("date-time", "date", false),
        ("date", "uri-template", true),
        ("json-pointer", "uri-reference", false),
    ];
    check(pairs.map(|(writer, reader, answer)| (of(writer), of(reader), Some(answer))));
    let draft_4 = "http://json-schema.org/draft-04/schema#";
    let plain = json!({"$schema": draft_4, "type": "string", "format": "hostname"});
    // Draft 4 does not decode the labels of host names.
    check([(of("hostname"), plain.clone(), Some(true)), (plain, of("hostname"), Some(false))]);
}

#[test]
fn formats_within_other_keywords() {
    let integer = json!({"type": "integer"});
    let both = |a: &str, b: &str| json!({"type": "string", "allOf": [{"format": a}, {"format": b}]});
    check([
        (json!({"enum": ["2024-02-29"]}), json!({"format": "date"}), Some(true)),
        (json!({"enum": ["2024-02-29", "2023-02-29"]}), json!({"format": "date"}), Some(false)),
        (both("date", "uuid"), integer.clone(), Some(true)),
        (both("uri", "uri-reference"), integer, Some(false)),
        (of("date"), json!({"oneOf": [{"format": "date"}, {"format": "date-time"}]}), Some(true)),
        (of("date"), json!({"oneOf": [{"format": "date"}, {"pattern": "^2"}]}), Some(false)),
        (of("date"), json!({"not": {"format": "date-time"}}), Some(true)),
        (of("date"), json!({"not": {"pattern": "29$"}}), Some(false)),
        (of("date"), json!({"anyOf": [{"pattern": r"^\d{4}-0"}, {"pattern": r"^\d{4}-1"}]}), Some(true)),
        (
            json!({"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}),
            json!({"anyOf": [{"format": "ipv6"}, {"format": "ipv4"}, {"format": "hostname"}]}),
            Some(true),
        ),
        (
            json!({"properties": {"a": {"items": of("date")}}}),
            json!({"properties": {"a": {"items": {"maxLength": 10, "pattern": "^[0-9-]*$"}}}}),
            Some(true),
        ),
        (
            json!({"type": "object", "additionalProperties": {"type": "integer"}, "propertyNames": {"format": "uuid"}}),
            json!({"propertyNames": {"pattern": "^[0-9a-fA-F-]+$"}}),
            Some(true),
        ),
    ]);
}

#[test]
fn a_witness_is_a_well_known_string() {
    for (writer, reader, expected) in [
        (of("time"), matching("Z$"), "12:00:00+01:00"),
        (of("date-time"), matching("Z$"), "2024-01-31T12:00:00+01:00"),
        (of("uuid"), matching("^[0-9a-f-]*$"), "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"),
        (of("email"), matching(r"\..*@|@.*\."), "a@localhost"),
        (of("uri-reference"), of("uri"), "0"),
    ] {
        let (old, new) = (writer.to_string(), reader.to_string());
        let found = diff(&resolved("1.0.0", &old), &resolved("1.1.0", &new), &Settings::default()).findings;
        assert_eq!(found[0].witness, Some(Value::from(expected)), "{old} in {new}");
    }
}
