//! Compares generated types with the `jsonschema` crate, on mutated real events.
//!
//! `from_slice` and `check_bytes` of a type must give the same verdict as the validator. Both must reject a text that
//! is not JSON or that repeats a name. For one event in eight, the type must also write an accepted event back, and
//! `validate` must agree with `from_slice`. The program with the generated types tries to make each wrong event
//! smaller, and prints the smallest form.
//!
//! The validator rounds a number that does not fit into a double, and a number with an exponent beyond 64 bits
//! (docs/adr/0001). If an event contains such a number, and only the verdict of the validator differs, the event counts
//! as `rounded`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use clap::Args as ClapArgs;
use evschema_model::Formats;
use evschema_tests::{Draw, repository};
use serde_json::{Value, json};

use crate::compiled_corpus::{CompiledCorpus, Program, batches, compile, model};
use crate::corpus::{Corpus, Source};
use crate::scratch::Build;
use crate::task_result::TaskResult;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
    /// The number of events.
    #[arg(long, default_value_t = 100_000)]
    instances: u64,
    /// The seed of the random numbers. The same seed creates the same events.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The number of threads.
    #[arg(long, default_value_t = 1)]
    threads: u64,
    /// The limit of tested versions, which are spread evenly over the corpus. Without this option, all versions are
    /// tested.
    #[arg(long)]
    types: Option<usize>,
    /// The folder for the wrong events, with one file for each corpus.
    #[arg(long, default_value = "target/fuzz/codegen")]
    out: PathBuf,
}

/// The number of random events for each schema, in addition to the events of the corpus.
const DRAWN: usize = 12;

/// The maximum size of an event in bytes. A small event tests as many rules as a large one, in less time.
const BYTES_MAX: usize = 20_000;

/// Runs the command.
pub(crate) fn run(args: &Args) -> TaskResult {
    let corpus = Corpus::read(&args.source)?;
    let step = args.types.map_or(1, |most| corpus.versions.len().div_ceil(most.max(1))).max(1);
    let versions: Vec<_> = corpus.versions.iter().step_by(step).cloned().collect();
    let batches = batches(&corpus, &versions);
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

/// Writes the input files of the program, and returns their folder.
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
    let mut types = String::new();
    let mut seeds = String::new();
    for (number, at) in &numbered {
        types.push_str(&format!("{}\n", json!({ "subject": at.subject, "version": at.version })));
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
        "formats": if args.source.formats == Formats::Assert { "assert" } else { "annotate" },
        "instances": args.instances,
        "threads": args.threads.max(1),
        "seed": args.seed,
    });
    fs::write(folder.join("types.jsonl"), types)?;
    fs::write(folder.join("seeds.jsonl"), seeds)?;
    fs::write(folder.join("documents.jsonl"), documents)?;
    fs::write(folder.join("settings.json"), settings.to_string())?;
    Ok(folder)
}

/// Returns the events of the corpus, and random events for the schema.
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

/// Runs the program, stores the wrong events, and returns the figures.
fn watch(
    program: &std::path::Path,
    settings: &std::path::Path,
    kept: &std::path::Path,
) -> Result<Value, Box<dyn std::error::Error>> {
    let mut child = Command::new(program).arg(settings).stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().ok_or("the program has no standard output")?;
    let mut file = fs::File::create(kept)?;
    let mut figures = Value::Null;
    for line in BufReader::new(output).lines() {
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

#[expect(clippy::print_stdout, reason = "the figures are the output of the command")]
fn print(name: &str, figures: &Value, kept: &std::path::Path) {
    println!("{name}: {figures}");
    if let Ok(text) = fs::read_to_string(kept)
        && !text.is_empty()
    {
        println!("{} events decided wrong are in {}", text.lines().count(), kept.display());
    }
}
