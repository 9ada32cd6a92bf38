//! Runs the official test suite of JSON Schema with generated code.
//!
//! Each schema of the suite becomes an event type, which can refer to the documents in `remotes`. In mandatory cases,
//! `format` is an annotation. In the optional cases about `format`, the keyword is an assertion. If a schema is not
//! generated, or its code does not compile, all its cases count as wrong.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Args as ClapArgs;
use evschema_model::{Coordinates, Draft, Formats};
use evschema_tests::corpora;
use serde::Serialize;

use crate::compiled_corpus::{Answer, Batch, CompiledCorpus, Outcome, Program, Stage, check_events, compile};
use crate::scratch::Build;
use crate::task_result::TaskResult;

mod reading;

use reading::{Group, Suite};

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Runs only this draft, such as `draft-07` or `2020-12`.
    #[arg(long)]
    draft: Option<String>,
    /// Also runs the other optional cases. Wrong answers to them do not count.
    #[arg(long)]
    optional: bool,
    /// Prints a JSON line for each file, and for each wrong case.
    #[arg(long)]
    json: bool,
}

/// The figures of one file of the suite.
#[derive(Debug, Default, Clone, Serialize)]
struct Figures {
    schemas: usize,
    generated: usize,
    compiled: usize,
    cases: usize,
    /// Cases in which the type is right.
    right: usize,
    wrong: usize,
    /// Cases in which the check without a type is wrong.
    check_wrong: usize,
    /// Accepted events that differ after the type writes them back, or that `validate` rejects.
    lost: usize,
    panics: usize,
    /// Cases in which the `jsonschema` crate is wrong, for comparison.
    library_wrong: usize,
}

/// A case with a wrong answer.
#[derive(Debug, Serialize)]
struct Wrong {
    draft: &'static str,
    file: String,
    group: String,
    case: String,
    valid: bool,
    /// The answer of the type; `None` if no type exists.
    typed: Option<bool>,
    checked: Option<bool>,
    library: Option<bool>,
    detail: Option<String>,
    counts: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> TaskResult {
    let root = corpora()
        .map(|folder| folder.join("json-schema-test-suite"))
        .filter(|folder| folder.is_dir())
        .ok_or("the official suite is missing; set EVSCHEMA_CORPORA")?;
    let only = args.draft.as_deref().map(Draft::parse).transpose()?;
    let mut suites = Vec::new();
    for draft in Draft::ALL.into_iter().filter(|draft| only.is_none_or(|only| only == *draft)) {
        suites.push(Suite::read(&root, draft, Formats::Annotate, args.optional)?);
        suites.push(Suite::read(&root, draft, Formats::Assert, false)?);
    }
    let batches: Vec<Batch> = suites.iter().map(Suite::batch).collect();
    let compiled = compile(&batches, program())?;
    let mut figures = BTreeMap::new();
    let mut wrong = Vec::new();
    for (number, suite) in suites.iter().enumerate() {
        decide(suite, number, &compiled, &mut figures, &mut wrong)?;
    }
    print(args, &compiled, &figures, &wrong)?;
    let clean = wrong.iter().all(|one| !one.counts);
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn program() -> Program<'static> {
    Program {
        name: "suite",
        build: Build::Dev,
        sources: &[("main.rs", include_str!("../compiled_corpus/program.rs"))],
        dependencies: "",
    }
}

type Table = BTreeMap<(&'static str, String), Figures>;

/// Runs every case of a suite, and counts the answers.
fn decide(
    suite: &Suite,
    batch: usize,
    compiled: &CompiledCorpus,
    table: &mut Table,
    wrong: &mut Vec<Wrong>,
) -> Result<(), Box<dyn std::error::Error>> {
    let outcomes: BTreeMap<&Coordinates, &Outcome> = compiled
        .outcomes
        .iter()
        .filter(|outcome| outcome.batch == batch)
        .map(|outcome| (&outcome.at, outcome))
        .collect();
    let mut events = Vec::new();
    for group in &suite.groups {
        let number = group.at.as_ref().and_then(|at| compiled.numbers.get(&(batch, at.clone())));
        events.extend(group.cases.iter().filter_map(|case| Some((*number?, &case.data))));
    }
    let mut answers = check_events(&compiled.program, &events)?.into_iter();
    for group in &suite.groups {
        let figures = table.entry((suite.draft.as_str(), group.file.clone())).or_default();
        let outcome = group.at.as_ref().and_then(|at| outcomes.get(at)).copied();
        let is_known =
            group.at.as_ref().is_some_and(|at| compiled.numbers.contains_key(&(batch, at.clone())));
        let compiled = is_known && outcome.is_some_and(|outcome| outcome.stage == Stage::Compiled);
        figures.schemas += 1;
        figures.generated += usize::from(
            outcome.is_some_and(|outcome| matches!(outcome.stage, Stage::Compiled | Stage::NotCompiled)),
        );
        figures.compiled += usize::from(compiled);
        let why = group.refused.clone().or_else(|| outcome.and_then(|outcome| outcome.detail.clone()));
        for (at, case) in group.cases.iter().enumerate() {
            let answer = if is_known { answers.next() } else { None };
            let library = group.library.get(at).copied();
            if let Some(bad) = count(figures, case.valid, answer, library, why.clone()) {
                wrong.push(Wrong {
                    draft: suite.draft.as_str(),
                    file: group.file.clone(),
                    group: group.description.clone(),
                    case: case.description.clone(),
                    counts: !group.is_optional,
                    ..bad
                });
            }
        }
    }
    Ok(())
}

fn count(
    figures: &mut Figures,
    valid: bool,
    answer: Option<Answer>,
    library: Option<bool>,
    why: Option<String>,
) -> Option<Wrong> {
    figures.cases += 1;
    figures.library_wrong += usize::from(library != Some(valid));
    let (typed, checked) = match &answer {
        Some(answer) if !answer.panicked => (Some(answer.typed), Some(answer.checked)),
        Some(_) | None => (None, None),
    };
    let answer = answer.unwrap_or_default();
    figures.right += usize::from(typed == Some(valid));
    figures.wrong += usize::from(typed != Some(valid));
    figures.check_wrong += usize::from(checked != Some(valid));
    figures.panics += usize::from(answer.panicked);
    figures.lost += usize::from(answer.wrong.is_some());
    let fine = typed == Some(valid) && checked == Some(valid) && answer.wrong.is_none();
    (!fine).then(|| Wrong {
        draft: "",
        file: String::new(),
        group: String::new(),
        case: String::new(),
        valid,
        typed,
        checked,
        library,
        detail: answer.wrong.or(answer.why).or(why),
        counts: true,
    })
}

#[expect(clippy::print_stdout, reason = "the table is the output of the command")]
fn print(
    args: &Args,
    compiled: &CompiledCorpus,
    table: &Table,
    wrong: &[Wrong],
) -> Result<(), serde_json::Error> {
    if args.json {
        for ((draft, file), figures) in table {
            println!("{}", serde_json::json!({ "draft": draft, "file": file, "figures": figures }));
        }
        for one in wrong {
            println!("{}", serde_json::to_string(one)?);
        }
        return Ok(());
    }
    for one in wrong {
        let verdict = |given: Option<bool>| match given {
            Some(true) => "accepts",
            Some(false) => "refuses",
            None => "nothing",
        };
        println!(
            "{} {}: {}: {}: should be {}; type {}, check {}, library {}{}{}",
            one.draft,
            one.file,
            one.group,
            one.case,
            if one.valid { "accepted" } else { "refused" },
            verdict(one.typed),
            verdict(one.checked),
            verdict(one.library),
            one.detail.as_deref().map(|why| format!(": {why}")).unwrap_or_default(),
            if one.counts { "" } else { " (does not count)" },
        );
    }
    println!(
        "{:<9} {:<38} {:>7} {:>9} {:>8} {:>6} {:>6} {:>6} {:>6} {:>5} {:>6}  {:>8}",
        "draft",
        "file",
        "schemas",
        "generated",
        "compiled",
        "cases",
        "right",
        "wrong",
        "check✗",
        "lost",
        "panics",
        "library✗"
    );
    let mut drafts: BTreeMap<(&str, &str), Figures> = BTreeMap::new();
    for ((draft, file), figures) in table {
        row(draft, file, figures);
        drafts.entry((draft, kind_of(file))).or_default().add(figures);
    }
    println!();
    for ((draft, kind), figures) in &drafts {
        row(draft, kind, figures);
    }
    println!(
        "{} lines of generated code, generated in {} ms, compiled in {:.1} s",
        compiled.lines,
        compiled.outcomes.iter().map(|outcome| outcome.micros).sum::<u128>() / 1000,
        compiled.compile_time.as_secs_f64()
    );
    Ok(())
}

/// Returns the group of a file in the summary.
fn kind_of(file: &str) -> &'static str {
    if file.starts_with("optional/format/") {
        "all of format, asserted"
    } else if file.starts_with("optional/") {
        "all else that is optional"
    } else {
        "all that is mandatory"
    }
}

#[expect(clippy::print_stdout, reason = "the table is the output of the command")]
fn row(draft: &str, file: &str, f: &Figures) {
    println!(
        "{draft:<9} {file:<38} {:>7} {:>9} {:>8} {:>6} {:>6} {:>6} {:>6} {:>5} {:>6}  {:>8}",
        f.schemas,
        f.generated,
        f.compiled,
        f.cases,
        f.right,
        f.wrong,
        f.check_wrong,
        f.lost,
        f.panics,
        f.library_wrong
    );
}

impl Figures {
    fn add(&mut self, other: &Self) {
        self.schemas += other.schemas;
        self.generated += other.generated;
        self.compiled += other.compiled;
        self.cases += other.cases;
        self.right += other.right;
        self.wrong += other.wrong;
        self.check_wrong += other.check_wrong;
        self.lost += other.lost;
        self.panics += other.panics;
        self.library_wrong += other.library_wrong;
    }
}

impl Group {
    /// Returns the name of the file without its extension.
    fn file_name(path: &std::path::Path, folder: &str) -> String {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        format!("{folder}{stem}")
    }
}
