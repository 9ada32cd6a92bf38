use serde_json::json;

use crate::finding::Finding;
use crate::output::{Report, counted};

/// The number of versions with each result.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) registered: usize,
    pub(super) unchanged: usize,
    pub(super) refused: usize,
    pub(super) left_out: usize,
}

impl Counts {
    /// Returns the report of the push.
    pub(super) fn report(&self, findings: Vec<Finding>, dry_run: bool, registry: &str) -> Report {
        let all = self.registered + self.unchanged + self.refused + self.left_out;
        let would = if dry_run { "would be " } else { "" };
        let mut clean = format!("{} {would}registered, {} unchanged", self.registered, self.unchanged);
        if 0 < self.left_out {
            clean.push_str(&format!(", {} left out", self.left_out));
        }
        let pushed = if dry_run { "for" } else { "pushed to" };
        let mut looked_at = format!("{} {pushed} {registry}", counted(all, "version"));
        if 0 < self.refused {
            looked_at.push_str(&format!(": {clean}, {} rejected", self.refused));
        }
        Report {
            command: "push",
            looked_at,
            clean,
            findings,
            details: vec![
                ("dry_run", json!(dry_run)),
                ("registered", json!(self.registered)),
                ("unchanged", json!(self.unchanged)),
                ("refused", json!(self.refused)),
                ("left_out", json!(self.left_out)),
            ],
        }
    }
}
