//! Tests the generator with mutated real schemas and hostile strings.
//!
//! The command mutates real schemas, and replaces names, titles and constants by strings that try to become code. The
//! generator must accept or reject each schema without a panic and in bounded time. The generated code must be valid
//! Rust, and must contain only the items of an event.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args as ClapArgs;
use evschema_codegen::{Options, generate};
use evschema_model::{Catalog, Coordinates, Dialects, Schema, Subject, Version};
use evschema_tests::{has_only_its_items, mutate};
use fastrand::Rng;
use serde_json::{Map, Value};

use super::compat::documents;
use crate::task_result::TaskResult;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The number of schemas.
    #[arg(long, default_value_t = 10_000)]
    schemas: u64,
    /// The seed of the random numbers. The same seed creates the same schemas.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder for the schemas with a wrong result.
    #[arg(long, default_value = "target/fuzz/schemas")]
    out: PathBuf,
}

/// The time limit for a schema. The command stores slower schemas.
const SLOW: Duration = Duration::from_secs(5);

/// Strings that try to end a comment, a literal or a template, and reserved names.
const HOSTILE: [&str; 14] = [
    "*/ pub fn evil() {} /*",
    "\"; pub fn evil() {} //",
    "\"####; pub fn evil() {} //",
    "\\\"}}} pub fn evil() {}",
    "```\npanic!()\n```",
    "\r\n    pub fn evil() {}\r",
    "{{evil}} {{{evil}}} {{> document.rs}}",
    "\u{202e}\u{0}\u{feff}\u{2028}",
    "(the schema)",
    "Self",
    "r#type",
    "SCHEMA",
    "rt",
    "#![feature(evil)]",
];

/// The figures of a run.
#[derive(Default)]
struct Figures {
    tried: u64,
    not_schemas: u64,
    refused: u64,
    generated: u64,
    faults: u64,
    slow: u64,
    longest: Duration,
    largest: usize,
}

/// Runs the command.
#[expect(clippy::print_stdout, reason = "the figures are the output of the command")]
pub(crate) fn run(args: &Args) -> TaskResult {
    let documents = documents()?;
    fs::create_dir_all(&args.out)?;
    // Hides the messages of panics. A panic counts as a fault.
    std::panic::set_hook(Box::new(|_| {}));
    let mut figures = Figures::default();
    for turn in 0..args.schemas {
        let mut rng = Rng::with_seed(args.seed.wrapping_mul(0x9E37_79B9).wrapping_add(turn));
        let mut schema = rng.choice(&documents).cloned().unwrap_or(Value::Bool(true));
        for _ in 0..rng.u8(0..4) {
            schema = mutate(&schema, &documents, &mut rng);
        }
        if rng.bool() {
            poison(&mut schema, &mut rng);
        }
        // Writes the current schema to a file. So the schema is not lost if it ends the process.
        fs::write(args.out.join("trying.json"), schema.to_string())?;
        if let Some(fault) = figures.try_one(&schema) {
            fs::write(args.out.join(format!("{fault}-{turn}.json")), format!("{schema:#}"))?;
        }
    }
    println!(
        "{} tried, {} no schemas, {} refused, {} generated; {} faults; longest {} ms, {} slow; largest {} lines",
        figures.tried,
        figures.not_schemas,
        figures.refused,
        figures.generated,
        figures.faults,
        figures.longest.as_millis(),
        figures.slow,
        figures.largest,
    );
    Ok(if figures.faults + figures.slow == 0 { ExitCode::SUCCESS } else { ExitCode::from(100) })
}

impl Figures {
    /// Generates the code of a schema. Returns the kind of fault, or `None` if the code has no fault.
    fn try_one(&mut self, schema: &Value) -> Option<&'static str> {
        self.tried += 1;
        let at = Coordinates { subject: Subject::parse("x").ok()?, version: Version::new(1, 0, 0) };
        let Ok(read) = Schema::read(at.clone(), schema.to_string().as_bytes(), &Dialects::default()) else {
            self.not_schemas += 1;
            return None;
        };
        let mut catalog = Catalog::default();
        catalog.insert(Arc::new(read)).ok()?;
        let started = Instant::now();
        let made = catch_unwind(AssertUnwindSafe(|| generate(&catalog, &[at], &Options::default())));
        let elapsed = started.elapsed();
        self.longest = self.longest.max(elapsed);
        let fault = match made {
            Err(_) => Some("panic"),
            Ok(Err(_)) => {
                self.refused += 1;
                None
            }
            Ok(Ok(files)) => {
                self.generated += 1;
                let lines = files.iter().map(|file| file.text.lines().count()).sum();
                self.largest = self.largest.max(lines);
                (!has_only_its_items(&files)).then_some("items")
            }
        };
        self.faults += u64::from(fault.is_some());
        self.slow += u64::from(SLOW < elapsed);
        fault.or((SLOW < elapsed).then_some("slow"))
    }
}

/// Replaces some names and strings by hostile strings.
fn poison(value: &mut Value, rng: &mut Rng) {
    match value {
        Value::String(text) => {
            if rng.u8(..12) == 0 {
                *text = evil(rng);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| poison(item, rng)),
        Value::Object(members) => {
            let mut poisoned = Map::new();
            for (name, mut member) in std::mem::take(members) {
                // Does not change the draft and the references. Otherwise, the document would rarely be a schema.
                if !name.starts_with('$') {
                    poison(&mut member, rng);
                }
                // This also renames keywords. A renamed keyword has no effect.
                let name = if rng.u8(..20) == 0 { evil(rng) } else { name };
                poisoned.insert(name, member);
            }
            *members = poisoned;
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn evil(rng: &mut Rng) -> String {
    rng.choice(HOSTILE).unwrap_or_default().to_owned()
}
