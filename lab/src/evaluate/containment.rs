//! Compares pairs of schemas whose answer is known: does `new` accept every event of `old`?
//!
//! The comparison ignores modes and content models (plain containment), unless `--content` selects a content model.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args as ClapArgs;
use evschema_compat::{Containment, containment};
use evschema_model::{ContentModel, Dialects, Formats};
use evschema_tests::{draw_events, read_alone};
use serde_json::{Value, json};

use crate::corpus;
use crate::task_result::TaskResult;

/// Options of the command.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// The file with the pairs. Each pair is a JSON line: `{"id","corpus","old","new","contained"}`.
    #[arg(long, required_unless_present = "events")]
    pairs: Option<PathBuf>,
    /// Compares under this content model, and compares the answers with the oracle of the content models.
    #[arg(long, value_name = "MODEL")]
    content: Option<ContentModel>,
    /// The folder of a real history. Each step of the history is a pair. You can repeat this option.
    #[arg(long, value_name = "DIR", requires = "content")]
    events: Vec<PathBuf>,
    /// Whether `format` rejects values: `assert` or `annotate`. The labels of the corpus apply to `annotate`.
    #[arg(long, default_value = "annotate", value_parser = corpus::formats)]
    formats: Formats,
    /// The number of random events for each pair with the answer "contained". The reader must accept them.
    #[arg(long, value_name = "EVENTS", default_value_t = 0)]
    sample: usize,
    /// The file for a JSON line per pair.
    #[arg(long)]
    out: Option<PathBuf>,
    /// `URI=DRAFT`: the draft of an unknown `$schema` URI. You can repeat this option.
    #[arg(long, value_name = "URI=DRAFT")]
    dialect: Vec<String>,
    /// Prints a JSON line for each pair instead of the table.
    #[arg(long)]
    json: bool,
}

/// The answers for one corpus.
#[derive(Default)]
struct Tally {
    agreed: usize,
    /// Answers that contradict a known label.
    wrong: Vec<String>,
    undecided: usize,
    /// Answers for pairs without a label.
    unknown_answered: usize,
    unknown_undecided: usize,
    micros: Vec<u128>,
    /// The number of random events for pairs with the answer "contained".
    events: usize,
    /// Pairs with at least one random event.
    sampled: usize,
    /// Pairs for which no random event was found.
    unsampled: usize,
}

/// Runs the command: compares each pair, and compares the answer with the label.
///
/// The time of a pair includes the parse, the translation, and the confirmation of the witness.
#[expect(clippy::print_stdout, reason = "the table is the output of the command")]
pub(crate) fn run(args: Args) -> TaskResult {
    let dialects = corpus::dialects(&args.dialect)?;
    if let Some(model) = args.content {
        let (formats, sample, dialect) = (args.formats, args.sample, &args.dialect);
        let how = super::content::Run { model, formats, sample, dialects: &dialects, dialect };
        return super::content::run(&how, args.pairs.as_deref(), &args.events);
    }
    let pairs = args.pairs.as_ref().ok_or("--pairs names no file")?;
    let file =
        std::fs::File::open(pairs).map_err(|error| format!("cannot read {}: {error}", pairs.display()))?;
    let mut out = args.out.as_ref().map(std::fs::File::create).transpose()?;
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for line in BufReader::new(file).lines() {
        let line = line?;
        let pair: Value = serde_json::from_str(&line)?;
        let text = |name: &str| pair[name].as_str().unwrap_or("?").to_owned();
        let (id, name) = (text("id"), text("corpus"));
        let (old, new) = (pair["old"].to_string(), pair["new"].to_string());
        let started = Instant::now();
        let answer = answer(&old, &new, args.formats, &dialects);
        let micros = started.elapsed().as_micros();
        let row = row(&id, &answer, micros);
        if let Some(out) = &mut out {
            writeln!(out, "{row}")?;
        }
        if args.json {
            println!("{row}");
        }
        let tally = tallies.entry(name).or_default();
        tally.count(&id, &answer, pair["contained"].as_bool(), micros);
        if 0 < args.sample && answer == Containment::Contained {
            tally.sample(&id, &old, &new, &args, &dialects)?;
        }
    }
    let wrong: Vec<&String> = tallies.values().flat_map(|tally| &tally.wrong).collect();
    if !args.json {
        print!("{}", table(&tallies));
        for id in &wrong {
            println!("wrong: {id}");
        }
    }
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(100) })
}

fn answer(old: &str, new: &str, formats: Formats, dialects: &Dialects) -> Containment {
    let undecided = |reason: String| Containment::Undecided { reason };
    match (read_alone("old", old, dialects), read_alone("new", new, dialects)) {
        (Ok(old), Ok(new)) => containment(&old, &new, formats),
        (Err(why), _) | (_, Err(why)) => undecided(format!("not a schema: {why}")),
    }
}

fn row(id: &str, answer: &Containment, micros: u128) -> Value {
    match answer {
        Containment::Contained => json!({ "id": id, "verdict": "contained", "micros": micros }),
        Containment::NotContained { witness } => {
            json!({ "id": id, "verdict": "not-contained", "witness": witness, "micros": micros })
        }
        Containment::Undecided { reason } => {
            json!({ "id": id, "verdict": "undecided", "reason": reason, "micros": micros })
        }
    }
}

impl Tally {
    fn count(&mut self, id: &str, answer: &Containment, label: Option<bool>, micros: u128) {
        self.micros.push(micros);
        let answered = match answer {
            Containment::Contained => Some(true),
            Containment::NotContained { .. } => Some(false),
            Containment::Undecided { .. } => None,
        };
        match (label, answered) {
            (Some(label), Some(answered)) if label == answered => self.agreed += 1,
            (Some(label), Some(_)) => self.wrong.push(format!("{id} (label {label})")),
            (Some(_), None) => self.undecided += 1,
            (None, Some(_)) => self.unknown_answered += 1,
            (None, None) => self.unknown_undecided += 1,
        }
    }

    /// Draws random events for a contained pair. If the reader rejects an event, the pair counts as wrong.
    fn sample(
        &mut self,
        id: &str,
        old: &str,
        new: &str,
        args: &Args,
        dialects: &Dialects,
    ) -> Result<(), String> {
        let (writer, reader) = (read_alone("old", old, dialects)?, read_alone("new", new, dialects)?);
        let drawn = draw_events(&writer, &reader, args.formats, args.sample, 1)
            .map_err(|diagnostics| format!("{id}: {diagnostics:?}"))?;
        self.events += drawn.accepted;
        match drawn.accepted {
            0 => self.unsampled += 1,
            _ => self.sampled += 1,
        }
        if let Some(event) = drawn.refused {
            self.wrong.push(format!("{id} (contained, and broken by {event})"));
        }
        Ok(())
    }

    fn percentile(&self, percent: usize) -> u128 {
        let mut sorted = self.micros.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        sorted.get((sorted.len() * percent / 100).min(last)).copied().unwrap_or(0)
    }
}

fn table(tallies: &BTreeMap<String, Tally>) -> String {
    let mut text = format!(
        "{:<22} {:>6} {:>7} {:>6} {:>9} {:>8} {:>16} {:>9} {:>9} {:>9}\n",
        "corpus",
        "pairs",
        "agree",
        "wrong",
        "undecided",
        "decided",
        "unlabelled (und)",
        "p50 µs",
        "p99 µs",
        "max µs"
    );
    for (corpus, tally) in tallies {
        let known = tally.agreed + tally.wrong.len() + tally.undecided;
        let decided = 100.0 * (known - tally.undecided) as f64 / known.max(1) as f64;
        let unknown =
            format!("{} ({})", tally.unknown_answered + tally.unknown_undecided, tally.unknown_undecided);
        text.push_str(&format!(
            "{corpus:<22} {:>6} {:>7} {:>6} {:>9} {decided:>7.1}% {unknown:>16} {:>9} {:>9} {:>9}\n",
            tally.micros.len(),
            tally.agreed,
            tally.wrong.len(),
            tally.undecided,
            tally.percentile(50),
            tally.percentile(99),
            tally.percentile(100),
        ));
    }
    for (corpus, tally) in tallies.iter().filter(|(_, tally)| 0 < tally.sampled + tally.unsampled) {
        text.push_str(&format!(
            "{corpus:<22} {} events drawn for {} contained pairs; none was drawn for {}\n",
            tally.events, tally.sampled, tally.unsampled
        ));
    }
    text
}
