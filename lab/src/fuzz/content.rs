//! Compares the engine under a content model with the oracle, on generated pairs.
//!
//! The command prints each fault as a JSON line. The line contains the pair, so a developer can repeat the comparison.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use evschema_compat::Verdict;
use evschema_model::{ContentModel, Dialects, Formats};
use evschema_tests::{ContentSettings, ContentTrial, content_pair, read_alone, try_content};
use fastrand::Rng;
use serde_json::json;

use crate::task_result::TaskResult;

/// The figures of a run. All figures except `pairs` count directions, witnesses or events.
#[derive(Default)]
pub(crate) struct ContentFigures {
    pub(crate) pairs: u64,
    pub(crate) compatible: u64,
    pub(crate) incompatible: u64,
    pub(crate) undecided: u64,
    pub(crate) refuted: u64,
    pub(crate) witnesses: usize,
    pub(crate) bad_witnesses: u64,
    pub(crate) unknown_witnesses: usize,
    pub(crate) events: usize,
    pub(crate) unknown_events: usize,
    /// Compatible directions for which no event of the writer was found.
    pub(crate) untried: u64,
    /// Directions with schemas that the oracle does not support.
    pub(crate) beyond: u64,
    pub(crate) panics: u64,
}

impl ContentFigures {
    pub(crate) fn add(&mut self, trial: &ContentTrial) {
        match trial.verdict {
            Some(Verdict::Compatible) => self.compatible += 1,
            Some(Verdict::Incompatible) => self.incompatible += 1,
            Some(Verdict::Undecided) => self.undecided += 1,
            None => {}
        }
        self.beyond += u64::from(trial.is_beyond);
        let is_untried = trial.verdict == Some(Verdict::Compatible) && trial.events == 0 && !trial.is_beyond;
        self.untried += u64::from(is_untried);
        self.witnesses += trial.witnesses;
        self.unknown_witnesses += trial.unknown_witnesses;
        self.events += trial.events;
        self.unknown_events += trial.unknown_events;
        for fault in &trial.faults {
            match fault.kind {
                "refuted" => self.refuted += 1,
                "panic" => self.panics += 1,
                _ => self.bad_witnesses += 1,
            }
        }
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.refuted + self.bad_witnesses + self.panics == 0
    }
}

impl std::fmt::Display for ContentFigures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let directions = self.compatible + self.incompatible + self.undecided;
        let share = 100.0 * self.undecided as f64 / directions.max(1) as f64;
        write!(
            f,
            "{} pairs: {} directions compatible ({} untried), {} incompatible, {} undecided ({share:.2} %); \
             {} refuted, {} bad witnesses of {}, {} unknown witnesses; {} events, {} unknown events; \
             {} directions beyond the oracle; {} panics",
            self.pairs,
            self.compatible,
            self.untried,
            self.incompatible,
            self.undecided,
            self.refuted,
            self.bad_witnesses,
            self.witnesses,
            self.unknown_witnesses,
            self.events,
            self.unknown_events,
            self.beyond,
            self.panics,
        )
    }
}

/// Prints the faults of a pair as JSON lines. The two trials are those of [`try_content`].
#[expect(clippy::print_stdout, reason = "the faults are the output of the command")]
pub(crate) fn print_faults(pair: &serde_json::Value, trials: &[ContentTrial; 2]) {
    for (direction, trial) in ["backward", "forward"].into_iter().zip(trials) {
        for fault in &trial.faults {
            let mut row = json!({
                "kind": fault.kind, "direction": direction, "event": fault.event, "why": fault.why,
            });
            if let (Some(row), Some(pair)) = (row.as_object_mut(), pair.as_object()) {
                row.extend(pair.clone());
            }
            println!("{row}");
        }
    }
}

/// Tests generated pairs for a number of minutes.
#[expect(clippy::print_stdout, reason = "the figures are the output of the command")]
pub(super) fn run(model: ContentModel, minutes: f64, seed: u64, events: usize) -> TaskResult {
    std::panic::set_hook(Box::new(|_| {}));
    let dialects = Dialects::default();
    let until = Instant::now() + Duration::from_secs_f64(60.0 * minutes);
    let mut figures = ContentFigures::default();
    let mut not_schemas: BTreeMap<String, u64> = BTreeMap::new();
    let mut turn = 0;
    while Instant::now() < until {
        turn += 1;
        let mut rng = Rng::with_seed(seed.wrapping_mul(0x9E37_79B9).wrapping_add(turn));
        let (old, new) = content_pair(&mut rng);
        let read = |name, schema: &serde_json::Value| read_alone(name, &schema.to_string(), &dialects);
        let (before, after) = match (read("old", &old), read("new", &new)) {
            (Ok(before), Ok(after)) => (before, after),
            (Err(why), _) | (_, Err(why)) => {
                *not_schemas.entry(why).or_default() += 1;
                continue;
            }
        };
        let how = ContentSettings { model, formats: Formats::Assert, events, seed: turn };
        let trials = try_content(&before, &after, how);
        figures.pairs += 1;
        trials.iter().for_each(|trial| figures.add(trial));
        let pair = json!({"model": model.to_string(), "seed": seed, "turn": turn, "old": old, "new": new});
        print_faults(&pair, &trials);
    }
    println!("{figures}");
    let refused: u64 = not_schemas.values().sum();
    if let Some((why, count)) = not_schemas.iter().max_by_key(|(_, count)| **count) {
        println!("{refused} pairs were no schemas, {count} of them: {why}");
    }
    Ok(if figures.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(100) })
}
