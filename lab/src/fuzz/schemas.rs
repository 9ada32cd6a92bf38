//! The generator on schemas that nobody meant.
//!
//! Real schemas are mutated, and texts that try to become code are put in place of names, titles and
//! constants. Whatever is still a schema must be generated or refused, without a panic and in bounded
//! time; what is generated must be Rust and have no item but those of an event.

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
use crate::TaskResult;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// How many schemas to try.
    #[arg(long, default_value_t = 10_000)]
    schemas: u64,
    /// Where the random numbers begin; the same seed tries the same schemas.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where schemas that went wrong are kept.
    #[arg(long, default_value = "target/fuzz/schemas")]
    out: PathBuf,
}

/// The longest that a schema may take before it is kept as slow.
const SLOW: Duration = Duration::from_secs(5);

/// Texts that try to end a comment, a literal or a template, and names that are taken.
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

/// Figures of a run.
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
#[expect(clippy::print_stdout, reason = "the figures are what the command is for")]
pub(crate) fn run(args: &Args) -> TaskResult {
    let documents = documents()?;
    fs::create_dir_all(&args.out)?;
    // A panic is a fault like others here; its message is kept with the schema.
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
        // What takes the process down is not lost.
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
    /// Returns what went wrong.
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
                (!files.iter().skip(1).all(|file| has_only_its_items(&file.text))).then_some("items")
            }
        };
        self.faults += u64::from(fault.is_some());
        self.slow += u64::from(SLOW < elapsed);
        fault.or((SLOW < elapsed).then_some("slow"))
    }
}

/// Puts hostile texts in place of some names and texts.
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
                // The draft and the references stay, or there would be no schema left.
                if !name.starts_with('$') {
                    poison(&mut member, rng);
                }
                // Names of properties and definitions; a keyword that is renamed says nothing.
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
