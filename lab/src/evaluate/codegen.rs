//! Validates real events with code that is generated from real schemas.
//!
//! The generated type, the check without a type, and the `jsonschema` crate validate each event. All three must give
//! the same verdict. If a type accepts an event, it must write the event back with all properties that the schema
//! declares.

use std::process::ExitCode;

use clap::Args as ClapArgs;
use serde::Serialize;

use crate::compiled_corpus::{Answer, CompiledCorpus, Program, Stage, batches, check_events, compile};
use crate::corpus::{Corpus, Event, Source};
use crate::scratch::Build;
use crate::task_result::TaskResult;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
    /// Generates structs that keep undeclared properties.
    #[arg(long)]
    keep_unknown: bool,
    /// Prints the rows as JSON lines.
    #[arg(long)]
    json: bool,
}

/// The figures of the table.
#[derive(Debug, Default, Serialize)]
struct Summary {
    versions: usize,
    not_schemas: usize,
    references_missing: usize,
    generated: usize,
    generation_failed: usize,
    compiled: usize,
    lines: usize,
    generation_ms: u128,
    /// The median time to generate one schema alone.
    generation_median_micros: u128,
    compile_seconds: f64,
    instances: usize,
    decided_right: usize,
    unlike_label: usize,
    unlike_library: usize,
    check_unlike_library: usize,
    panics: usize,
    /// Accepted events that differ after the type writes them back, or that `validate` rejects.
    wrong_beyond_the_verdict: usize,
    /// Accepted events that lose members. No schema of the corpus declares the names of these members.
    unknown_dropped: usize,
    /// Accepted events that lose a member whose name a schema of the corpus declares.
    named_dropped: usize,
}

/// An event with the answers of the program and of the `jsonschema` crate.
struct Decided<'c> {
    event: &'c Event,
    answer: Answer,
    library: Option<bool>,
    /// The dropped members with names that a schema of the corpus declares.
    named: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> TaskResult {
    let mut corpus = Corpus::read(&args.source)?;
    corpus.options.keep_unknown = args.keep_unknown;
    let batches = batches(&corpus, &corpus.versions);
    let name = args.source.events.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let program = Program {
        name: &format!("codegen-{name}"),
        build: Build::Dev,
        sources: &[("main.rs", include_str!("../compiled_corpus/program.rs"))],
        dependencies: "",
    };
    let compiled = compile(&batches, program)?;
    let decided = decide(&corpus, &compiled)?;
    let summary = summarize(&corpus, &compiled, &decided);
    print(args, &corpus, &compiled, &decided, &summary)?;
    let clean = summary.generation_failed == 0
        && summary.compiled == summary.generated
        && summary.unlike_library + summary.check_unlike_library + summary.panics == 0
        && summary.wrong_beyond_the_verdict == 0;
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn decide<'c>(
    corpus: &'c Corpus,
    compiled: &CompiledCorpus,
) -> Result<Vec<Decided<'c>>, Box<dyn std::error::Error>> {
    let number = |event: &Event| {
        compiled.numbers.iter().find(|((_, at), _)| *at == event.at).map(|(_, number)| *number)
    };
    let known: Vec<(usize, &Event)> =
        corpus.events.iter().filter_map(|event| Some((number(event)?, event))).collect();
    let events: Vec<_> = known.iter().map(|(number, event)| (*number, &event.instance)).collect();
    let names = corpus.property_names();
    let answers = check_events(&compiled.program, &events)?;
    let decided = known.into_iter().zip(answers).map(|((_, event), answer)| {
        let named =
            |pointer: &&String| pointer.rsplit_once('/').is_some_and(|(_, name)| names.contains(name));
        let named = answer.dropped.iter().filter(named).cloned().collect();
        Decided { event, library: library(corpus, event), answer, named }
    });
    Ok(decided.collect())
}

fn library(corpus: &Corpus, event: &Event) -> Option<bool> {
    let schema = corpus.catalog.get(&event.at.subject, &event.at.version)?;
    let validator = corpus.catalog.resolve(schema).ok()?.validator(corpus.options.formats).ok()?;
    Some(validator.is_valid(&event.instance))
}

fn summarize(corpus: &Corpus, compiled: &CompiledCorpus, decided: &[Decided<'_>]) -> Summary {
    let count = |stage: Stage| compiled.outcomes.iter().filter(|outcome| outcome.stage == stage).count();
    let of = |test: &dyn Fn(&Decided<'_>) -> bool| decided.iter().filter(|one| test(one)).count();
    let mut micros: Vec<u128> = compiled.outcomes.iter().map(|outcome| outcome.micros).collect();
    micros.sort_unstable();
    Summary {
        versions: corpus.versions.len() + corpus.refused.len(),
        not_schemas: corpus.refused.len(),
        references_missing: count(Stage::ReferenceMissing),
        generated: count(Stage::Compiled) + count(Stage::NotCompiled),
        generation_failed: count(Stage::Refused) + count(Stage::Panicked),
        compiled: count(Stage::Compiled),
        lines: compiled.lines,
        generation_ms: micros.iter().sum::<u128>() / 1000,
        generation_median_micros: micros.get(micros.len() / 2).copied().unwrap_or_default(),
        compile_seconds: compiled.compile_time.as_secs_f64(),
        instances: decided.len(),
        decided_right: of(&|one| one.event.valid == Some(one.answer.typed)),
        unlike_label: of(&|one| one.event.valid.is_some_and(|valid| valid != one.answer.typed)),
        unlike_library: of(&|one| one.library != Some(one.answer.typed)),
        check_unlike_library: of(&|one| one.library != Some(one.answer.checked)),
        panics: of(&|one| one.answer.panicked),
        wrong_beyond_the_verdict: of(&|one| one.answer.wrong.is_some()),
        unknown_dropped: of(&|one| !one.answer.dropped.is_empty() && one.named.is_empty()),
        named_dropped: of(&|one| !one.named.is_empty()),
    }
}

#[expect(clippy::print_stdout, reason = "the table is the output of the command")]
fn print(
    args: &Args,
    corpus: &Corpus,
    compiled: &CompiledCorpus,
    decided: &[Decided<'_>],
    summary: &Summary,
) -> Result<(), serde_json::Error> {
    if args.json {
        for outcome in &compiled.outcomes {
            println!("{}", serde_json::to_string(outcome)?);
        }
        println!("{}", serde_json::to_string(summary)?);
        return Ok(());
    }
    for (at, why) in &corpus.refused {
        println!("{at}: not a schema: {why}");
    }
    for outcome in compiled.outcomes.iter().filter(|outcome| outcome.stage != Stage::Compiled) {
        println!("{}: {:?}: {}", outcome.at, outcome.stage, outcome.detail.as_deref().unwrap_or(""));
    }
    for one in decided {
        if let Some(said) = difference(one) {
            println!("{}: {said}", one.event.at);
        }
    }
    let s = summary;
    let seconds = format!("{:.1} s, warnings denied", s.compile_seconds);
    let generated =
        format!("{} lines, {} ms, median {} µs", s.lines, s.generation_ms, s.generation_median_micros);
    for (name, figure, more) in [
        ("versions", s.versions, ""),
        ("not a schema", s.not_schemas, ""),
        ("reference missing", s.references_missing, ""),
        ("generated", s.generated, &*generated),
        ("generation failed", s.generation_failed, ""),
        ("compiled", s.compiled, &*seconds),
        ("instances", s.instances, ""),
        ("decided as labelled", s.decided_right, ""),
        ("decided unlike the label", s.unlike_label, ""),
        ("type decides unlike jsonschema", s.unlike_library, ""),
        ("check decides unlike jsonschema", s.check_unlike_library, ""),
        ("panics", s.panics, ""),
        ("wrong beyond the verdict", s.wrong_beyond_the_verdict, "round trip, `validate`"),
        ("unknown members dropped", s.unknown_dropped, "named by no schema of the corpus"),
        ("other members dropped", s.named_dropped, "named by some schema, not by this one's"),
    ] {
        println!("{name:<34}{figure:>8}  {more}");
    }
    Ok(())
}

/// Returns the most important difference for an event.
fn difference(one: &Decided<'_>) -> Option<String> {
    let why = one.answer.why.as_deref().unwrap_or("");
    let (typed, checked) = (one.answer.typed, one.answer.checked);
    if one.answer.panicked {
        Some("panicked".to_owned())
    } else if one.library != Some(typed) || one.library != Some(checked) {
        Some(format!("type says {typed}, check {checked}, library {:?}: {why}", one.library))
    } else if let Some(wrong) = &one.answer.wrong {
        Some(wrong.clone())
    } else if one.event.valid.is_some_and(|valid| valid != typed) {
        Some(format!("label {:?}, all others say {typed}: {why}", one.event.valid))
    } else {
        one.named.first().map(|pointer| format!("`{pointer}` is dropped"))
    }
}
