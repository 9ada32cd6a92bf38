//! Measures generated documents of growing size that differ in one place, under each content model.

use std::sync::Arc;
use std::time::Instant;

use evschema_compat::{Baseline, Containment, Settings, Standing, Waivers, check, containment_under};
use evschema_model::{Catalog, ContentModel, Coordinates, Dialects, Formats, Schema, Subject, Version};
use evschema_tests::read_alone;
use serde_json::{Map, Value, json};

/// The number of runs for each case. The table shows their median.
const RUNS: usize = 9;

/// Bar for one comparison in microseconds, including the parse of both documents.
const BAR_MICROS: u128 = 100_000;

type Shape = fn(usize, Value) -> Value;

const SHAPES: [(&str, [usize; 3], Shape); 3] = [
    ("properties", [100, 1_000, 10_000], object),
    ("oneOf branches", [50, 200, 500], union),
    ("if/then kinds", [10, 50, 100], conditions),
];

/// The differences: the schema of one place in the old and in the new version.
const CHANGES: [(&str, &str, &str); 3] = [
    ("description", r#"{"type":"number","description":"a"}"#, r#"{"type":"number","description":"b"}"#),
    ("wider", r#"{"type":"integer"}"#, r#"{"type":"number"}"#),
    ("narrower", r#"{"type":"number"}"#, r#"{"type":"integer"}"#),
];

/// Measures every shape in every size with every difference, and returns the number of missed bars.
#[expect(clippy::print_stdout, reason = "the table is the output of the command")]
pub(super) fn run(json: bool) -> Result<usize, Box<dyn std::error::Error>> {
    let mut missed = 0;
    if !json {
        println!(
            "{:<16} {:>7}  {:<12} {:<9} {:<13} {:>10} {:>10}",
            "shape", "size", "change", "model", "verdict", "median µs", "reading"
        );
    }
    for (name, sizes, shape) in SHAPES {
        for size in sizes {
            for (change, old, new) in CHANGES {
                let [writer, reader] =
                    [old, new].map(|part| serde_json::from_str(part).map(|part: Value| shape(size, part)));
                let (writer, reader) = (writer?.to_string(), reader?.to_string());
                for model in ContentModel::ALL {
                    let Taken { verdict, micros, reading } = measure(model, &writer, &reader)?;
                    missed += usize::from(BAR_MICROS < micros || verdict == "undecided");
                    if json {
                        let row = json!({
                            "shape": name, "size": size, "change": change, "model": model, "verdict": verdict,
                            "micros": micros, "reading_micros": reading,
                        });
                        println!("{row}");
                    } else {
                        let model = model.to_string();
                        println!(
                            "{name:<16} {size:>7}  {change:<12} {model:<9} {verdict:<13} {micros:>10} {reading:>10}"
                        );
                    }
                }
            }
        }
    }
    Ok(missed)
}

/// The number of versions that [`versions`] checks.
const VERSIONS: usize = 200;

/// Bar for the check of all versions, in microseconds.
const VERSIONS_BAR_MICROS: u128 = 1_000_000;

/// Checks many versions of one subject. Each version adds a property. Returns 1 if the bar was missed, otherwise 0.
#[expect(clippy::print_stdout, reason = "the row is the output of the command")]
pub(super) fn versions(json: bool) -> Result<usize, Box<dyn std::error::Error>> {
    let dialects = Dialects::default();
    let mut history: Vec<Baseline> = Vec::new();
    let mut properties = Map::from_iter([("id".to_owned(), json!({"type": "string"}))]);
    let started = Instant::now();
    for minor in 0..VERSIONS {
        properties.insert(format!("p{minor}"), json!({"type": "string", "maxLength": minor + 1}));
        let text = json!({"type": "object", "properties": properties, "required": ["id"]}).to_string();
        let at =
            Coordinates { subject: Subject::parse("a")?, version: Version::parse(&format!("1.{minor}.0"))? };
        let schema = Schema::read(at, text.as_bytes(), &dialects).map_err(|wrong| format!("{wrong:?}"))?;
        let resolved = Catalog::default().resolve(&Arc::new(schema)).map_err(|wrong| format!("{wrong:?}"))?;
        let report = check(&resolved, &history, &Settings::default(), &Waivers::default());
        if !report.is_accepted() {
            return Err(format!("1.{minor}.0 is refused").into());
        }
        history.push(Baseline { resolved, standing: Standing::Current });
    }
    let micros = started.elapsed().as_micros();
    if json {
        println!("{}", json!({"shape": "versions", "size": VERSIONS, "micros": micros}));
    } else {
        println!("\n{VERSIONS} versions of a subject, each checked against all before it: {micros} µs");
    }
    Ok(usize::from(VERSIONS_BAR_MICROS < micros))
}

/// Returns an object with many properties. `last` is the schema of the last property.
fn object(size: usize, last: Value) -> Value {
    let mut properties: Map<String, Value> =
        (1..size).map(|n| (format!("p{n}"), json!({"type": "string", "maxLength": n}))).collect();
    properties.insert("last".to_owned(), last);
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

/// Returns a union with many tagged branches. `last` is the schema of a property in the last branch.
fn union(size: usize, last: Value) -> Value {
    let branch = |n: usize, schema: Value| {
        json!({
            "type": "object",
            "properties": {"kind": {"const": format!("k{n}")}, "value": schema},
            "required": ["kind"],
            "additionalProperties": false
        })
    };
    let branches: Vec<Value> = (1..size)
        .map(|n| branch(n, json!({"type": "string", "maxLength": n})))
        .chain([branch(size, last)])
        .collect();
    json!({ "oneOf": branches })
}

/// Returns a schema with many `if` and `then`. `last` is the schema of a property in the last `then`.
fn conditions(size: usize, last: Value) -> Value {
    let kind = |n: usize, schema: Value| {
        json!({
            "if": {"properties": {"kind": {"const": format!("k{n}")}}, "required": ["kind"]},
            "then": {"properties": {"value": schema}}
        })
    };
    let kinds: Vec<Value> = (1..size)
        .map(|n| kind(n, json!({"type": "string", "maxLength": n})))
        .chain([kind(size, last)])
        .collect();
    json!({"type": "object", "properties": {"kind": {"type": "string"}}, "required": ["kind"], "allOf": kinds})
}

/// The medians of one case: the total time, and the time to parse both documents.
struct Taken {
    verdict: &'static str,
    micros: u128,
    reading: u128,
}

fn measure(model: ContentModel, writer: &str, reader: &str) -> Result<Taken, Box<dyn std::error::Error>> {
    let dialects = Dialects::default();
    let mut times = Vec::new();
    let mut readings = Vec::new();
    let mut verdict = "";
    for _ in 0..RUNS {
        let started = Instant::now();
        let (writer, reader) =
            (read_alone("writer", writer, &dialects)?, read_alone("reader", reader, &dialects)?);
        readings.push(started.elapsed().as_micros());
        let answer = containment_under(model, &writer, &reader, Formats::Assert);
        times.push(started.elapsed().as_micros());
        verdict = match answer {
            Containment::Contained => "contained",
            Containment::NotContained { .. } => "not-contained",
            Containment::Undecided { .. } => "undecided",
        };
    }
    times.sort_unstable();
    readings.sort_unstable();
    Ok(Taken { verdict, micros: times[RUNS / 2], reading: readings[RUNS / 2] })
}
