//! Generated types against the `jsonschema` crate, on mutations of real events.
//!
//! A type's `from_slice` and `check_bytes` must decide every text as the validator does; what is no
//! JSON or repeats a name is to be refused. On one event in eight also: what was accepted comes
//! back, and `validate` agrees with reading. The program that does so is compiled together with the
//! generated types, and keeps the smallest form of each event that is decided otherwise. Where both
//! agree and the validator does not, and the event has a number that a double does not hold, or
//! one with an exponent beyond 64 bits, it counts as `rounded`: the validator does not read such
//! numbers as they are written (docs/adr/0001).

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use clap::Args as ClapArgs;
use evschema_tests::{Draw, repository};
use serde_json::{Value, json};

use crate::TaskResult;
use crate::compiled_corpus::{Batch, CompiledCorpus, Program, compile, model};
use crate::corpus::{Corpus, Source};
use crate::scratch::Build;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
    /// How many events to try.
    #[arg(long, default_value_t = 100_000)]
    instances: u64,
    /// Where the random numbers begin; the same seed tries the same events.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads that try events.
    #[arg(long, default_value_t = 1)]
    threads: u64,
    /// Most versions that are tried, spread evenly over the corpus; all when absent.
    #[arg(long)]
    types: Option<usize>,
    /// Where events that are decided wrong are kept, one file for each corpus.
    #[arg(long, default_value = "target/fuzz/codegen")]
    out: PathBuf,
}

/// Events drawn from a schema, beside those that the corpus has.
const DRAWN: usize = 12;

/// Longest event that is mutated, in bytes: a small one meets as many rules in less time.
const BYTES_MAX: usize = 20_000;

/// Most versions that become one crate.
const BATCH_VERSIONS_MAX: usize = 120;

/// Runs the command.
pub(crate) fn run(args: &Args) -> TaskResult {
    let corpus = Corpus::read(&args.source)?;
    let step = args.types.map_or(1, |most| corpus.versions.len().div_ceil(most.max(1))).max(1);
    let versions: Vec<_> = corpus.versions.iter().step_by(step).cloned().collect();
    let batches: Vec<Batch> = versions
        .chunks(BATCH_VERSIONS_MAX)
        .map(|events| Batch {
            catalog: corpus.catalog.clone(),
            options: corpus.options.clone(),
            events: events.to_vec(),
        })
        .collect();
    let name = args.source.events.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let program = Program {
        name: &format!("fuzz-{name}"),
        build: Build::Release,
        sources: &[
            ("main.rs", include_str!("codegen/main.rs")),
            ("mangle.rs", include_str!("../../../tests/src/mangle.rs")),
            ("mangle/hints.rs", include_str!("../../../tests/src/mangle/hints.rs")),
            ("mangle/mutation.rs", include_str!("../../../tests/src/mangle/mutation.rs")),
            ("mangle/tree.rs", include_str!("../../../tests/src/mangle/tree.rs")),
        ],
        dependencies: &format!("{}fastrand = \"2\"\n", model()),
    };
    let compiled = compile(&batches, program)?;
    let out = repository().join(&args.out);
    fs::create_dir_all(&out)?;
    let settings = settings(args, &corpus, &compiled, &name)?;
    let kept = out.join(format!("{name}.jsonl"));
    let figures = watch(&compiled.program, &settings, &kept)?;
    print(&name, &figures, &kept);
    let clean = ["unlike", "check_unlike", "panics", "wrong"].iter().all(|name| figures[*name] == 0);
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes what the program reads, and returns the folder.
fn settings(
    args: &Args,
    corpus: &Corpus,
    compiled: &CompiledCorpus,
    name: &str,
) -> Result<PathBuf, std::io::Error> {
    let folder = repository().join("target/scratch").join(format!("fuzz-{name}-input"));
    fs::create_dir_all(&folder)?;
    let mut numbered: Vec<_> = compiled.numbers.iter().map(|((_, at), number)| (*number, at)).collect();
    numbered.sort();
    let mut kinds = String::new();
    let mut seeds = String::new();
    for (number, at) in &numbered {
        kinds.push_str(&format!("{}\n", json!({ "subject": at.subject, "version": at.version })));
        for event in seeds_of(corpus, at, args.seed) {
            seeds.push_str(&format!("{}\n", json!({ "number": number, "event": event })));
        }
    }
    let documents: String = corpus
        .catalog
        .iter()
        .map(|schema| {
            let at = schema.at();
            let text = schema.document().value();
            format!("{}\n", json!({ "subject": at.subject, "version": at.version, "schema": text }))
        })
        .collect();
    let settings = json!({
        "dialects": args.source.dialect,
        "formats": args.source.formats,
        "instances": args.instances,
        "threads": args.threads.max(1),
        "seed": args.seed,
    });
    fs::write(folder.join("kinds.jsonl"), kinds)?;
    fs::write(folder.join("seeds.jsonl"), seeds)?;
    fs::write(folder.join("documents.jsonl"), documents)?;
    fs::write(folder.join("settings.json"), settings.to_string())?;
    Ok(folder)
}

/// Returns the events of the corpus, and some that are drawn from the schema.
fn seeds_of(corpus: &Corpus, at: &evschema_model::Coordinates, seed: u64) -> Vec<Value> {
    let fits = |event: &Value| event.to_string().len() <= BYTES_MAX;
    let own = corpus.events.iter().filter(|event| event.at == *at).map(|event| event.instance.clone());
    let mut seeds: Vec<Value> = own.filter(fits).collect();
    if let Some(schema) = corpus.catalog.get(&at.subject, &at.version) {
        let mut draw = Draw::new(schema.value(), schema.value(), seed);
        seeds.extend((0..DRAWN).map(|_| draw.event()).filter(fits));
    }
    seeds
}

/// Runs the program, keeps what it finds, and returns its figures.
fn watch(
    program: &std::path::Path,
    settings: &std::path::Path,
    kept: &std::path::Path,
) -> Result<Value, Box<dyn std::error::Error>> {
    let mut child = Command::new(program).arg(settings).stdout(Stdio::piped()).spawn()?;
    let said = child.stdout.take().ok_or("the program has no standard output")?;
    let mut file = fs::File::create(kept)?;
    let mut figures = Value::Null;
    for line in BufReader::new(said).lines() {
        let line = line?;
        let row: Value = serde_json::from_str(&line)?;
        if row["figures"] == true {
            figures = row;
        } else {
            writeln!(file, "{line}")?;
        }
    }
    let status = child.wait()?;
    if figures.is_null() {
        return Err(format!("the program ended with {status} and no figures").into());
    }
    Ok(figures)
}

#[expect(clippy::print_stdout, reason = "the figures are what the command is for")]
fn print(name: &str, figures: &Value, kept: &std::path::Path) {
    println!("{name}: {figures}");
    if let Ok(text) = fs::read_to_string(kept)
        && !text.is_empty()
    {
        println!("{} events decided wrong are in {}", text.lines().count(), kept.display());
    }
}
