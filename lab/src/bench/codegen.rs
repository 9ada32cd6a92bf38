//! Generated types against plain serde, in one process, and what they weigh.
//!
//! What is measured is compiled in a scratch workspace: generated types (`ours`), plain serde types
//! (`plain`), validators of the `jsonschema` crate's macro (`library`) and typify's types
//! (`typified`). Contenders take turns; a figure is the median over the turns of a time divided by
//! plain serde's of the same turn, so that a busy machine slows both.
//!
//! **The plain types** are printed from the same plan through other templates (`codegen/plain`), so
//! that they have the same fields, boxes and lists. They are what a person would derive:
//!
//! - `Option` for what may be absent or null, `Vec`, `String`, `BTreeMap` for an object of one kind
//!   of value, `i64` and `f64` where ours keep every digit, `serde_json::Value` for anything;
//! - an enum of renamed units for listed texts, constants among them, which is cheaper than `String`;
//! - `untagged` for a union, `flatten` for members beside named ones. Serde buffers for both; such
//!   types are marked, and the bars are stated without them too.
//!
//! They check nothing, and ignore members that they do not know.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::Args as ClapArgs;
use evschema_tests::{corpora, repository};

use super::Common;
use crate::TaskResult;
use crate::corpus::{Corpus, Source};
use crate::scratch::Build;

mod choice;
mod light;
mod table;
mod typify;
mod workspace;

use choice::Chosen;
use table::Figures;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    /// Folder of a corpus; may be given again. All that are there when absent.
    #[arg(long)]
    events: Vec<PathBuf>,
    /// Types of each corpus that are timed, from the one with the smallest events to the one with
    /// the largest.
    #[arg(long, default_value_t = 4)]
    types: usize,
    /// How many types the weight is taken of; 0 leaves it out.
    #[arg(long, default_value_t = 100)]
    weighed: usize,
    /// Leaves out the validators of the `jsonschema` crate's macro and typify's types, which take
    /// minutes to compile.
    #[arg(long)]
    alone: bool,
}

type Failure = Box<dyn std::error::Error>;

/// Runs the command.
pub(crate) fn run(args: &Args) -> TaskResult {
    let folders = if args.events.is_empty() { all_folders()? } else { args.events.clone() };
    let corpora: Vec<(String, Corpus)> = folders.into_iter().map(read).collect::<Result<_, _>>()?;
    let mut met = true;
    if args.types != 0 {
        let mut chosen = choice::choose(&corpora, args.types)?;
        let figures = timed(&corpora, &mut chosen, args.alone)?;
        met &= table::print(args.common, &figures)?;
    }
    if args.weighed != 0 {
        met &= light::weigh(args.common, &corpora, args.weighed, args.alone)?;
    }
    Ok(if args.common.check && !met { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn all_folders() -> Result<Vec<PathBuf>, Failure> {
    let root = corpora().ok_or("no corpora are there; set EVSCHEMA_CORPORA, or name one with --events")?;
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root.join("events"))?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    folders.retain(|folder| folder.join("schemas.jsonl").exists());
    folders.sort();
    Ok(folders)
}

/// Reads a corpus and the name of its module.
fn read(folder: PathBuf) -> Result<(String, Corpus), Failure> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().replace('-', "_");
    let source =
        Source { events: folder, dialect: Vec::new(), formats: "assert".to_owned(), stub_missing: true };
    Ok((name, Corpus::read(&source)?))
}

/// Compiles and runs the program that times the chosen types.
fn timed(corpora: &[(String, Corpus)], chosen: &mut [Chosen], alone: bool) -> Result<Vec<Figures>, Failure> {
    let program = workspace::built(corpora, chosen, alone)?;
    let input = repository().join("target/scratch/bench-input");
    fs::create_dir_all(&input)?;
    let rows: String = chosen.iter().map(|one| format!("{}\n", one.row)).collect();
    fs::write(input.join("types.jsonl"), rows)?;
    let output = Command::new(program).arg(&input).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let mut figures = Vec::new();
    for (line, one) in String::from_utf8(output.stdout)?.lines().zip(chosen.iter()) {
        let mut said: Figures = serde_json::from_str(line)?;
        said.name.clone_from(&one.name);
        said.buffers = one.buffers;
        figures.push(said);
    }
    Ok(figures)
}

/// How the programs are built: figures of others would say nothing.
const BUILD: Build = Build::Release;
