//! Tests the compatibility engine with pairs of mutated schemas.
//!
//! For each pair, the engine must not panic, and must answer in bounded time. The validator must confirm each witness.
//! If the answer is "contained", the reader must accept each random event of the writer. A file contains the current
//! pair. So the pair is not lost if it ends the process.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args as ClapArgs;
use evschema_compat::Containment;
use evschema_model::{ContentModel, Dialects, Formats};
use evschema_tests::{Fault, Trial, corpora, mutate, read_alone, repository, schemas, try_pair};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::task_result::TaskResult;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The duration in minutes.
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// The seed of the random numbers. The same seed creates the same pairs in the same order.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The number of random events for each pair with the answer "contained".
    #[arg(long, default_value_t = 50)]
    events: usize,
    /// The folder for the pairs with a wrong result.
    #[arg(long, default_value = "target/fuzz/compat")]
    out: PathBuf,
    /// Uses generated pairs under this content model, and compares the answers with the oracle of the content models.
    #[arg(long, value_name = "MODEL")]
    content: Option<ContentModel>,
}

/// The maximum size of a document in bytes. A small document tests as many rules as a large one, in less time.
const BYTES_MAX: usize = 30_000;

/// The time limit for a pair. The command stores slower pairs.
const SLOW: Duration = Duration::from_secs(2);

/// The interval between two outputs of the figures.
const SHOWN_EVERY: Duration = Duration::from_secs(300);

/// The figures of a run.
#[derive(Default)]
struct Figures {
    pairs: u64,
    not_schemas: u64,
    contained: u64,
    not_contained: u64,
    undecided: BTreeMap<String, u64>,
    events: u64,
    slow: u64,
    faults: u64,
    longest: Duration,
}

/// Runs the command.
#[expect(clippy::print_stdout, reason = "the figures are the output of the command")]
pub(crate) fn run(args: Args) -> TaskResult {
    if let Some(model) = args.content {
        return super::content::run(model, args.minutes, args.seed, args.events);
    }
    let documents = documents()?;
    fs::create_dir_all(&args.out)?;
    println!("{} documents to mutate, seed {}", documents.len(), args.seed);
    // Hides the messages of panics. A panic counts as a fault, and the command stores its message with the pair.
    std::panic::set_hook(Box::new(|_| {}));
    let started = Instant::now();
    let until = started + Duration::from_secs_f64(60.0 * args.minutes);
    let mut shown = started;
    let mut figures = Figures::default();
    let mut turn = 0;
    while Instant::now() < until {
        turn += 1;
        let mut rng = Rng::with_seed(args.seed.wrapping_mul(0x9E37_79B9).wrapping_add(turn));
        let (old, new) = pair(&documents, &mut rng);
        for (writer, reader) in [(&old, &new), (&new, &old)] {
            figures.try_one(writer, reader, turn, &args)?;
        }
        if SHOWN_EVERY < shown.elapsed() {
            shown = Instant::now();
            println!("after {} minutes, {figures}", started.elapsed().as_secs() / 60);
        }
    }
    println!("{figures}");
    Ok(if figures.faults == 0 { ExitCode::SUCCESS } else { ExitCode::from(100) })
}

/// Returns two related schemas: a schema and its mutation, or two mutations of the same schema.
fn pair(documents: &[Value], rng: &mut Rng) -> (Value, Value) {
    let origin = rng.choice(documents).cloned().unwrap_or(Value::Bool(true));
    let many = |rng: &mut Rng| match rng.u8(..4) {
        0 => 0,
        1 | 2 => 1,
        _ => rng.u8(2..5),
    };
    let mutated = |mut schema: Value, times: u8, rng: &mut Rng| {
        for _ in 0..times {
            schema = mutate(&schema, documents, rng);
        }
        schema
    };
    let (first, second) = (many(rng), many(rng).max(1));
    let old = mutated(origin, first, rng);
    let new = mutated(old.clone(), second, rng);
    (old, new)
}

impl Figures {
    fn try_one(
        &mut self,
        writer: &Value,
        reader: &Value,
        turn: u64,
        args: &Args,
    ) -> Result<(), std::io::Error> {
        let dialects = Dialects::default();
        let (Ok(writes), Ok(reads)) = (
            read_alone("writer", &writer.to_string(), &dialects),
            read_alone("reader", &reader.to_string(), &dialects),
        ) else {
            self.not_schemas += 1;
            return Ok(());
        };
        let case = json!({"turn": turn, "seed": args.seed, "writer": writer, "reader": reader});
        fs::write(args.out.join("trying.json"), case.to_string())?;
        let formats = if turn.is_multiple_of(2) { Formats::Assert } else { Formats::Annotate };
        let trial = try_pair(&writes, &reads, formats, args.events, turn);
        self.pairs += 1;
        self.longest = self.longest.max(trial.elapsed);
        self.events += trial.events as u64;
        match &trial.answer {
            Some(Containment::Contained) => self.contained += 1,
            Some(Containment::NotContained { .. }) => self.not_contained += 1,
            Some(Containment::Undecided { reason }) => {
                // The quoted parts of a reason differ from pair to pair, so they do not distinguish kinds of reasons.
                let kind = reason.split('`').step_by(2).collect::<Vec<_>>().join("…");
                *self.undecided.entry(kind).or_default() += 1;
            }
            None => {}
        }
        if SLOW < trial.elapsed {
            self.slow += 1;
            keep(&args.out, "slow", turn, &case, &trial)?;
        }
        if let Some(fault) = &trial.fault {
            self.faults += 1;
            let kind = match fault {
                Fault::Panic(_) => "panic",
                Fault::Witness(_) => "witness",
                Fault::Contained(_) => "contained",
            };
            keep(&args.out, kind, turn, &case, &trial)?;
        }
        Ok(())
    }
}

fn keep(out: &Path, kind: &str, turn: u64, case: &Value, trial: &Trial) -> Result<(), std::io::Error> {
    let mut kept = case.clone();
    kept["fault"] = json!(trial.fault.as_ref().map(|fault| format!("{fault:?}")));
    kept["millis"] = json!(trial.elapsed.as_millis() as u64);
    fs::write(out.join(format!("{kind}-{turn}.json")), format!("{kept:#}"))
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let undecided: u64 = self.undecided.values().sum();
        writeln!(
            f,
            "{} pairs: {} contained ({} events drawn), {} not contained, {undecided} undecided; {} were no \
             schemas; longest {} ms, {} above {} s; {} faults",
            self.pairs,
            self.contained,
            self.events,
            self.not_contained,
            self.not_schemas,
            self.longest.as_millis(),
            self.slow,
            SLOW.as_secs(),
            self.faults,
        )?;
        let mut kinds: Vec<(&String, &u64)> = self.undecided.iter().collect();
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (kind, count) in kinds.into_iter().take(12) {
            writeln!(f, "  undecided {count}: {kind}")?;
        }
        Ok(())
    }
}

/// Returns the documents for the mutations: the example schemas, and the corpora if they exist.
pub(super) fn documents() -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let mut found = Vec::new();
    for subject in fs::read_dir(schemas())? {
        for file in fs::read_dir(subject?.path())? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                found.push(serde_json::from_str(&fs::read_to_string(path)?)?);
            }
        }
    }
    // Small schemas with features that are rare in real schemas.
    let probes = repository().join("tests/fixtures/schemas-to-mutate.jsonl");
    add_lines(&probes, &[""], &mut found)?;
    if let Some(corpora) = corpora() {
        add_lines(&corpora.join("containment/pairs.jsonl"), &["/old", "/new"], &mut found)?;
        for events in fs::read_dir(corpora.join("events"))? {
            add_lines(&events?.path().join("schemas.jsonl"), &["/schema"], &mut found)?;
        }
    }
    Ok(found)
}

/// Adds the schemas at these JSON Pointers in each line of a file.
fn add_lines(path: &Path, places: &[&str], found: &mut Vec<Value>) -> Result<(), Box<dyn std::error::Error>> {
    for line in BufReader::new(fs::File::open(path)?).lines() {
        let row: Value = serde_json::from_str(&line?)?;
        for place in places {
            if let Some(schema) = row.pointer(place)
                && schema.to_string().len() <= BYTES_MAX
            {
                found.push(schema.clone());
            }
        }
    }
    Ok(())
}
