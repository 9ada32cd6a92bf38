//! Checks whether a minor version of a schema is also a minor version of its generated Rust code.
//!
//! If the step between two consecutive versions requires a patch or minor bump, the command writes a client of the old
//! version. The client parses and creates values of all types. The command compiles this client with the types of the
//! new version. The client only uses what the attributes of the types allow: patterns end with `..` or `_`, and values
//! come from `new` and from assignments to fields.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args as ClapArgs;
use evschema_codegen::{GeneratedFile, Options, generate};
use evschema_compat::{Settings, required_bump};
use evschema_model::{Bump, Catalog, Coordinates, Formats};
use evschema_tests::surface;
use serde::Serialize;

use crate::compiled_corpus::event_paths;
use crate::corpus::{Corpus, Source, folders};
use crate::scratch::{Build, Scratch, runtime};
use crate::task_result::TaskResult;

mod client;
mod reason;

use client::client;
use reason::{Reason, reasons};

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The folder of a corpus. You can repeat this option. Without it, the command uses all corpora.
    #[arg(long)]
    events: Vec<PathBuf>,
    /// Prints the rows as JSON lines.
    #[arg(long)]
    json: bool,
}

/// A step between two versions of a subject.
#[derive(Debug, Serialize)]
struct Step {
    corpus: String,
    from: Coordinates,
    to: Coordinates,
    bump: &'static str,
    /// Whether the client of the old version compiles with the new version. `None` before the first build.
    holds: Option<bool>,
    /// The error of the compiler.
    detail: Option<String>,
    #[serde(skip)]
    files: Vec<GeneratedFile>,
    /// The differences between the types.
    #[serde(skip)]
    reasons: Vec<(Reason, String)>,
}

/// The maximum number of builds. Each build omits the steps that failed in an earlier build. One build does not show
/// all errors, because the compiler resolves names before it checks types.
const ROUNDS_MAX: usize = 6;

/// The maximum number of steps in one crate.
const CRATE_STEPS_MAX: usize = 40;

/// Runs the command.
pub(crate) fn run(args: &Args) -> TaskResult {
    let mut steps = Vec::new();
    for folder in folders(&args.events)? {
        collect(&folder, &mut steps)?;
    }
    for _ in 0..ROUNDS_MAX {
        if !try_all(&mut steps)? {
            break;
        }
    }
    for step in steps.iter_mut().filter(|step| step.holds.is_none()) {
        // The compiler does not see that a name has another meaning.
        let is_same = step.reasons.iter().all(|(reason, _)| *reason != Reason::AnotherMeaning);
        step.holds = Some(is_same);
    }
    print(args, &steps)?;
    let clean = steps.iter().all(|step| step.holds == Some(true) || !step.is_caused_by_generator());
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Finds the steps of a corpus that must not break a client, and adds them to `steps`.
fn collect(folder: &std::path::Path, steps: &mut Vec<Step>) -> Result<(), Box<dyn std::error::Error>> {
    let corpus = Corpus::read(&Source {
        events: folder.to_owned(),
        // The schemas of Snowplow have their own metaschema, which is draft 4 with an additional header.
        dialect: vec![
            "http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0=draft-04"
                .to_owned(),
        ],
        formats: Formats::Assert,
        stub_missing: true,
    })?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for subject in corpus.catalog.subjects() {
        let versions: Vec<&Coordinates> =
            corpus.catalog.versions(subject).map(|schema| schema.at()).collect();
        for pair in versions.windows(2) {
            let [from, to] = pair else { continue };
            let Some(bump) = bump(&corpus.catalog, from, to) else { continue };
            if from.version.line() != to.version.line() || bump == Bump::Major {
                continue;
            }
            let tried = with_clients(&corpus.catalog, from, to, &corpus.options);
            if let Some((files, reasons)) = tried {
                steps.push(Step {
                    corpus: name.clone(),
                    from: (*from).clone(),
                    to: (*to).clone(),
                    bump: if bump == Bump::Minor { "minor" } else { "patch" },
                    holds: None,
                    detail: None,
                    files,
                    reasons,
                });
            }
        }
    }
    Ok(())
}

fn bump(catalog: &Catalog, from: &Coordinates, to: &Coordinates) -> Option<Bump> {
    let resolve = |at: &Coordinates| catalog.resolve(catalog.get(&at.subject, &at.version)?).ok();
    Some(required_bump(&resolve(from)?, &resolve(to)?, &Settings::default()))
}

/// The differences that can break a client, each with its place.
type Reasons = Vec<(Reason, String)>;

/// Generates the new version, and adds the client of the old version to the module of the event.
fn with_clients(
    catalog: &Catalog,
    from: &Coordinates,
    to: &Coordinates,
    options: &Options,
) -> Option<(Vec<GeneratedFile>, Reasons)> {
    let one = |at: &Coordinates| generate(catalog, std::slice::from_ref(at), options).ok();
    let (old, mut new) = (one(from)?, one(to)?);
    let before = surface(&old, &module_of(&old, from)?)?;
    let module = module_of(&new, to)?;
    let after = surface(&new, &module)?;
    let (subject, version) = module.split_once("::")?;
    let file = new.iter_mut().find(|file| file.path == format!("{subject}.rs"))?;
    let start = format!("pub mod {version} {{\n");
    let at = file.text.find(&start)? + start.len();
    file.text.insert_str(at, &client(&before));
    Some((new, reasons(&before, &after)))
}

/// Returns the module of a version, such as `commerce_order_placed::v1`.
fn module_of(files: &[GeneratedFile], at: &Coordinates) -> Option<String> {
    files.iter().flat_map(event_paths).find(|event| event.at == *at).map(|event| event.module)
}

impl Step {
    /// Returns whether the generator caused the break, not the schema.
    fn is_caused_by_generator(&self) -> bool {
        let by_generator = |reason: Reason| matches!(reason, Reason::AnotherMeaning | Reason::Renamed);
        self.reasons.first().is_none_or(|(reason, _)| by_generator(*reason))
    }
}

/// Compiles the steps that have not failed yet, and returns whether a step failed.
fn try_all(steps: &mut [Step]) -> Result<bool, Box<dyn std::error::Error>> {
    let mut scratch = Scratch::new("source-compat")?;
    let mut modules: BTreeMap<usize, String> = BTreeMap::new();
    for (number, step) in steps.iter().enumerate().filter(|(_, step)| step.holds.is_none()) {
        let package = number / CRATE_STEPS_MAX;
        modules.entry(package).or_default().push_str(&format!("pub mod step{number};\n"));
        for file in &step.files {
            scratch.write(&format!("crate{package}/src/step{number}/{}", file.path), &file.text)?;
        }
    }
    if modules.is_empty() {
        return Ok(false);
    }
    let members: String = modules.keys().map(|package| format!("\"crate{package}\", ")).collect();
    scratch.write("Cargo.toml", &format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n"))?;
    for (package, modules) in &modules {
        let manifest = format!(
            "[package]\nname = \"crate{package}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n{}",
            runtime()
        );
        scratch.write(&format!("crate{package}/Cargo.toml"), &manifest)?;
        let lib = format!("//! Clients of old versions.\n#![allow(warnings)]\n\n{modules}");
        scratch.write(&format!("crate{package}/src/lib.rs"), &lib)?;
    }
    scratch.lock()?;
    scratch.sweep()?;
    let Err(errors) = scratch.build("", Build::Check)? else { return Ok(false) };
    let mut progress = false;
    for error in &errors {
        let number = error.file.split_once("/src/step").and_then(|(_, rest)| rest.split_once('/'));
        let Some(number) = number.and_then(|(number, _)| number.parse::<usize>().ok()) else { continue };
        let Some(step) = steps.get_mut(number).filter(|step| step.holds.is_none()) else { continue };
        step.holds = Some(false);
        step.detail = Some(error.message.clone());
        progress = true;
    }
    if !progress {
        let shown: Vec<&str> = errors.iter().take(10).map(|error| error.message.as_str()).collect();
        return Err(format!("the clients do not compile:\n{}", shown.join("\n")).into());
    }
    Ok(true)
}

#[expect(clippy::print_stdout, reason = "the table is the output of the command")]
fn print(args: &Args, steps: &[Step]) -> Result<(), serde_json::Error> {
    if args.json {
        for step in steps {
            println!("{}", serde_json::to_string(step)?);
        }
        return Ok(());
    }
    for step in steps.iter().filter(|step| step.holds == Some(false)) {
        let why = step.detail.as_deref().unwrap_or("");
        let shown: Vec<String> = step.reasons.iter().map(|(reason, at)| format!("{reason} ({at})")).collect();
        println!(
            "{} {} -> {} ({}): {}; {why}",
            step.corpus,
            step.from,
            step.to.version,
            step.bump,
            shown.join(", ")
        );
    }
    let mut sums: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    let mut because: BTreeMap<String, usize> = BTreeMap::new();
    for step in steps {
        let (all, held) = sums.entry((&step.corpus, step.bump)).or_default();
        *all += 1;
        *held += usize::from(step.holds == Some(true));
        if step.holds == Some(false) {
            let why =
                step.reasons.first().map_or("no visible difference".to_owned(), |(why, _)| why.to_string());
            *because.entry(why).or_default() += 1;
        }
    }
    println!("{:<24} {:<6} {:>6} {:>28}", "corpus", "step", "steps", "old clients still compile");
    for ((corpus, bump), (all, held)) in sums {
        println!("{corpus:<24} {bump:<6} {all:>6} {held:>28}");
    }
    for (why, count) in because {
        println!("{count:>6}  {why}");
    }
    Ok(())
}
