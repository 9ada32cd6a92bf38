//! Documents of growing size that differ in one place.

use std::time::Instant;

use evschema_compat::{Containment, containment};
use evschema_model::{Dialects, Formats};
use evschema_tests::read_alone;
use serde_json::{Map, Value, json};

/// Runs of each case; the median is shown.
const RUNS: usize = 9;

/// The longest that a decision may take, parsing included.
const BAR_MICROS: u128 = 100_000;

type Shape = fn(usize, Value) -> Value;

/// Measures every shape in every size, both ways; returns how often the bar was missed.
#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
pub(super) fn run(json: bool) -> Result<usize, Box<dyn std::error::Error>> {
    let objects = [10, 100, 1_000, 10_000].map(|size| ("properties", size, object as Shape));
    let unions = [10, 50, 100, 200].map(|size| ("oneOf branches", size, union as Shape));
    let mut missed = 0;
    if !json {
        println!("{:<16} {:>7}  {:<13} {:>10} {:>10}", "shape", "size", "verdict", "median µs", "reading");
    }
    for (name, size, shape) in objects.into_iter().chain(unions) {
        let (narrow, wide) =
            (shape(size, json!({"type": "integer"})), shape(size, json!({"type": "number"})));
        for (writer, reader) in [(&narrow, &wide), (&wide, &narrow)] {
            let taken = measure(&writer.to_string(), &reader.to_string())?;
            missed += usize::from(BAR_MICROS < taken.micros);
            if json {
                let Taken { verdict, micros, reading } = taken;
                let row = json!({"shape": name, "size": size, "verdict": verdict, "micros": micros, "reading_micros": reading});
                println!("{row}");
            } else {
                let Taken { verdict, micros, reading } = taken;
                println!("{name:<16} {size:>7}  {verdict:<13} {micros:>10} {reading:>10}");
            }
        }
    }
    Ok(missed)
}

/// An object of many properties, the last of which is given.
fn object(size: usize, last: Value) -> Value {
    let mut properties: Map<String, Value> =
        (1..size).map(|n| (format!("p{n}"), json!({"type": "string", "maxLength": n}))).collect();
    properties.insert("last".to_owned(), last);
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

/// A union of many tagged branches, the last of which has the given property.
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

/// Medians of a case: all of it, and the share of reading the two documents.
struct Taken {
    verdict: &'static str,
    micros: u128,
    reading: u128,
}

fn measure(writer: &str, reader: &str) -> Result<Taken, Box<dyn std::error::Error>> {
    let dialects = Dialects::default();
    let mut times = Vec::new();
    let mut readings = Vec::new();
    let mut verdict = "";
    for _ in 0..RUNS {
        let started = Instant::now();
        let (writer, reader) =
            (read_alone("writer", writer, &dialects)?, read_alone("reader", reader, &dialects)?);
        readings.push(started.elapsed().as_micros());
        let answer = containment(&writer, &reader, Formats::Assert);
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
