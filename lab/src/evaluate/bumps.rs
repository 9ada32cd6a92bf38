//! Compares the bumps that authors declared with the required bumps.
//!
//! Neither side is right by definition, because authors define compatibility in different ways. The table shows how
//! often both bumps are equal. `--show` lists the differences, each with the finding that explains the required bump.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Args as ClapArgs;
use evschema_compat::{Settings, Severity, diff, required_bump};
use evschema_model::{Bump, Catalog, ContentModel, Mode, Resolved, Subject, SubjectPolicy, Version};
use serde::Deserialize;
use serde_json::json;

use crate::corpus::{Corpus, Source};
use crate::task_result::TaskResult;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
    /// The mode: `backward`, `forward` or `full`.
    #[arg(long, default_value = "backward", value_parser = mode)]
    mode: Mode,
    /// The number of differences to list for each content model.
    #[arg(long, default_value_t = 0)]
    show: usize,
    /// Prints a JSON line for each pair and content model.
    #[arg(long)]
    json: bool,
}

/// A line of `pairs.jsonl`.
#[derive(Debug, Deserialize)]
struct Pair {
    subject: Subject,
    from: Version,
    to: Version,
    declared_bump: Bump,
}

/// The declared and the required bump of a pair under a content model.
struct Comparison {
    pair: String,
    declared: Bump,
    required: Bump,
    /// Whether the comparison is undecided.
    is_undecided: bool,
    why: String,
}

fn mode(text: &str) -> Result<Mode, String> {
    [Mode::Backward, Mode::Forward, Mode::Full]
        .into_iter()
        .find(|mode| mode.as_str() == text)
        .ok_or_else(|| "`backward`, `forward` or `full`".to_owned())
}

/// Runs the command. A difference does not fail the command.
#[expect(clippy::print_stdout, reason = "the table is the output of the command")]
pub(crate) fn run(args: &Args) -> TaskResult {
    let corpus = Corpus::read(&args.source)?;
    let path = args.source.events.join("pairs.jsonl");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let pairs: Vec<Pair> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    for content_model in ContentModel::ALL {
        let policy = SubjectPolicy { mode: args.mode, content_model };
        let settings = Settings::new(policy).with_formats(corpus.options.formats);
        let mut rows = Vec::new();
        let mut left_out = 0;
        for pair in &pairs {
            match compare(&corpus.catalog, pair, &settings) {
                Some(row) => rows.push(row),
                None => left_out += 1,
            }
        }
        if args.json {
            for row in &rows {
                println!("{}", row_of(row, content_model));
            }
        } else {
            print!("{}", table(&rows, args.mode, content_model, left_out));
            for row in rows.iter().filter(|row| row.declared != row.required).take(args.show) {
                println!("  {} declared {}, required {}: {}", row.pair, row.declared, row.required, row.why);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn compare(catalog: &Catalog, pair: &Pair, settings: &Settings) -> Option<Comparison> {
    let read = |version: &Version| -> Option<Resolved> {
        catalog.resolve(catalog.get(&pair.subject, version)?).ok()
    };
    let (from, to) = (read(&pair.from)?, read(&pair.to)?);
    let required = required_bump(&from, &to, settings);
    let why = reason(&from, &to, settings);
    Some(Comparison {
        pair: format!("{} {} to {}", pair.subject, pair.from, pair.to),
        declared: pair.declared_bump,
        required,
        is_undecided: why.starts_with("not decided"),
        why,
    })
}

fn reason(from: &Resolved, to: &Resolved, settings: &Settings) -> String {
    let diff = diff(from, to, settings);
    let counted = diff.findings.iter().find(|finding| finding.severity == Severity::Error);
    match counted {
        Some(finding) => format!("{} at {} ({})", finding.message, finding.pointer, finding.rule),
        None => {
            let kinds: Vec<String> = diff
                .changes
                .iter()
                .take(4)
                .map(|change| format!("{:?} {}", change.kind, change.pointer).to_lowercase())
                .collect();
            format!("nothing breaks; {}", kinds.join(", "))
        }
    }
}

fn row_of(row: &Comparison, model: ContentModel) -> serde_json::Value {
    json!({
        "pair": row.pair, "content_model": model.to_string(), "declared": row.declared,
        "required": row.required, "why": row.why,
    })
}

fn table(rows: &[Comparison], mode: Mode, model: ContentModel, left_out: usize) -> String {
    let mut counts: BTreeMap<(Bump, Bump), usize> = BTreeMap::new();
    for row in rows {
        *counts.entry((row.declared, row.required)).or_default() += 1;
    }
    let count = |declared, required| counts.get(&(declared, required)).copied().unwrap_or(0);
    let sum = |keep: &dyn Fn(&Comparison) -> bool| rows.iter().filter(|row| keep(row)).count();
    let percent = |many: usize| 100.0 * many as f64 / rows.len().max(1) as f64;
    let steps = [Bump::Patch, Bump::Minor, Bump::Major];
    let mut text = format!("{mode}, {model}: {} pairs ({left_out} could not be read)\n", rows.len());
    text.push_str("  declared \\ required   patch   minor   major\n");
    for declared in steps {
        let row: Vec<String> = steps.map(|required| format!("{:>7}", count(declared, required))).into();
        text.push_str(&format!("  {:<20} {}\n", declared.as_str(), row.join(" ")));
    }
    let agree = sum(&|row| row.declared == row.required);
    let small = sum(&|row| row.declared < row.required);
    let large = sum(&|row| row.required < row.declared);
    let breaks = sum(&|row| (row.declared == Bump::Major) == (row.required == Bump::Major));
    let undecided = sum(&|row| row.is_undecided);
    text.push_str(&format!(
        "  the same {agree} ({:.0} %), declared too small {small} ({:.0} %), larger than needed {large} ({:.0} %); \
         alike on what breaks {breaks} ({:.0} %); undecided {undecided}\n",
        percent(agree),
        percent(small),
        percent(large),
        percent(breaks),
    ));
    text
}
