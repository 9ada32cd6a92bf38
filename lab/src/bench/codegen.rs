//! Compares generated types with plain serde types: the time of a parse, the size of the code, and the compile time.
//!
//! A scratch workspace contains the generated types (`ours`), plain serde types (`plain`), validators from the macro of
//! the `jsonschema` crate (`library`), and types of typify (`typified`). The program of the workspace measures all of
//! them in turns. In each turn, the program divides the time of a type by the time of the plain type. Other work on the
//! machine slows both types, so it hardly changes the ratio. A figure is the median of these ratios.
//!
//! **The plain types** come from the same plan through other templates (`codegen/plain`), so they have the same fields,
//! boxes and lists. They are the types that a developer would write:
//!
//! - `Option` for a property that can be absent or null, `BTreeMap` for an object whose properties have one type, `i64`
//!   and `f64` for numbers, and `serde_json::Value` for any value
//! - an enum with renamed units for listed strings and constants, which is cheaper than `String`
//! - `untagged` for a union, and `flatten` for undeclared properties. In both cases, serde buffers the values. The
//!   table marks such types, and also shows the medians without these types.
//!
//! The plain types check nothing, and ignore undeclared properties.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::Args as ClapArgs;
use evschema_model::Formats;
use evschema_tests::repository;

use super::Common;
use crate::corpus::{Corpus, Source, folders};
use crate::scratch::Build;
use crate::task_result::TaskResult;

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
    /// The folder of a corpus. You can repeat this option. Without it, the benchmark uses all corpora.
    #[arg(long)]
    events: Vec<PathBuf>,
    /// The number of measured types of each corpus, from the type with the smallest events to the type with the
    /// largest.
    #[arg(long, default_value_t = 4)]
    types: usize,
    /// The number of types whose code size and compile time the benchmark measures. With 0, it omits both.
    #[arg(long, default_value_t = 100)]
    weighed: usize,
    /// Omits the validators of the `jsonschema` crate and the types of typify, which take minutes to compile.
    #[arg(long)]
    alone: bool,
}

type Failure = Box<dyn std::error::Error>;

/// Runs the command.
pub(crate) fn run(args: &Args) -> TaskResult {
    let corpora: Vec<(String, Corpus)> =
        folders(&args.events)?.into_iter().map(read).collect::<Result<_, _>>()?;
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

/// Reads a corpus. Returns the corpus and the name of its module.
fn read(folder: PathBuf) -> Result<(String, Corpus), Failure> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().replace('-', "_");
    let source = Source { events: folder, dialect: Vec::new(), formats: Formats::Assert, stub_missing: true };
    Ok((name, Corpus::read(&source)?))
}

/// Compiles and runs the program that measures the chosen types.
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
        let mut measured: Figures = serde_json::from_str(line)?;
        measured.name.clone_from(&one.name);
        measured.buffers = one.buffers;
        figures.push(measured);
    }
    Ok(figures)
}

/// The kind of build. Times without optimization would be meaningless.
const BUILD: Build = Build::Release;
