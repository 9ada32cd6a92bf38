//! The content models of the engine, on generated pairs and the events of their writers.
//!
//! A compatible answer must survive every drawn event that the writer sends, and every witness must be
//! one that the writer sends and the reader refuses. The oracle of the tests decides both.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use evschema_compat::Verdict;
use evschema_model::{ContentModel, Dialects, Formats};
use evschema_tests::{ContentSettings, ContentTrial, content_pair, read_versions, try_content};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::Outcome;

/// How to run.
pub(super) struct Run<'a> {
    pub(super) model: ContentModel,
    pub(super) minutes: f64,
    pub(super) seed: u64,
    pub(super) events: usize,
    /// Stops after so many failing pairs.
    pub(super) limit: usize,
    pub(super) out: &'a Path,
}

/// Figures of a run.
#[derive(Default)]
struct Figures {
    pairs: u64,
    not_schemas: u64,
    compatible: u64,
    incompatible: u64,
    undecided: u64,
    events: u64,
    witnesses: u64,
    unknown: u64,
    faults: Vec<Value>,
}

/// Runs the command; each failing pair is a JSON line on standard output and in a file.
#[expect(clippy::print_stdout, reason = "the failing pairs and the figures are what the command is for")]
pub(super) fn run(run: &Run<'_>) -> Outcome {
    fs::create_dir_all(run.out)?;
    std::panic::set_hook(Box::new(|_| {}));
    let until = Instant::now() + Duration::from_secs_f64(60.0 * run.minutes);
    let mut figures = Figures::default();
    let mut turn = 0;
    while Instant::now() < until && figures.faults.len() < run.limit {
        turn += 1;
        let seed = run.seed.wrapping_mul(0x9E37_79B9).wrapping_add(turn);
        let (old, new) = content_pair(&mut Rng::with_seed(seed));
        let Ok([from, to]) = read_versions(&old.to_string(), &new.to_string(), &Dialects::default()) else {
            figures.not_schemas += 1;
            continue;
        };
        let how =
            ContentSettings { model: run.model, formats: Formats::Assert, events: run.events, seed };
        let Some(trials) = try_content(&from, &to, how) else {
            figures.not_schemas += 1;
            continue;
        };
        for trial in trials {
            figures.count(&trial);
            if let Some(fault) = &trial.fault {
                let line = json!({
                    "turn": turn, "content": run.model.as_str(), "direction": trial.direction.as_str(),
                    "fault": fault.kind(), "event": fault.event(), "detail": format!("{fault:?}"),
                    "old": old, "new": new,
                });
                println!("{line}");
                figures.faults.push(line);
            }
        }
    }
    let text: String = figures.faults.iter().map(|line| format!("{line}\n")).collect();
    fs::write(run.out.join(format!("content-{}.jsonl", run.model)), text)?;
    println!("{figures}");
    Ok(if figures.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(100) })
}

impl Figures {
    fn count(&mut self, trial: &ContentTrial) {
        self.pairs += 1;
        self.events += trial.events as u64;
        self.witnesses += trial.witnesses as u64;
        self.unknown += trial.unknown as u64;
        match trial.verdict {
            Verdict::Compatible => self.compatible += 1,
            Verdict::Incompatible => self.incompatible += 1,
            Verdict::Undecided => self.undecided += 1,
        }
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} directed pairs: {} compatible ({} events), {} incompatible ({} witnesses, {} unknown), {} \
             undecided; {} generated pairs were no schemas",
            self.pairs,
            self.compatible,
            self.events,
            self.incompatible,
            self.witnesses,
            self.unknown,
            self.undecided,
            self.not_schemas,
        )?;
        for kind in ["refuted", "not-sent", "accepted", "no-witness", "panic"] {
            let count = self.faults.iter().filter(|line| line["fault"] == kind).count();
            write!(f, "; {count} {kind}")?;
        }
        Ok(())
    }
}
