//! The compatibility engine on documents that differ in one place: cost should follow the
//! difference, not the size.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Args as ClapArgs;
use evschema_compat::{Containment, containment};
use evschema_model::{Catalog, Coordinates, Dialects, Formats, Resolved, Schema, Subject, Version};
use serde_json::{Map, Value, json};

use super::Common;
use crate::Outcome;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
}

/// Runs of each case; the median is shown.
const RUNS: usize = 9;

/// The longest that a decision may take, parsing included.
const BAR_MICROS: u128 = 100_000;

/// Runs the command.
#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
pub(crate) fn run(args: Args) -> Outcome {
    let objects = [10, 100, 1_000, 10_000].map(|size| ("properties", size, object as Shape));
    let unions = [10, 50, 100, 200].map(|size| ("oneOf branches", size, union as Shape));
    let mut missed = 0;
    if !args.common.json {
        println!("{:<16} {:>7}  {:<13} {:>10}", "shape", "size", "verdict", "median µs");
    }
    for (name, size, shape) in objects.into_iter().chain(unions) {
        let (narrow, wide) =
            (shape(size, json!({"type": "integer"})), shape(size, json!({"type": "number"})));
        for (writer, reader) in [(&narrow, &wide), (&wide, &narrow)] {
            let (verdict, micros) = measure(&writer.to_string(), &reader.to_string())?;
            missed += usize::from(BAR_MICROS < micros);
            if args.common.json {
                println!("{}", json!({"shape": name, "size": size, "verdict": verdict, "micros": micros}));
            } else {
                println!("{name:<16} {size:>7}  {verdict:<13} {micros:>10}");
            }
        }
    }
    Ok(if args.common.check && 0 < missed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

type Shape = fn(usize, Value) -> Value;

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

fn measure(writer: &str, reader: &str) -> Result<(&'static str, u128), Box<dyn std::error::Error>> {
    let mut times = Vec::new();
    let mut verdict = "";
    for _ in 0..RUNS {
        let started = Instant::now();
        let answer = containment(&read(writer)?, &read(reader)?, Formats::Assert);
        times.push(started.elapsed().as_micros());
        verdict = match answer {
            Containment::Contained => "contained",
            Containment::NotContained { .. } => "not-contained",
            Containment::Undecided { .. } => "undecided",
        };
    }
    times.sort_unstable();
    Ok((verdict, times[RUNS / 2]))
}

fn read(text: &str) -> Result<Resolved, Box<dyn std::error::Error>> {
    let at = Coordinates { subject: Subject::parse("measured")?, version: Version::new(1, 0, 0) };
    let first =
        |found: Vec<evschema_model::Diagnostic>| found.first().map_or_else(String::new, ToString::to_string);
    let schema = Arc::new(Schema::read(at, text.as_bytes(), &Dialects::default()).map_err(first)?);
    Ok(Catalog::default().resolve(&schema).map_err(first)?)
}
