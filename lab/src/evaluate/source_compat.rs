//! Whether a minor version of a schema is a minor version of the Rust generated from it.
//!
//! For every two consecutive versions whose required bump is a patch or a minor, a consumer and a
//! producer are written against the old version's types, mechanically and with all of them, and
//! compiled against the new version's. They do what the attributes of the types allow a foreign
//! crate: patterns end with `..` and `_`, values are made by `new` and by setting fields.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args as ClapArgs;
use evschema_codegen::{GeneratedFile, Options, generate};
use evschema_compat::{Settings, required_bump};
use evschema_model::{Bump, Catalog, Coordinates};
use evschema_tests::corpora;
use serde::Serialize;

use crate::TaskResult;
use crate::compiled_corpus::event_paths;
use crate::corpus::{Corpus, Source};
use crate::scratch::{Build, Scratch, runtime};

mod client;
mod reason;
mod surface;

use client::client;
use reason::{Reason, reasons};
use surface::surface;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Folder of a corpus; may be given again. All of them when absent.
    #[arg(long)]
    events: Vec<PathBuf>,
    /// Prints rows for a machine.
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
    /// Whether the old version's clients compile against the new one; `None` until it is tried.
    holds: Option<bool>,
    /// What the compiler says.
    detail: Option<String>,
    #[serde(skip)]
    files: Vec<GeneratedFile>,
    /// What the types show differently.
    #[serde(skip)]
    reasons: Vec<(Reason, String)>,
}

/// Most rounds of compiling without the steps that did not hold: names are resolved before types
/// are checked, so that one run does not show every error.
const ROUNDS_MAX: usize = 6;

/// Steps in one crate.
const CRATE_STEPS_MAX: usize = 40;

/// Runs the command.
pub(crate) fn run(args: &Args) -> TaskResult {
    let mut steps = Vec::new();
    for folder in folders(args)? {
        collect(&folder, &mut steps)?;
    }
    for _ in 0..ROUNDS_MAX {
        if !try_all(&mut steps)? {
            break;
        }
    }
    for step in steps.iter_mut().filter(|step| step.holds.is_none()) {
        step.holds = Some(true);
    }
    print(args, &steps)?;
    let clean = steps.iter().all(|step| step.holds == Some(true) || !step.is_our_doing());
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn folders(args: &Args) -> Result<Vec<PathBuf>, Box<dyn std::error::Error>> {
    if !args.events.is_empty() {
        return Ok(args.events.clone());
    }
    let root = corpora().ok_or("no corpora are there; set EVSCHEMA_CORPORA, or name one with --events")?;
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(root.join("events"))? {
        folders.push(entry?.path());
    }
    folders.sort();
    Ok(folders)
}

/// Finds the steps of a corpus that a client should survive.
fn collect(folder: &std::path::Path, steps: &mut Vec<Step>) -> Result<(), Box<dyn std::error::Error>> {
    let corpus = Corpus::read(&Source {
        events: folder.to_owned(),
        // Snowplow's schemas name a metaschema of their own, which is draft 4 with a header.
        dialect: vec![
            "http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0=draft-04"
                .to_owned(),
        ],
        formats: "assert".to_owned(),
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

/// Why clients may fail, each with what it is about.
type Reasons = Vec<(Reason, String)>;

/// Returns the text of the file of types that several modules have alike.
fn shared(files: &[GeneratedFile]) -> Option<&str> {
    files.iter().find(|file| file.path == "shared.rs").map(|file| file.text.as_str())
}

/// Generates the new version, with clients of the old one in the module of its event.
fn with_clients(
    catalog: &Catalog,
    from: &Coordinates,
    to: &Coordinates,
    options: &Options,
) -> Option<(Vec<GeneratedFile>, Reasons)> {
    let one = |at: &Coordinates| generate(catalog, std::slice::from_ref(at), options).ok();
    let (old, mut new) = (one(from)?, one(to)?);
    let of = |files: &[GeneratedFile], at: &Coordinates| {
        files.iter().position(|file| event_paths(file).iter().any(|event| event.at == *at))
    };
    let before = surface(&old[of(&old, from)?].text, shared(&old))?;
    let file = of(&new, to)?;
    let after = surface(&new[file].text, shared(&new))?;
    // The module of the version is the last thing in its file; the clients go before its end.
    let end = new[file].text.rfind('}')?;
    new[file].text.insert_str(end, &client(&before));
    Some((new, reasons(&before, &after)))
}

impl Step {
    /// Tells whether the generator could have spared the client.
    fn is_our_doing(&self) -> bool {
        self.reasons.first().is_none_or(|(reason, _)| *reason == Reason::Renamed)
    }
}

/// Compiles what still holds; returns whether something turned out not to.
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

#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
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
                step.reasons.first().map_or("nothing that shows".to_owned(), |(why, _)| why.to_string());
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
