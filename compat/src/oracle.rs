//! The oracle: the prover of the `jsonschema` library, `jsonschema::canonical`.
//!
//! The engine consults it if its own rules find no answer. The library does not limit its steps, so the engine passes
//! it only small schemas. The library computes with doubles, so the engine passes it no number that a double would
//! round.

use evschema_model::Formats;
use jsonschema::canonical::{self, CanonicalSchema, Containment as Covers};
use serde_json::Value;

/// The maximum number of characters of both schemas together.
const CHARS_MAX: usize = 3_000;

/// The maximum number of branches of both schemas together. The library expands all combinations of unions and
/// dependent requirements.
const BRANCHES_MAX: usize = 12;

/// The maximum number of names that both schemas together require. The library splits objects by each name. For a
/// hundred names, this takes seconds and hundreds of MiB.
const REQUIRED_MAX: usize = 40;

/// The maximum number of digits of a number that the engine passes to the library. A double certainly represents a
/// number with so few digits without loss.
const DIGITS_MAX: usize = 15;

/// The answer of the library about a pair.
pub(crate) enum OracleAnswer {
    /// The reader accepts everything that the writer accepts.
    Covered,
    /// A schema of the values that the writer accepts and the reader rejects. The engine searches it for witnesses.
    Difference(Value),
    /// The library has no answer.
    Unknown,
}

/// Compares two schemas of draft 2020-12, to decide whether the reader accepts everything that the writer accepts.
pub(crate) fn compare(writer: &Value, reader: &Value, formats: Formats) -> OracleAnswer {
    if CHARS_MAX < writer.to_string().len() + reader.to_string().len()
        || BRANCHES_MAX < branches(writer) + branches(reader)
        || REQUIRED_MAX < required(writer) + required(reader)
        || has_long_number(writer)
        || has_long_number(reader)
        || has_own_format(writer)
        || has_own_format(reader)
    {
        return OracleAnswer::Unknown;
    }
    let (Some(writer), Some(reader)) = (canonical(writer, formats), canonical(reader, formats)) else {
        return OracleAnswer::Unknown;
    };
    match reader.covers(&writer) {
        Ok(Covers::Yes) => OracleAnswer::Covered,
        Ok(Covers::No | Covers::Unknown) => match writer.subtract(&reader) {
            Ok(difference) => OracleAnswer::Difference(difference.to_json_schema()),
            Err(_) => OracleAnswer::Unknown,
        },
        Err(_) => OracleAnswer::Unknown,
    }
}

fn canonical(schema: &Value, formats: Formats) -> Option<CanonicalSchema> {
    canonical::options()
        .offline()
        .with_draft(referencing::Draft::Draft202012)
        .should_validate_formats(formats == Formats::Assert)
        .canonicalize(schema)
        .ok()
}

fn branches(value: &Value) -> usize {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| {
                let own = match (name.as_str(), member) {
                    ("anyOf" | "oneOf", Value::Array(list)) => list.len(),
                    ("not" | "if", _) => 2,
                    // Each dependency gives two branches: the object lacks the property, or it satisfies the
                    // requirements of the property.
                    ("dependentRequired" | "dependentSchemas", Value::Object(needs)) => 2 * needs.len(),
                    _ => 0,
                };
                own + branches(member)
            })
            .sum(),
        Value::Array(items) => items.iter().map(branches).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// Returns how many names a schema and its subschemas require.
fn required(value: &Value) -> usize {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| match (name.as_str(), member) {
                ("required", Value::Array(names)) => names.len(),
                _ => required(member),
            })
            .sum(),
        Value::Array(items) => items.iter().map(required).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// Returns whether the schema has a format with a name that only the engine knows. The library would treat such a
/// format as an annotation.
fn has_own_format(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, member)| match member {
            Value::String(format) if name == "format" => {
                !jsonschema::options().is_known_format(referencing::Draft::Draft202012, format)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
            Value::Array(_) | Value::Object(_) => has_own_format(member),
        }),
        Value::Array(items) => items.iter().any(has_own_format),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn has_long_number(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            let digits = number.to_string().bytes().filter(u8::is_ascii_digit).count();
            DIGITS_MAX < digits || number.to_string().contains(['e', 'E'])
        }
        Value::Array(items) => items.iter().any(has_long_number),
        Value::Object(members) => members.values().any(has_long_number),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}
