//! Generates and compiles the code for a corpus, with a program that validates events.
//!
//! First, the generator runs for each version alone, because one failure could hide another. After that, the generator
//! runs for all versions of a batch together, and each batch becomes one crate. A compiler warning is an error. If a
//! file does not compile, the next build omits it, so that each failure counts only for its own versions.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::catch_unwind;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use evschema_codegen::{Options, generate};
use evschema_model::{Catalog, Code, Coordinates};
use serde::Serialize;

use crate::corpus::Corpus;
use crate::scratch::{Build, Scratch, runtime};

mod answers;
mod sources;

pub(crate) use answers::{Answer, check_events};
pub(crate) use sources::{event_paths, model};

/// The maximum number of builds. Each build omits the files that did not compile in the previous build.
const ROUNDS_MAX: usize = 8;

/// The schemas of one crate.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub(crate) catalog: Catalog,
    pub(crate) options: Options,
    pub(crate) events: Vec<Coordinates>,
}

/// The maximum number of versions in one crate. Several crates compile at the same time.
const BATCH_VERSIONS_MAX: usize = 120;

/// Divides versions of a corpus into batches.
pub(crate) fn batches(corpus: &Corpus, versions: &[Coordinates]) -> Vec<Batch> {
    let batch = |events: &[Coordinates]| Batch {
        catalog: corpus.catalog.clone(),
        options: corpus.options.clone(),
        events: events.to_vec(),
    };
    versions.chunks(BATCH_VERSIONS_MAX).map(batch).collect()
}

/// The outcome for one version.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Outcome {
    pub(crate) at: Coordinates,
    #[serde(skip)]
    pub(crate) batch: usize,
    pub(crate) stage: Stage,
    pub(crate) detail: Option<String>,
    /// The time to generate this version alone.
    pub(crate) micros: u128,
    #[serde(skip)]
    files: BTreeSet<String>,
}

/// The stage that a version reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Stage {
    /// The target of a reference is missing.
    ReferenceMissing,
    /// The generator rejected the schema.
    Refused,
    /// The generator panicked.
    Panicked,
    /// The compiler reported an error or a warning.
    NotCompiled,
    /// The compiler accepted the code.
    Compiled,
}

/// The generated and compiled code of all batches.
#[derive(Debug)]
pub(crate) struct CompiledCorpus {
    pub(crate) outcomes: Vec<Outcome>,
    /// The number of lines of generated code.
    pub(crate) lines: usize,
    pub(crate) compile_time: Duration,
    pub(crate) program: PathBuf,
    /// The number that each version of each batch has in the program.
    pub(crate) numbers: BTreeMap<(usize, Coordinates), usize>,
}

/// The program that validates events, and its build.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Program<'a> {
    /// The name of the scratch workspace.
    pub(crate) name: &'a str,
    pub(crate) build: Build,
    /// The source files by name, including `main.rs`.
    pub(crate) sources: &'a [(&'a str, &'a str)],
    /// The dependencies of the program, as lines of a manifest.
    pub(crate) dependencies: &'a str,
}

/// Generates and compiles the batches with a program, and returns the outcome of each version.
///
/// # Errors
///
/// If the build still fails without the files that do not compile.
pub(crate) fn compile(
    batches: &[Batch],
    program: Program<'_>,
) -> Result<CompiledCorpus, Box<dyn std::error::Error>> {
    let mut outcomes = generate_each(batches);
    let started = Instant::now();
    for _ in 0..ROUNDS_MAX {
        let mut scratch = Scratch::new(program.name)?;
        let (numbers, lines) = write(&mut scratch, batches, &outcomes, program)?;
        match scratch.build(&binary(program), program.build)? {
            Ok(built) => {
                let compile_time = started.elapsed();
                return Ok(CompiledCorpus { outcomes, lines, compile_time, program: built, numbers });
            }
            Err(errors) => {
                let mut progress = false;
                for error in &errors {
                    let Some((batch, file)) = batch_and_file(&error.file) else { continue };
                    for outcome in
                        outcomes.iter_mut().filter(|outcome| outcome.batch == batch && outcome.is_in(file))
                    {
                        outcome.stage = Stage::NotCompiled;
                        outcome.detail = Some(error.message.clone());
                        progress = true;
                    }
                }
                if !progress {
                    let shown: Vec<&str> = errors.iter().take(20).map(|e| e.message.as_str()).collect();
                    return Err(format!("the program does not build:\n{}", shown.join("\n")).into());
                }
            }
        }
    }
    Err(format!("after {ROUNDS_MAX} builds, some code still does not compile").into())
}

/// Returns the name of the binary. It is unique, because all scratch workspaces share one target folder.
fn binary(program: Program<'_>) -> String {
    format!("corpus-{}", program.name)
}

impl Outcome {
    fn is_in(&self, file: &str) -> bool {
        self.stage == Stage::Compiled && self.files.contains(file)
    }
}

/// Parses the batch and the file of `events3/src/events/x.rs`.
fn batch_and_file(path: &str) -> Option<(usize, &str)> {
    let (folder, file) = path.strip_prefix("events")?.split_once("/src/events/")?;
    Some((folder.parse().ok()?, file))
}

fn generate_each(batches: &[Batch]) -> Vec<Outcome> {
    // Hides the messages of panics, because they would appear inside the table. The table shows the number of panics.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut outcomes = Vec::new();
    for (number, batch) in batches.iter().enumerate() {
        outcomes.extend(batch.events.iter().map(|at| generate_one(number, batch, at)));
    }
    std::panic::set_hook(hook);
    outcomes
}

fn generate_one(number: usize, batch: &Batch, at: &Coordinates) -> Outcome {
    let started = Instant::now();
    let result = catch_unwind(|| generate(&batch.catalog, std::slice::from_ref(at), &batch.options));
    let micros = started.elapsed().as_micros();
    let mut outcome = Outcome {
        at: at.clone(),
        batch: number,
        stage: Stage::Compiled,
        detail: None,
        micros,
        files: BTreeSet::new(),
    };
    match result {
        Err(_) => outcome.stage = Stage::Panicked,
        Ok(Ok(files)) => outcome.files = files.into_iter().map(|file| file.path).collect(),
        Ok(Err(error)) => {
            let of_reference = |code: Code| {
                matches!(code, Code::MissingReference | Code::RemoteReference | Code::DanglingReference)
            };
            let missing = error.problems.iter().all(|problem| of_reference(problem.diagnostic.code));
            outcome.stage = if missing { Stage::ReferenceMissing } else { Stage::Refused };
            outcome.detail = error.problems.first().map(|problem| problem.diagnostic.to_string());
        }
    }
    // The files of every version include the index, so an error in the index belongs to no version.
    outcome.files.remove("mod.rs");
    outcome
}

type Numbers = BTreeMap<(usize, Coordinates), usize>;

fn write(
    scratch: &mut Scratch,
    batches: &[Batch],
    outcomes: &[Outcome],
    program: Program<'_>,
) -> Result<(Numbers, usize), Box<dyn std::error::Error>> {
    let mut numbers = Numbers::new();
    let mut lines = 0;
    for (number, batch) in batches.iter().enumerate() {
        let is_good = |outcome: &&Outcome| outcome.batch == number && outcome.stage == Stage::Compiled;
        let good: Vec<Coordinates> =
            outcomes.iter().filter(is_good).map(|outcome| outcome.at.clone()).collect();
        let files = generate(&batch.catalog, &good, &batch.options).map_err(first_problem)?;
        lines += files.iter().map(|file| file.text.lines().count()).sum::<usize>();
        // The program also contains the borrowed types. `lines` does not include their code, because they are optional.
        let both = Options { borrowed: true, ..batch.options.clone() };
        let files = generate(&batch.catalog, &good, &both).map_err(first_problem)?;
        let mut types = String::new();
        scratch.write(&format!("events{number}/Cargo.toml"), &sources::events_manifest(number))?;
        for file in &files {
            scratch.write(&format!("events{number}/src/events/{}", file.path), &file.text)?;
            for event in event_paths(file).into_iter().filter(|event| good.contains(&event.at)) {
                let borrowed = event.borrowed.as_ref();
                let borrowed = borrowed.map(|name| format!(", {name} in events::{}", event.module));
                let borrowed = borrowed.unwrap_or_default();
                types.push_str(&format!("    harness::event_type!(events::{}{borrowed}),\n", event.path()));
                numbers.insert((number, event.at), numbers.len());
            }
        }
        scratch.write(&format!("events{number}/src/lib.rs"), &sources::events_lib(&types))?;
    }
    scratch.write("harness/Cargo.toml", &sources::harness_manifest())?;
    scratch.write("harness/src/lib.rs", &sources::harness_lib())?;
    scratch.write("harness/src/same.rs", include_str!("compiled_corpus/same.rs"))?;
    let dependencies: String =
        (0..batches.len()).map(|n| format!("events{n} = {{ path = \"../events{n}\" }}\n")).collect();
    scratch.write(
        "program/Cargo.toml",
        &sources::program_manifest(&binary(program), &dependencies, program.dependencies),
    )?;
    for (name, text) in program.sources {
        let main = *name == "main.rs";
        let text =
            if main { format!("{text}{}", sources::event_types(batches.len())) } else { (*text).to_owned() };
        scratch.write(&format!("program/src/{name}"), &text)?;
    }
    scratch.write("Cargo.toml", &sources::workspace(batches.len(), &runtime()))?;
    scratch.lock()?;
    scratch.sweep()?;
    Ok((numbers, lines))
}

fn first_problem(error: evschema_codegen::GenerateError) -> String {
    error.problems.first().map(|problem| problem.diagnostic.to_string()).unwrap_or_default()
}
