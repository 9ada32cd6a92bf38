//! Generated types against plain serde, in one process.
//!
//! The plain types are printed from the same plan through other templates: the same fields, with
//! serde's derive and `i64`, `f64`, `Option`, and `serde_json::Value` where ours keep digits or tell
//! absent from null. They check nothing. A union is `untagged` there and other members `flatten`,
//! which is what serde has for them; such types are marked, since serde buffers for both.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::Args as ClapArgs;
use evschema_codegen::{GeneratedFile, Options, Problem, generate};
use evschema_model::{Coordinates, Formats};
use evschema_tests::{corpora, repository};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Common;
use crate::Outcome;
use crate::corpus::{Corpus, Source};
use crate::judged::event_paths;
use crate::scratch::{Build, Scratch, ours};

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    /// Folder of a corpus; may be given again. All that have events when absent.
    #[arg(long)]
    events: Vec<PathBuf>,
    /// Types of each corpus, from the one with the smallest events to the one with the largest.
    #[arg(long, default_value_t = 3)]
    types: usize,
}

/// Most events of one type.
const EVENTS_MAX: usize = 5;

/// Reading into the owned type against plain serde: bars of the median and of the worst type.
const OWNED_MEDIAN: f64 = 0.95;
const OWNED_WORST: f64 = 1.10;

/// Checking without types against `serde::de::IgnoredAny`.
const CHECK: f64 = 1.5;

/// Templates that print plain serde types.
const PLAIN: &[(&str, &str)] = &[
    ("struct.rs.hbs", include_str!("codegen/plain/struct.rs.hbs")),
    ("union.rs.hbs", include_str!("codegen/plain/union.rs.hbs")),
    ("texts.rs.hbs", include_str!("codegen/plain/texts.rs.hbs")),
    ("newtype.rs.hbs", include_str!("codegen/plain/newtype.rs.hbs")),
    ("event.rs.hbs", include_str!("codegen/plain/event.rs.hbs")),
    ("document.rs.hbs", include_str!("codegen/plain/document.rs.hbs")),
];

/// What the plain types name instead of the runtime.
const PLAIN_LIB: &str = "//! Plain serde types.\n#![allow(dead_code, unused_imports)]\n\n\
    /// What a person would write for the runtime's types.\npub mod plain {\n    \
    pub type Integer = i64;\n    pub type Number = f64;\n    pub type Json = serde_json::Value;\n    \
    pub type Maybe<T> = Option<T>;\n    pub type Map<T> = std::collections::BTreeMap<String, T>;\n}\n\n";

/// A type that is measured.
struct Chosen {
    name: String,
    /// Its number among the types of the program.
    number: usize,
    row: Value,
    /// Whether serde has to buffer for the plain type.
    buffers: bool,
}

/// What the program says of one type.
#[derive(Debug, Deserialize, Serialize)]
struct Figures {
    name: String,
    #[serde(default)]
    skipped: Option<String>,
    #[serde(default)]
    events: usize,
    #[serde(default)]
    bytes: usize,
    #[serde(default)]
    plain_ns: f64,
    #[serde(default)]
    ours_ns: f64,
    #[serde(default)]
    check_ns: f64,
    #[serde(default)]
    ignored_ns: f64,
    #[serde(default)]
    library_ns: f64,
    #[serde(default)]
    buffers: bool,
}

type Failure = Box<dyn std::error::Error>;

/// Runs the command.
pub(crate) fn run(args: &Args) -> Outcome {
    let folders = if args.events.is_empty() { all_folders()? } else { args.events.clone() };
    let mut scratch = Scratch::new("bench")?;
    let mut chosen = Vec::new();
    let mut timed = String::new();
    let mut modules = String::new();
    for folder in &folders {
        add_corpus(folder, args.types, &mut scratch, &mut chosen, &mut timed, &mut modules)?;
    }
    write_program(&mut scratch, &timed, &modules)?;
    let program = scratch.build("bench-program", Build::Release)?.map_err(|errors| {
        let shown: Vec<&str> = errors.iter().take(10).map(|error| error.message.as_str()).collect();
        format!("what is measured does not build:\n{}", shown.join("\n"))
    })?;
    let input = repository().join("target/scratch/bench-input");
    fs::create_dir_all(&input)?;
    let rows: String = chosen.iter().map(|one| format!("{}\n", one.row)).collect();
    fs::write(input.join("types.jsonl"), rows)?;
    let output = Command::new(program).arg(&input).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let mut figures = Vec::new();
    for (line, one) in String::from_utf8(output.stdout)?.lines().zip(&chosen) {
        let said: Figures = serde_json::from_str(line)?;
        figures.push(Figures { name: one.name.clone(), buffers: one.buffers, ..said });
    }
    let met = print(args.common, &figures)?;
    Ok(if args.common.check && !met { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn all_folders() -> Result<Vec<PathBuf>, Failure> {
    let root = corpora().ok_or("no corpora are there; set EVSCHEMA_CORPORA, or name one with --events")?;
    let mut folders = Vec::new();
    for entry in fs::read_dir(root.join("events"))? {
        let folder = entry?.path();
        if folder.join("instances.jsonl").exists() {
            folders.push(folder);
        }
    }
    folders.sort();
    Ok(folders)
}

/// Chooses types of a corpus, and adds them to the workspace.
fn add_corpus(
    folder: &std::path::Path,
    types: usize,
    scratch: &mut Scratch,
    chosen: &mut Vec<Chosen>,
    timed: &mut String,
    modules: &mut String,
) -> Result<(), Failure> {
    let corpus = Corpus::read(&Source {
        events: folder.to_owned(),
        dialect: Vec::new(),
        formats: "assert".to_owned(),
        stub_missing: true,
    })?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy().replace('-', "_");
    let ats = choose(&corpus, types);
    let plain = Options {
        templates: PLAIN.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
        runtime: "crate::plain".to_owned(),
        ..corpus.options.clone()
    };
    let ours = generate(&corpus.catalog, &ats, &corpus.options).map_err(first_problem)?;
    let plain = generate(&corpus.catalog, &ats, &plain).map_err(first_problem)?;
    for (package, files) in [("ours", &ours), ("plain", &plain)] {
        for file in files {
            scratch.write(&format!("{package}/src/{name}/{}", file.path), &file.text)?;
        }
    }
    modules.push_str(&format!("pub mod {name};\n"));
    for file in &ours {
        for (at, path) in event_paths(file).into_iter().filter(|(at, _)| ats.contains(at)) {
            let number = chosen.len();
            timed.push_str(&format!("    timed!(ours::{name}::{path}, plain::{name}::{path}),\n"));
            let plain = plain.iter().find(|other| other.path == file.path);
            let buffers = plain.is_some_and(buffers);
            let row = row(&corpus, &at, number)?;
            chosen.push(Chosen { name: format!("{name} {at}"), number, row, buffers });
        }
    }
    chosen.sort_by_key(|one| one.number);
    Ok(())
}

fn buffers(file: &GeneratedFile) -> bool {
    file.text.contains("#[serde(untagged)]") || file.text.contains("#[serde(flatten)]")
}

/// Returns the versions whose events are the smallest, the largest, and evenly between.
fn choose(corpus: &Corpus, types: usize) -> Vec<Coordinates> {
    let mut sizes: BTreeMap<&Coordinates, usize> = BTreeMap::new();
    for event in corpus.events.iter().filter(|event| event.valid != Some(false)) {
        let good = |at: &Coordinates| generate(&corpus.catalog, std::slice::from_ref(at), &corpus.options).is_ok();
        let size = event.instance.to_string().len();
        match sizes.get_mut(&event.at) {
            Some(most) => *most = size.max(*most),
            None if good(&event.at) => drop(sizes.insert(&event.at, size)),
            None => {}
        }
    }
    let mut by_size: Vec<_> = sizes.into_iter().map(|(at, size)| (size, at)).collect();
    by_size.sort();
    let last = by_size.len().saturating_sub(1);
    let mut chosen: Vec<Coordinates> = (0..types)
        .filter_map(|n| by_size.get(n * last / types.saturating_sub(1).max(1)))
        .map(|(_, at)| (*at).clone())
        .collect();
    chosen.dedup();
    chosen
}

/// Returns what the program is told of a type.
fn row(corpus: &Corpus, at: &Coordinates, number: usize) -> Result<Value, Failure> {
    let schema = corpus.catalog.get(&at.subject, &at.version).ok_or("a version is not there")?;
    let resolved = corpus.catalog.resolve(schema).map_err(|found| format!("{found:?}"))?;
    let resources: Vec<Value> = resolved.resources().map(|(uri, other)| json!([uri, other.value()])).collect();
    let events: Vec<String> = corpus
        .events
        .iter()
        .filter(|event| event.at == *at)
        .map(|event| event.instance.to_string())
        .take(EVENTS_MAX)
        .collect();
    Ok(json!({
        "number": number, "name": at.to_string(), "events": events, "draft": schema.draft(),
        "base": schema.base_uri(), "schema": schema.value(), "resources": resources,
        "formats": corpus.options.formats == Formats::Assert,
    }))
}

fn write_program(scratch: &mut Scratch, timed: &str, modules: &str) -> Result<(), Failure> {
    let package = |name: &str, dependencies: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n{dependencies}")
    };
    let serde = "serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n";
    let library = "jsonschema = { version = \"=0.61.2\", default-features = false }\n";
    let program = format!(
        "{serde}{library}ours = {{ path = \"../ours\" }}\nplain = {{ path = \"../plain\" }}\n"
    );
    scratch.write(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"ours\", \"plain\", \"program\"]\n",
    )?;
    scratch.write("ours/Cargo.toml", &package("ours", &ours("evschema-runtime", "runtime")))?;
    scratch.write("ours/src/lib.rs", &format!("//! Generated types.\n\n{modules}"))?;
    scratch.write("plain/Cargo.toml", &package("plain", serde))?;
    scratch.write("plain/src/lib.rs", &format!("{PLAIN_LIB}{modules}"))?;
    scratch.write("program/Cargo.toml", &package("bench-program", &program))?;
    let main = include_str!("codegen/main.rs");
    let table = format!("\nstatic TYPES: &[Timed] = &[\n{timed}];\n");
    scratch.write("program/src/main.rs", &format!("{main}{table}"))?;
    scratch.lock()?;
    scratch.sweep()?;
    Ok(())
}

fn first_problem(problems: Vec<Problem>) -> String {
    problems.first().map(|problem| problem.diagnostic.to_string()).unwrap_or_default()
}

/// Prints the table, and returns whether every bar is met.
#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
fn print(common: Common, figures: &[Figures]) -> Result<bool, serde_json::Error> {
    let measured: Vec<&Figures> = figures.iter().filter(|one| one.skipped.is_none()).collect();
    let owned = sorted(&measured, |one| one.ours_ns / one.plain_ns);
    let check = sorted(&measured, |one| one.check_ns / one.ignored_ns);
    let library = sorted(&measured, |one| one.library_ns / one.plain_ns);
    let met = median(&owned) <= OWNED_MEDIAN
        && owned.last().is_some_and(|worst| *worst <= OWNED_WORST)
        && check.last().is_some_and(|worst| *worst <= CHECK);
    if common.json {
        for one in figures {
            println!("{}", serde_json::to_string(one)?);
        }
        println!("{}", json!({ "owned": owned, "check": check, "library": library, "met": met }));
        return Ok(met);
    }
    println!(
        "{:<62} {:>7} {:>8} {:>10} {:>13} {:>13}",
        "type", "bytes", "plain µs", "ours/plain", "check/ignored", "library/plain"
    );
    for one in figures {
        if let Some(why) = &one.skipped {
            println!("{:<62} {why}", one.name);
            continue;
        }
        let (typed, checked) = (one.ours_ns / one.plain_ns, one.check_ns / one.ignored_ns);
        let misses = OWNED_WORST < typed || CHECK < checked;
        println!(
            "{:<62} {:>7} {:>8.2} {:>10.2} {:>13.2} {:>13.2}{}{}",
            one.name,
            one.bytes,
            one.plain_ns / 1000.0,
            typed,
            checked,
            one.library_ns / one.plain_ns,
            if one.buffers { "  serde buffers" } else { "" },
            if misses { "  misses a bar" } else { "" },
        );
    }
    for (name, all, bar) in [
        ("owned: typed and validated / plain serde", &owned, format!("≤ {OWNED_MEDIAN}, worst ≤ {OWNED_WORST}")),
        ("check_bytes / IgnoredAny", &check, format!("≤ {CHECK}")),
        ("Value, jsonschema, from_value / plain serde", &library, "no bar, for comparison".to_owned()),
    ] {
        let (least, worst) = (all.first().copied().unwrap_or(0.0), all.last().copied().unwrap_or(0.0));
        println!("{name:<46} best {least:.2}  median {:.2}  worst {worst:.2}  (bar {bar})", median(all));
    }
    Ok(met)
}

fn sorted(figures: &[&Figures], ratio: impl Fn(&Figures) -> f64) -> Vec<f64> {
    let mut ratios: Vec<f64> = figures.iter().map(|one| ratio(one)).collect();
    ratios.sort_by(f64::total_cmp);
    ratios
}

fn median(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
