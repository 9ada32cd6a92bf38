//! Counts and prints the results of registrations.

use std::collections::BTreeMap;
use std::io::Write as _;

use evschema_model::Coordinates;
use serde_json::json;

/// The maximum number of printed errors, without `--json`.
const WRONG_SHOWN_MAX: usize = 20;

/// The result of one registration.
pub(super) struct Row {
    pub(super) at: Coordinates,
    /// `registered`, or the code of the rejection.
    pub(super) outcome: String,
    pub(super) detail: String,
    pub(super) micros: u64,
    /// The error in the response.
    pub(super) wrong: Option<String>,
}

/// The results of all registrations on one database.
pub(super) struct Tally {
    pub(super) rows: Vec<Row>,
    pub(super) passes: usize,
    /// The errors of the second registrations and of the reads.
    pub(super) wrong: Vec<String>,
}

impl Tally {
    /// Prints the table or the JSON lines. Returns whether any response has an error.
    pub(super) fn print(&self, corpus: &str, database: &str, json: bool) -> std::io::Result<bool> {
        let mut out = std::io::stdout().lock();
        let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &self.rows {
            *outcomes.entry(&row.outcome).or_default() += 1;
        }
        let mut wrong = self.wrong.clone();
        wrong.extend(
            self.rows.iter().filter_map(|row| row.wrong.as_ref().map(|why| format!("{}: {why}", row.at))),
        );
        let mut micros: Vec<u64> = self.rows.iter().map(|row| row.micros).collect();
        micros.sort_unstable();
        let percentile = |percent: usize| {
            let at = (micros.len() * percent).div_ceil(100).saturating_sub(1);
            micros.get(at).copied().unwrap_or(0)
        };
        let times = [("p50", percentile(50)), ("p99", percentile(99)), ("max", percentile(100))];
        if json {
            for row in &self.rows {
                let line = json!({
                    "corpus": corpus, "database": database, "subject": row.at.subject,
                    "version": row.at.version, "outcome": row.outcome, "detail": row.detail,
                    "micros": row.micros, "wrong": row.wrong,
                });
                writeln!(out, "{line}")?;
            }
            let [p50, p99, max] = times.map(|(_, micros)| micros);
            let summary = json!({
                "corpus": corpus, "database": database, "summary": outcomes, "passes": self.passes,
                "micros": {"p50": p50, "p99": p99, "max": max}, "wrong": wrong,
            });
            writeln!(out, "{summary}")?;
            return Ok(!wrong.is_empty());
        }
        writeln!(out, "{corpus} on {database}: {} versions, {} pass(es)", self.rows.len(), self.passes)?;
        for (outcome, count) in &outcomes {
            writeln!(out, "  {outcome:<20} {count:>6}")?;
        }
        for (name, micros) in times {
            let (millis, rest) = (micros / 1000, micros % 1000);
            writeln!(out, "  {:<20} {millis:>6}.{rest:03} ms", format!("time, {name}"))?;
        }
        writeln!(out, "  {:<20} {:>6}", "wrong", wrong.len())?;
        for why in wrong.iter().take(WRONG_SHOWN_MAX) {
            writeln!(out, "    {why}")?;
        }
        Ok(!wrong.is_empty())
    }
}
