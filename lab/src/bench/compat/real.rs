//! Measures real pairs with our engine and with `jsonschema::canonical`.
//!
//! The benchmark runs all pairs with one engine before it runs them with the other engine. Otherwise, a slow pair in
//! one engine would empty the processor's caches for the other engine. A registry also runs comparisons one after the
//! other.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::Instant;

use evschema_compat::{Containment, containment_under};
use evschema_model::{ContentModel, Dialects, Formats, Resolved};
use evschema_tests::read_alone;
use jsonschema::canonical;
use serde_json::{Value, json};

use crate::corpus;

/// Bars under every content model. Each bar has a percentile, and the maximum time at this percentile in microseconds.
const BARS_MICROS: [(usize, u128); 2] = [(99, 5_000), (100, 50_000)];

/// Bar for the median time of a comparison, as a multiple of the median time to parse both documents.
const MEDIAN_IN_READINGS: u128 = 4;

/// The results of one engine.
#[derive(Default)]
struct Taken {
    decided: usize,
    micros: Vec<u128>,
}

impl Taken {
    fn add(&mut self, started: Instant, is_decided: bool) {
        self.micros.push(started.elapsed().as_micros());
        self.decided += usize::from(is_decided);
    }

    fn percentile(&self, percent: usize) -> u128 {
        let last = self.micros.len().saturating_sub(1);
        self.micros.get((self.micros.len() * percent / 100).min(last)).copied().unwrap_or(0)
    }
}

/// Measures the pairs of the corpora with this prefix, and returns the number of missed bars.
#[expect(clippy::print_stdout, reason = "the table is the output of the command")]
pub(super) fn run(
    pairs: &Path,
    prefix: &str,
    dialects: &[String],
    json: bool,
) -> Result<usize, Box<dyn std::error::Error>> {
    let known = corpus::dialects(dialects)?;
    let file =
        std::fs::File::open(pairs).map_err(|error| format!("cannot read {}: {error}", pairs.display()))?;
    let mut texts: Vec<(String, String)> = Vec::new();
    for line in BufReader::new(file).lines() {
        let pair: Value = serde_json::from_str(&line?)?;
        if !pair["corpus"].as_str().is_some_and(|name| name.starts_with(prefix)) {
            continue;
        }
        texts.push((pair["old"].to_string(), pair["new"].to_string()));
    }
    let mut rows = vec![("reading alone", measure(&texts, |old, new| read_both(old, new, &known).is_some()))];
    for (name, model) in [
        ("evschema, strict", ContentModel::Strict),
        ("evschema, lenient", ContentModel::Lenient),
        ("evschema, tolerant", ContentModel::Tolerant),
    ] {
        rows.push((name, measure(&texts, |old, new| decide(model, old, new, &known))));
    }
    rows.push(("jsonschema::canonical", measure(&texts, covers)));
    if !json {
        println!(
            "\n{:<22} {:>6} {:>9} {:>9} {:>9} {:>9}",
            "decider", "pairs", "decided", "p50 µs", "p99 µs", "max µs"
        );
    }
    let mut missed = 0;
    let mut reading = u128::MAX / MEDIAN_IN_READINGS;
    for (name, mut taken) in rows {
        taken.micros.sort_unstable();
        if name.starts_with("reading") {
            reading = taken.percentile(50);
        }
        if name.starts_with("evschema") {
            missed += usize::from(MEDIAN_IN_READINGS * reading < taken.percentile(50));
            missed += BARS_MICROS.iter().filter(|(percent, bar)| *bar < taken.percentile(*percent)).count();
        }
        let [p50, p99, max] = [50, 99, 100].map(|percent| taken.percentile(percent));
        let (pairs, decided) = (taken.micros.len(), taken.decided);
        if json {
            println!(
                "{}",
                json!({"decider": name, "pairs": pairs, "decided": decided, "p50": p50, "p99": p99, "max": max})
            );
        } else {
            println!("{name:<22} {pairs:>6} {decided:>9} {p50:>9} {p99:>9} {max:>9}");
        }
    }
    Ok(missed)
}

fn measure(texts: &[(String, String)], decide: impl Fn(&str, &str) -> bool) -> Taken {
    let mut taken = Taken::default();
    for (old, new) in texts {
        let started = Instant::now();
        let is_decided = decide(old, new);
        taken.add(started, is_decided);
    }
    taken
}

fn read_both(old: &str, new: &str, dialects: &Dialects) -> Option<[Resolved; 2]> {
    Some([read_alone("old", old, dialects).ok()?, read_alone("new", new, dialects).ok()?])
}

/// Parses both documents, compares them, and confirms the witness.
fn decide(model: ContentModel, old: &str, new: &str, dialects: &Dialects) -> bool {
    read_both(old, new, dialects).is_some_and(|[old, new]| {
        let answer = containment_under(model, &old, &new, Formats::Annotate);
        !matches!(answer, Containment::Undecided { .. })
    })
}

/// Parses both documents and compares them. `jsonschema::canonical` finds no witness.
fn covers(old: &str, new: &str) -> bool {
    let read = |text: &str| {
        let value: Value = serde_json::from_str(text).ok()?;
        canonical::options().offline().should_validate_formats(false).canonicalize(&value).ok()
    };
    let (Some(old), Some(new)) = (read(old), read(new)) else { return false };
    matches!(new.covers(&old), Ok(canonical::Containment::Yes | canonical::Containment::No))
}
