//! Measures the size of generated code, the time to generate it, and the time of `cargo check`. Compares it with
//! typify.
//!
//! The benchmark counts lines of formatted code: our generator formats its own code, and `prettyplease` formats the
//! code of typify. Our code also contains each schema and its linked form on one long line, so the table also shows the
//! size in KiB.

use std::fs;

use evschema_codegen::{GeneratedFile, generate};
use evschema_model::Coordinates;
use serde_json::{Value, json};

use super::super::Common;
use super::typify::{self, Typified};
use super::workspace::first_problem;
use super::{Corpus, Failure};
use crate::scratch::{Build, Scratch, runtime};
use crate::thread_time::thread_time;

/// Bars for 100 event types: the number of lines, and the CPU seconds of `cargo check`. Bar for one schema: the
/// milliseconds of the generation.
const LINES: f64 = 12_000.0;
const CHECK_S: f64 = 10.0;
const GENERATE_MS: f64 = 5.0;

/// The maximum number of builds. Each build omits the code that did not compile in the previous build.
const ROUNDS_MAX: usize = 6;

/// Kernel ticks per second in `/proc`.
const TICKS: f64 = 100.0;

/// The figures of the code for a number of types.
#[derive(Debug)]
struct Weight {
    what: &'static str,
    types: usize,
    lines: usize,
    bytes: usize,
    check_s: f64,
    /// The time to generate each type alone, in CPU milliseconds, in ascending order.
    generate_ms: Vec<f64>,
}

/// The minimum CPU time of all repetitions of one generation together, in milliseconds. The clock of the kernel is
/// precise enough for this time.
const SPENT_MS: f64 = 30.0;

/// Generates the newest version of each subject, from each corpus in turn, and prints the figures.
///
/// Returns whether every bar is met.
pub(super) fn weigh(
    common: Common,
    corpora: &[(String, Corpus)],
    types: usize,
    alone: bool,
) -> Result<bool, Failure> {
    let chosen = chosen(corpora, types);
    let ours = weigh_ours("evschema", corpora, &chosen)?;
    let mut weights = vec![ours];
    if !alone {
        let rows = chosen.iter().enumerate().map(|(number, (corpus, at))| {
            let schema = corpora[*corpus].1.catalog.get(&at.subject, &at.version);
            json!({ "number": number, "schema": schema.map(|schema| schema.value()) })
        });
        let rows: Vec<Value> = rows.collect();
        let (theirs, kept) = weigh_typify(typify::generated(rows.iter())?)?;
        let same: Vec<_> = kept.iter().filter_map(|number| chosen.get(*number).cloned()).collect();
        weights.push(weigh_ours("evschema, of these", corpora, &same)?);
        weights.insert(1, theirs);
    }
    Ok(print(common, &weights))
}

type Selected = Vec<(usize, Coordinates)>;

fn chosen(corpora: &[(String, Corpus)], types: usize) -> Selected {
    let mut queues: Vec<_> = corpora
        .iter()
        .map(|(_, corpus)| {
            let newest =
                corpus.catalog.subjects().filter_map(|subject| corpus.catalog.versions(subject).next_back());
            newest.map(|schema| schema.at().clone()).filter(|at| corpus.versions.contains(at))
        })
        .collect();
    let mut chosen = Selected::new();
    while chosen.len() < types {
        let before = chosen.len();
        for (number, queue) in queues.iter_mut().enumerate() {
            let (catalog, options) = (&corpora[number].1.catalog, &corpora[number].1.options);
            let good = queue.find(|at| generate(catalog, std::slice::from_ref(at), options).is_ok());
            chosen.extend(good.map(|at| (number, at)));
        }
        if chosen.len() == before {
            break;
        }
    }
    chosen.truncate(types);
    chosen
}

fn weigh_ours(
    what: &'static str,
    corpora: &[(String, Corpus)],
    chosen: &Selected,
) -> Result<Weight, Failure> {
    let mut scratch = Scratch::new("bench-light")?;
    let (mut modules, mut lines, mut bytes) = (String::new(), 0, 0);
    let mut generate_ms = Vec::new();
    for (number, (name, corpus)) in corpora.iter().enumerate() {
        let ats: Vec<Coordinates> =
            chosen.iter().filter(|(of, _)| *of == number).map(|(_, at)| at.clone()).collect();
        if ats.is_empty() {
            continue;
        }
        for at in &ats {
            generate_ms.push(alone_ms(corpus, at)?);
        }
        let files: Vec<GeneratedFile> =
            generate(&corpus.catalog, &ats, &corpus.options).map_err(first_problem)?;
        for file in files {
            lines += file.text.lines().count();
            bytes += file.text.len();
            scratch.write(&format!("light/src/{name}/{}", file.path), &file.text)?;
        }
        modules.push_str(&format!("pub mod {name};\n"));
    }
    scratch.write("light/src/lib.rs", &format!("//! Generated types.\n\n{modules}"))?;
    write_manifests(&mut scratch, "light", &runtime())?;
    let check_s = checked(&scratch, "light")?.map_err(|errors| errors.join("\n"))?;
    generate_ms.sort_by(f64::total_cmp);
    Ok(Weight { what, types: chosen.len(), lines, bytes, check_s, generate_ms })
}

/// Returns the CPU time to generate one version alone. The CPU time does not include the work of other programs.
fn alone_ms(corpus: &Corpus, at: &Coordinates) -> Result<f64, Failure> {
    let (started, mut runs) = (thread_time()?, 0.0);
    loop {
        std::hint::black_box(generate(&corpus.catalog, std::slice::from_ref(at), &corpus.options).is_ok());
        runs += 1.0;
        let spent = (thread_time()? - started).as_secs_f64() * 1e3;
        if SPENT_MS <= spent {
            return Ok(spent / runs);
        }
    }
}

/// Measures the code of typify that compiles, and returns the numbers of its types.
fn weigh_typify(made: Vec<Typified>) -> Result<(Weight, Vec<usize>), Failure> {
    let mut kept: Vec<&Typified> = made.iter().filter(|one| one.text.is_some()).collect();
    for _ in 0..ROUNDS_MAX {
        let mut scratch = Scratch::new("bench-light-typify")?;
        let (mut modules, mut lines, mut bytes) = (String::new(), 0, 0);
        for one in &kept {
            let text = one.text.as_deref().unwrap_or_default();
            lines += text.lines().count();
            bytes += text.len();
            scratch.write(&format!("typified/src/t{}.rs", one.number), text)?;
            modules.push_str(&format!("#[allow(warnings, clippy::all)]\npub mod t{};\n", one.number));
        }
        scratch.write("typified/src/lib.rs", &format!("//! Typify's types.\n\n{modules}"))?;
        let serde = "serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n";
        write_manifests(&mut scratch, "typified", &format!("{serde}{}", typify::NEEDS))?;
        match checked(&scratch, "typified")? {
            Ok(check_s) => {
                let numbers: Vec<usize> = kept.iter().map(|one| one.number).collect();
                let mut generate_ms: Vec<f64> = kept.iter().map(|one| one.micros / 1e3).collect();
                generate_ms.sort_by(f64::total_cmp);
                let types = kept.len();
                return Ok((Weight { what: "typify", types, lines, bytes, check_s, generate_ms }, numbers));
            }
            Err(errors) => {
                let before = kept.len();
                kept.retain(|one| !errors.iter().any(|file| file.ends_with(&format!("/t{}.rs", one.number))));
                if kept.len() == before {
                    return Err(errors.join("\n").into());
                }
            }
        }
    }
    Err("some code of typify still does not compile".into())
}

fn write_manifests(scratch: &mut Scratch, name: &str, dependencies: &str) -> Result<(), Failure> {
    scratch.write("Cargo.toml", &format!("[workspace]\nresolver = \"3\"\nmembers = [\"{name}\"]\n"))?;
    scratch.write(
        &format!("{name}/Cargo.toml"),
        &format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n{dependencies}"
        ),
    )?;
    scratch.lock()?;
    scratch.sweep()?;
    Ok(())
}

/// Returns the CPU seconds of `cargo check` for the crate without its dependencies, or the files with errors.
fn checked(scratch: &Scratch, name: &str) -> Result<Result<f64, Vec<String>>, Failure> {
    if let Err(errors) = scratch.build(name, Build::Check)? {
        let files = errors.into_iter().map(|e| if e.file.is_empty() { e.message } else { e.file });
        return Ok(Err(files.collect()));
    }
    scratch.cargo(&["clean", "-q", "-p", name]).status()?;
    let before = children_s()?;
    let status = scratch.cargo(&["check", "-q", "-p", name]).env("CARGO_INCREMENTAL", "0").status()?;
    if !status.success() {
        return Err(format!("`cargo check -p {name}` fails").into());
    }
    Ok(Ok(children_s()? - before))
}

/// Returns the CPU seconds of the ended children of this process.
fn children_s() -> Result<f64, Failure> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program is in brackets, and can contain any character.
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    let field = |at: usize| after.split_whitespace().nth(at).and_then(|ticks| ticks.parse::<f64>().ok());
    let (user, system) = field(13).zip(field(14)).ok_or("`/proc/self/stat` has an unknown form")?;
    Ok((user + system) / TICKS)
}

/// Prints the table, and returns whether our code meets every bar.
#[expect(clippy::print_stdout, reason = "the table is the output of the command")]
fn print(common: Common, weights: &[Weight]) -> bool {
    let mut missed = Vec::new();
    if !common.json {
        println!(
            "\n{:<20} {:>5} {:>14} {:>12} {:>17} {:>24}",
            "weight",
            "types",
            "lines per 100",
            "KiB per 100",
            "check CPU s / 100",
            "CPU ms each: median, worst"
        );
    }
    for (at, one) in weights.iter().enumerate() {
        let of_hundred = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) * 100.0;
        let types = of_hundred(one.types) / 100.0;
        let (lines, kib) = (of_hundred(one.lines) / types, of_hundred(one.bytes) / types / 1024.0);
        let check = one.check_s * 100.0 / types;
        let median = one.generate_ms.get(one.generate_ms.len() / 2).copied().unwrap_or_default();
        let worst = one.generate_ms.last().copied().unwrap_or_default();
        if common.json {
            println!(
                "{}",
                json!({ "weight": one.what, "types": one.types, "lines": one.lines, "lines_100": lines,
                    "kib_100": kib, "check_s_100": check, "generate_ms": median, "generate_worst_ms": worst })
            );
        } else {
            println!(
                "{:<20} {:>5} {lines:>14.0} {kib:>12.0} {check:>17.2} {median:>16.2} {worst:>7.2}",
                one.what, one.types
            );
        }
        if at == 0 {
            let bars =
                [("lines", lines, LINES), ("check", check, CHECK_S), ("generation", median, GENERATE_MS)];
            missed.extend(bars.into_iter().filter(|(_, figure, bar)| bar < figure).map(|(name, ..)| name));
        }
    }
    if !common.json {
        let result =
            if missed.is_empty() { "met".to_owned() } else { format!("missed by {}", missed.join(", ")) };
        println!(
            "bars, for 100 types: {LINES} lines, {CHECK_S} CPU s, {GENERATE_MS} CPU ms each in the median: {result}"
        );
        if cfg!(debug_assertions) {
            println!("(generated by a build without optimization: the times mean nothing)");
        }
    }
    missed.is_empty()
}
